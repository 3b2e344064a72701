import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import { type EchoApp, startEchoApp } from '../_app.js'
import { FACES, type Face } from '../_faces.js'
import { type FakeOry, startFakeOry } from '../_fake-ory.js'
import { receivedBy } from '../_fixtures.js'
import { rawRequest } from '../_raw.js'

describe.each(Object.keys(FACES))('%s', name => {
  let ory: FakeOry
  let app: EchoApp
  let face: Face

  beforeAll(async () => {
    ;[ory, app] = await Promise.all([startFakeOry(), startEchoApp()])
    face = await FACES[name]!(app.url, { sdkUrl: ory.url, sessionCache: 300 })
  })
  afterAll(async () => {
    await face?.close()
    await Promise.all([ory.close(), app.close()])
  })

  test('the app behind us gets a JWT that verifies against the served keys', async () => {
    const cookie = ory.signIn('ada@example.com')
    const { headers } = await receivedBy(`${face.url}/api/todos`, { headers: { cookie } })
    const jwks = createRemoteJWKSet(new URL(`${face.url}/.ory/jwks.json`))
    const { payload, protectedHeader } = await jwtVerify(headers.authorization!.slice('Bearer '.length), jwks)
    expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'JWT', kid: expect.any(String) })
    expect(payload).toMatchObject({
      iss: ory.url,
      session: { active: true, identity: { traits: { email: 'ada@example.com' } } },
    })
    expect(payload.sub).toBe((payload['session'] as { identity: { id: string } }).identity.id)
    expect(payload.exp).toBe(payload.iat! + 60)
    expect(payload.nbf).toBe(payload.iat)
    expect(payload.jti).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  test.for(['Bearer forged', 'bearer forged', 'Basic eDp5'])(
    'a client cannot pass on %j',
    async authorization => {
      const { headers, rawHeaders } = await receivedBy(`${face.url}/api/todos`, {
        headers: { authorization },
      })
      expect(headers.authorization).toBeUndefined()
      expect(rawHeaders.join().toLowerCase()).not.toContain('authorization')
    },
  )

  test('signed in, a forged header gives way to the real one', async () => {
    const cookie = ory.signIn('bob@example.com')
    const { rawHeaders } = await receivedBy(`${face.url}/api/x`, {
      headers: { cookie, authorization: 'Bearer forged' },
    })
    const values = rawHeaders.filter((_, i) => rawHeaders[i - 1]?.toLowerCase() === 'authorization')
    expect(values).toHaveLength(1)
    expect(values[0]).not.toContain('forged')
  })

  test('a page of 300 requests asks whoami once', async () => {
    const cookie = ory.signIn('page@example.com')
    const before = ory.whoami().length
    await Promise.all(
      Array.from({ length: 300 }, (_, i) =>
        receivedBy(`${face.url}/api/module-${i}`, { headers: { cookie } }),
      ),
    )
    expect(ory.whoami().length - before).toBe(1)
  })

  test('a request without credentials asks nothing', async () => {
    const before = ory.heard.length
    await receivedBy(`${face.url}/api/public`)
    expect(ory.heard.length).toBe(before)
  })

  test('/.ory goes to Ory without its prefix, and says whose answers to rewrite', async () => {
    const response = await fetch(`${face.url}/.ory/self-service/login/flows?id=1`, {
      headers: {
        cookie: 'a=1',
        'Ory-Base-URL-Rewrite': 'https://evil.example',
        ory_base_url_rewrite_token: 'x',
        'X-Forwarded-For': '203.0.113.7',
      },
    })
    expect(await response.json()).toEqual({ path: '/self-service/login/flows?id=1' })
    const { headers } = ory.heard.at(-1)!
    expect(headers.host).toBe(new URL(ory.url).host)
    expect(headers['ory-base-url-rewrite']).toBe(`${face.url}/.ory`)
    expect(headers['ory-no-custom-domain-redirect']).toBe('true')
    expect(headers['x-forwarded-for']).toMatch(/^unknown, (::ffff:)?127\.0\.0\.1$/)
    expect(headers).not.toHaveProperty('ory-base-url-rewrite-token')
    expect(headers).not.toHaveProperty('ory_base_url_rewrite_token')
    expect(response.headers.get('strict-transport-security')).toBe('max-age=0')
  })

  test('answers of Ory speak of our origin', async () => {
    ory.on('/rewritten', (_req, res) => {
      res.writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'set-cookie': 'csrf=1; Path=/; Domain=ory.example; Secure; HttpOnly; SameSite=None',
      })
      res.end(
        JSON.stringify({ action: `${ory.url}/self-service/login?flow=1`, big: 1, other: `${ory.url}9/x` }),
      )
    })
    const response = await fetch(`${face.url}/.ory/rewritten`)
    expect(await response.json()).toEqual({
      action: `${face.url}/.ory/self-service/login?flow=1`,
      big: 1,
      other: `${ory.url}9/x`,
    })
    expect(response.headers.getSetCookie()).toEqual(['csrf=1; Path=/; HttpOnly; SameSite=Lax'])
  })

  test.for(['login', 'registration', 'recovery', 'verification', 'settings'])(
    '/.ory/init/%s starts the flow',
    async flow => {
      const referer = `${face.url}/deep?x=1`
      const response = await fetch(`${face.url}/.ory/init/${flow}`, {
        redirect: 'manual',
        headers: { referer },
      })
      expect(response.status).toBe(303)
      expect(response.headers.get('location')).toBe(
        `/.ory/self-service/${flow}/browser?return_to=${encodeURIComponent(referer)}`,
      )
    },
  )

  test.for(['https://evil.example/', 'nonsense', ''])('a Referer %j is no way back', async referer => {
    const response = await fetch(`${face.url}/.ory/init/login`, { redirect: 'manual', headers: { referer } })
    expect(response.headers.get('location')).toBe(
      `/.ory/self-service/login/browser?return_to=${encodeURIComponent(`${face.url}/`)}`,
    )
  })

  test.for(['/.oryx', '/.ory.json', '/.ORY/x', '/%2eory/x', '//.ory/x'])('%s is not for Ory', async path => {
    const before = ory.heard.length
    await rawRequest(face.url, path)
    expect(ory.heard.length).toBe(before)
  })

  test('a Host that is not ours is refused, whatever it asks for', async () => {
    for (const path of ['/', '/api/x', '/.ory/jwks.json', '/.ory/sessions/whoami']) {
      const { status } = await rawRequest(face.url, path, { host: 'evil.example' })
      expect([path, status]).toEqual([path, 403])
    }
  })

  test('signing out takes effect with the next request', async () => {
    const cookie = ory.signIn('out@example.com')
    ory.on('/self-service/logout', (_req, res) => {
      ory.signOut(cookie)
      res.writeHead(204).end()
    })
    const get = (): Promise<string | undefined> =>
      receivedBy(`${face.url}/api/x`, { headers: { cookie } }).then(r => r.headers.authorization)
    expect(await get()).toMatch(/^Bearer /)
    await fetch(`${face.url}/.ory/self-service/logout?token=t`, { headers: { cookie } })
    expect(await get()).toBeUndefined()
  })

  test('a WebSocket carries the JWT in its handshake', async () => {
    const cookie = ory.signIn('ws@example.com')
    const headers = await firstMessage(`${face.url}/api/ws`, {
      cookie,
      origin: face.url,
      authorization: 'Bearer forged',
    })
    expect(headers['authorization']).toMatch(/^Bearer ey/)
  })

  test('an anonymous WebSocket loses a forged Authorization', async () => {
    const headers = await firstMessage(`${face.url}/api/ws`, {
      origin: face.url,
      authorization: 'Bearer forged',
    })
    expect(headers['authorization']).toBeUndefined()
  })

  test.for(['http://evil.example', 'null', 'http://localhost:1'])(
    'a WebSocket from %s is refused',
    async origin => {
      const cookie = ory.signIn('victim@example.com')
      await expect(firstMessage(`${face.url}/api/ws`, { cookie, origin })).rejects.toThrow(/403|401/)
    },
  )
})

/** Opens a socket and reads the handshake's headers, which the app sends first. */
function firstMessage(url: string, headers: Record<string, string>): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace('http', 'ws'), { headers })
    socket.once('error', reject)
    socket.once('message', data => {
      resolve(JSON.parse(data.toString()) as Record<string, string>)
      socket.close()
    })
  })
}
