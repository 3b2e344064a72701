import assert from 'node:assert/strict'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { start } from './_processes.mjs'

/** Cookies of a signed-in person, as a browser sends them. */
export const COOKIE = 'theme=dark; csrf_token_82b119fa=Zm9vYmFyYmF6cXV4; ory_kratos_session=user-1'

/** An app, an Ory that knows everybody, and the load generator. */
export async function startBackends() {
  const [app, ory, load] = await Promise.all(
    ['sides/app.mjs', 'sides/ory.mjs', '_load.mjs'].map(program => start(program)),
  )
  return { app, ory, load, close: () => Promise.all([app, ory, load].map(side => side.close())) }
}

/** The header the app gets from us, verified against the keys we serve; the other sides send one of its size. */
export async function checkedAuthorization({ url }, cookie = COOKIE) {
  const { authorization } = await headersBehind(url, cookie)
  const jwks = createLocalJWKSet(await (await fetch(`${url}/.ory/jwks.json`)).json())
  const { payload } = await jwtVerify(authorization.slice('Bearer '.length), jwks)
  assert.equal(payload.sub, payload.session.identity.id)
  return authorization
}

/** What the app gets from a side must be the same as from us, but for the token and the port. */
export async function checkSameHeaders(name, { url }, ours, cookie) {
  const [theirs, expected] = await Promise.all([headersBehind(url, cookie), headersBehind(ours.url, cookie)])
  assert.deepEqual(Object.keys(theirs).sort(), Object.keys(expected).sort(), name)
  assert.equal(theirs.authorization.length, expected.authorization.length, name)
}

async function headersBehind(url, cookie) {
  const { 'ory-proxy-hop': _ours, ...headers } = await (
    await fetch(`${url}/headers`, { headers: { cookie } })
  ).json()
  return headers // all but the one that only we say
}

/** Runs a job and insists on right answers: a fast wrong one is worth nothing. */
export async function timed(load, name, job) {
  const result = await load.ask({ load: { cookie: COOKIE, expect: 'ok', connections: 1, ...job } })
  assert.equal(result.wrong, 0, `${name} gave ${result.wrong} wrong answers: ${result.example}`)
  return result
}
