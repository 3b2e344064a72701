import { sdkUrl } from 'virtual:ory'

globalThis.sdkUrl = sdkUrl
document.querySelector('#text').textContent = 'first'
if (import.meta.hot) import.meta.hot.accept()
