// The backend: a function from a request to its answer, which tests call without a server.
import { verifySession } from 'ory-proxy-verify'

/** Notes by the id of whose they are. */
const notes = new Map()

/**
 * @param {Request} request
 * @param {{ jwksUrl?: string }} [options] where the keys are; without it, ORY_JWKS_URL says so
 */
export async function api(request, options) {
  const claims = await verifySession(request, options)
  if (!claims) return Response.json({ error: 'Please sign in.' }, { status: 401 })
  const { pathname } = new URL(request.url)
  const { session, sub } = claims
  if (pathname === '/api/me') return Response.json({ email: session.identity.traits.email })
  if (pathname === '/api/notes') return notesOf(sub, request)
  if (pathname !== '/api/vault') return Response.json({ error: 'There is no such page.' }, { status: 404 })
  if (session.authenticator_assurance_level !== 'aal2') {
    return Response.json({ error: 'The vault asks for a second factor.' }, { status: 403 })
  }
  return Response.json({ secret: 'The key is under the mat.' })
}

async function notesOf(owner, request) {
  const own = notes.get(owner) ?? []
  if (request.method === 'POST') notes.set(owner, [...own, await request.text()])
  return Response.json(notes.get(owner) ?? [])
}
