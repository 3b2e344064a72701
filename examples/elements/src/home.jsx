import { useEffect, useState } from 'react'
import { frontend } from './ory.js'

async function signOut() {
  const { logout_url } = await frontend.createBrowserLogoutFlow()
  location.href = logout_url
}

export function Home() {
  const [session, setSession] = useState()
  useEffect(() => {
    frontend.toSession().then(setSession, () => setSession(null))
  }, [])
  if (session === undefined) return <main aria-busy="true" />
  if (session === null) {
    return (
      <main className="home">
        <h1>You are not signed in</h1>
        <nav>
          <a href="/.ory/init/login">Sign in</a> <a href="/.ory/init/registration">Register</a>
        </nav>
      </main>
    )
  }
  return (
    <main className="home">
      <h1>Signed in as {session.identity.traits.email}</h1>
      <p>Assurance level: {session.authenticator_assurance_level}</p>
      <nav>
        <a href="/.ory/init/settings">Settings</a>
        <button type="button" id="sign-out" onClick={signOut}>
          Sign out
        </button>
      </nav>
    </main>
  )
}
