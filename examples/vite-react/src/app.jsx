import { useEffect, useState } from 'react'

/** Asks the API who we are; it sees the JWT that the dev server put on the request. */
function useClaims() {
  const [state, setState] = useState({ status: 'loading' })
  useEffect(() => {
    fetch('/api/me')
      .then(async answer => {
        if (answer.status === 401) return setState({ status: 'anonymous' })
        if (!answer.ok) throw new Error(`the API answered ${answer.status}`)
        setState({ status: 'signed in', claims: await answer.json() })
      })
      .catch(error => setState({ status: 'error', message: error.message }))
  }, [])
  return state
}

async function signOut() {
  const answer = await fetch('/.ory/self-service/logout/browser', { headers: { accept: 'application/json' } })
  const { logout_url } = await answer.json()
  location.href = logout_url
}

export function App() {
  const { status, claims, message } = useClaims()
  if (status === 'loading') return <main aria-busy="true" />
  if (status === 'error') return <main role="alert">Something is wrong: {message}</main>
  return <main>{claims ? <SignedIn claims={claims} /> : <Anonymous />}</main>
}

function Anonymous() {
  return (
    <>
      <h1>You are not signed in</h1>
      <p>The API gets no JWT until somebody is.</p>
      <nav>
        <a className="main" href="/.ory/init/login">
          Sign in
        </a>
        <a href="/.ory/init/registration">Register</a>
      </nav>
    </>
  )
}

function SignedIn({ claims }) {
  return (
    <>
      <h1>Signed in as {claims.session.identity.traits.email}</h1>
      <p>These are the claims of the JWT that the API received and verified:</p>
      <pre id="claims">{JSON.stringify(claims, null, 2)}</pre>
      <nav>
        <a href="/.ory/ui/settings">Settings</a>
        <button id="sign-out" type="button" onClick={signOut}>
          Sign out
        </button>
      </nav>
    </>
  )
}
