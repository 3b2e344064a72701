document.querySelector('#text').textContent = 'first'
if (import.meta.hot) import.meta.hot.accept()
