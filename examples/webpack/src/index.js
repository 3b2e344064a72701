const element = id => document.getElementById(id)

function show(who, what, claims) {
  element('who').textContent = who
  element('what').textContent = what
  element('claims').textContent = JSON.stringify(claims, null, 2)
  element('claims').hidden = !claims
  element('signed-in').hidden = !claims
  element('anonymous').hidden = Boolean(claims)
}

async function load() {
  const answer = await fetch('/api/me')
  if (answer.status === 401) return show('You are not signed in', 'The API gets no JWT until somebody is.')
  if (!answer.ok) throw new Error(`the API answered ${answer.status}`)
  const claims = await answer.json()
  const { email } = claims.session.identity.traits
  show(`Signed in as ${email}`, 'The claims of the JWT that the API received and verified:', claims)
}

async function signOut() {
  const answer = await fetch('/.ory/self-service/logout/browser', { headers: { accept: 'application/json' } })
  const { logout_url } = await answer.json()
  location.href = logout_url
}

element('sign-out').addEventListener('click', signOut)
load().catch(error => show('Something is wrong', error.message))
