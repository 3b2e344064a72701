import { readFileSync } from 'node:fs'

const escapeHtml = text => text.replace(/[&<>"]/g, char => `&#${char.charCodeAt(0)};`)

const style = readFileSync(new URL('../shared/style.css', import.meta.url), 'utf8')

const signOut = `
  const button = document.querySelector('#sign-out')
  button.hidden = false
  button.onclick = async () => {
    const answer = await fetch('/.ory/self-service/logout/browser', { headers: { accept: 'application/json' } })
    location.href = answer.ok ? (await answer.json()).logout_url : '/'
  }
`

const anonymous = `
  <h1>You are not signed in</h1>
  <p>This app gets no <code>Authorization</code> header until somebody is.</p>
  <nav><a class="main" href="/.ory/init/login">Sign in</a> <a href="/.ory/init/registration">Register</a></nav>`

const signedIn = claims => `
  <h1>Signed in as ${escapeHtml(String(claims.session.identity.traits.email ?? claims.sub))}</h1>
  <p>These are the claims of the JWT this app received and verified:</p>
  <pre id="claims">${escapeHtml(JSON.stringify(claims, null, 2))}</pre>
  <nav><a href="/members">Members</a> <a href="/.ory/ui/settings">Settings</a> <button id="sign-out" hidden>Sign out</button></nav>
  <script>${signOut}</script>`

/** Who is signed in, and the way in or out. */
export const page = claims => inPage(claims ? signedIn(claims) : anonymous)

/** For members. The command's `--protect /members` sends others to sign in, and the app does not rely on it. */
export const members = claims =>
  inPage(
    claims
      ? `<h1>Welcome back</h1><p>This page is for ${escapeHtml(String(claims.session.identity.traits.email ?? claims.sub))}.</p>`
      : anonymous,
  )

function inPage(content) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"><title>ory-proxy example</title><style>${style}</style></head>
<body><main>${content}</main></body></html>
`
}
