// One page: who you are, your notes, and a vault that asks for a second factor.
const app = document.querySelector('#app')

const get = async path => {
  const response = await fetch(path)
  return { status: response.status, body: await response.json() }
}

function show(html) {
  app.innerHTML = html
}

async function home() {
  const { status, body } = await get('/api/me')
  if (status === 401) {
    return show(
      '<p>Nobody is signed in.</p><a href="/.ory/init/login">Sign in</a> <a href="/.ory/init/registration">Sign up</a>',
    )
  }
  show(`
    <p>Hello <strong data-testid="who"></strong></p>
    <ul data-testid="notes"></ul>
    <form><label>New note <input name="text" required></label> <button>Add</button></form>
    <button id="vault">Open the vault</button> <p role="status"></p>
  `)
  app.querySelector('[data-testid=who]').textContent = body.email
  app.querySelector('form').addEventListener('submit', add)
  app.querySelector('#vault').addEventListener('click', openVault)
  await listNotes()
}

async function listNotes() {
  const { body } = await get('/api/notes')
  const items = body.map(text => Object.assign(document.createElement('li'), { textContent: text }))
  app.querySelector('[data-testid=notes]').replaceChildren(...items)
}

async function add(event) {
  event.preventDefault()
  const form = event.currentTarget
  await fetch('/api/notes', { method: 'POST', body: new FormData(form).get('text') })
  form.reset()
  await listNotes()
}

async function openVault() {
  const { status, body } = await get('/api/vault')
  app.querySelector('[role=status]').textContent = status === 200 ? body.secret : body.error
}

home()
