import { sdkUrl } from 'virtual:ory'

globalThis.sdkUrl = sdkUrl

export function Text() {
  return <p id="text">first</p>
}
