const escapeHtml = text => text.replace(/[&<>"]/g, char => `&#${char.charCodeAt(0)};`)

const style = `
  :root { color-scheme: light dark; font: 16px/1.55 system-ui, sans-serif; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#f4f5f8, #101217); color: light-dark(#191b20, #e8e9ee); }
  main { box-sizing: border-box; width: min(46rem, 100vw - 2rem); margin: 1rem; padding: clamp(1.25rem, 5vw, 2.5rem); border-radius: 18px; background: light-dark(#fff, #191c23); box-shadow: 0 1px 2px #0002, 0 18px 50px #00000014; }
  h1 { margin: 0 0 .5rem; font-size: 1.6rem; letter-spacing: -.01em; overflow-wrap: anywhere; }
  nav { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.5rem 0 0; }
  nav a, nav button { font: inherit; padding: .6rem 1.1rem; border-radius: 10px; border: 1px solid light-dark(#d5d8e0, #343944); color: inherit; background: none; text-decoration: none; cursor: pointer; }
  nav .main { background: #3d53f5; border-color: #3d53f5; color: #fff; }
  pre { overflow: auto; max-height: 22rem; margin: 1.25rem 0 0; padding: 1rem 1.25rem; border-radius: 12px; background: light-dark(#f4f5f8, #101217); font: 13px/1.5 ui-monospace, monospace; }
`

const signOut = `
  const button = document.querySelector('#sign-out')
  button.hidden = false
  button.onclick = async () => {
    const answer = await fetch('/.ory/self-service/logout/browser')
    const { logout_url } = await answer.json()
    location.href = logout_url
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
  <nav><a href="/.ory/ui/settings">Settings</a> <button id="sign-out" hidden>Sign out</button></nav>
  <script>${signOut}</script>`

/** The one page: who is signed in, and the way in or out. */
export function page(claims) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"><title>ory-proxy example</title><style>${style}</style></head>
<body><main>${claims ? signedIn(claims) : anonymous}</main></body></html>
`
}
