const response = await fetch('/.ory/sessions/whoami')
const text = response.ok ? (await response.json()).identity.traits.email : 'Nobody is signed in'
document.querySelector('#who').textContent = text
