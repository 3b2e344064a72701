import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifySession } from '../../src/verify.js'
import { type EchoApp, startEchoApp } from '../_app.js'
import { FACES, type Face } from '../_faces.js'
import { receivedBy } from '../_fixtures.js'
import { ATTACKED } from '../attacks/_faces.js'

const HERE = { ...FACES, rsbuild: ATTACKED['rsbuild']! }

describe.each(Object.keys(HERE))('namespaces behind %s', name => {
  let app: EchoApp
  let face: Face
  const dev = async (path: string, body?: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${face.url}/.ory/dev/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: await response.json() }
  }
  /** A namespace, and alice signed in there. */
  const signedIn = async () => {
    const { body: space } = await dev('namespaces', {})
    const inside = { cookie: space.cookie }
    const { body } = await dev('sign-in', { identity: 'alice@example.com' }, inside)
    return { ...body, name: space.name as string, inside, cookie: `${space.cookie}; ${body.cookie}` }
  }

  beforeAll(async () => {
    app = await startEchoApp()
    face = await HERE[name as keyof typeof HERE]!(app.url, {})
  })
  afterAll(async () => {
    await face?.close()
    await app.close()
  })

  test('a session of one is nobody in another, by cookie and by header', async () => {
    const [one, two] = [await signedIn(), await signedIn()]
    const who = async (headers: Record<string, string>) => {
      const { headers: seen } = await receivedBy(`${face.url}/api`, { headers })
      const jwt = seen.authorization?.slice('Bearer '.length)
      return jwt === undefined ? null : (decodeJwt(jwt)['session'] as { id: string }).id
    }
    expect(await who({ cookie: one.cookie })).toBe(one.session.id)
    const token = { 'x-session-token': one.session_token }
    expect(await who({ ...token, 'ory-dev-namespace': one.name })).toBe(one.session.id)
    // The same credential meets another state: what is remembered of it must not answer.
    expect(await who({ ...token, 'ory-dev-namespace': two.name })).toBeNull()
    expect(await who(token)).toBeNull()
    expect(await who({ cookie: one.cookie, 'ory-dev-namespace': two.name })).toBeNull()
    expect(await who({ cookie: one.cookie.replace(one.name, two.name) })).toBeNull()
  })

  test('its clock moves what lives in it, and no token becomes invalid by that', async () => {
    const [one, two] = [await signedIn(), await signedIn()]
    const claims = async (cookie: string) => {
      const { headers } = await receivedBy(`${face.url}/api`, { headers: { cookie } })
      return verifySession(headers as Record<string, string>, { jwksUrl: `${face.url}/.ory/jwks.json` })
    }
    await dev('clock', { advance: '1h' }, one.inside)
    const moved = await claims(one.cookie)
    expect(moved?.session.id).toBe(one.session.id)
    expect(Math.abs(moved!.iat - Date.now() / 1000)).toBeLessThan(60)
    await dev('clock', { advance: '25h' }, one.inside)
    expect(await claims(one.cookie)).toBeNull()
    expect((await claims(two.cookie))?.session.id).toBe(two.session.id)
  })

  test('an Ory that is down for one test is not down for the next', async () => {
    const [one, two] = [await signedIn(), await signedIn()]
    await dev('faults', { path: '/sessions/whoami', status: 503 }, one.inside)
    const authorization = async (cookie: string) =>
      (await receivedBy(`${face.url}/api`, { headers: { cookie } })).headers.authorization
    expect(await authorization(one.cookie)).toBeUndefined()
    expect(await authorization(two.cookie)).toMatch(/^Bearer /)
    const { body: alone } = await dev('sign-in', { identity: 'alice@example.com' })
    expect(await authorization(alone.cookie)).toMatch(/^Bearer /)
  })

  test('one that is gone is nobody, and says so everywhere', async () => {
    const one = await signedIn()
    await fetch(`${face.url}/.ory/dev/namespaces/${one.name}`, { method: 'DELETE' })
    expect(
      (await receivedBy(`${face.url}/api`, { headers: { cookie: one.cookie } })).headers.authorization,
    ).toBeUndefined()
    const gone = { error: { id: 'dev_namespace_unknown', reason: expect.stringContaining(one.name) } }
    for (const path of ['users', 'inbox', 'clock'])
      expect(await dev(path, undefined, one.inside)).toMatchObject({ status: 404, body: gone })
    const whoami = await fetch(`${face.url}/.ory/sessions/whoami`, { headers: { cookie: one.cookie } })
    expect([whoami.status, await whoami.json()]).toMatchObject([401, gone])
  })
})
