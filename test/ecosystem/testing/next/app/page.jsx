import { headers } from 'next/headers'
import { verifySession } from 'ory-proxy-verify'

export default async function Page() {
  const claims = await verifySession(await headers())
  return <p>{claims ? claims.session.identity.traits.email : 'Nobody is signed in'}</p>
}
