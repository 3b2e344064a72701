import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CompactSign, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { generatePrivateJwk, jwksText, type SigningKey, sign, signingKey } from '../src/keys/jwt.js'
import { OryProxyError, type SessionSource, verifySession } from '../src/verify.js'

const ISSUER = 'https://ory.example'
const SESSION = { id: 's1', active: true, identity: { id: 'i1', traits: { email: 'ada@example.com' } } }

const now = (): number => Math.floor(Date.now() / 1000)
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })

/** A server of keys that counts how often it is asked. */
async function serveKeys(body: () => { status?: number; text: string }) {
  let asked = 0
  const server = createServer((_req, res) => {
    asked++
    const { status = 200, text } = body()
    res.writeHead(status, { 'content-type': 'application/json' }).end(text)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/.ory/jwks.json`,
    asked: () => asked,
    close: () => new Promise(resolve => server.close(resolve)),
  }
}

let key: SigningKey
let served: Awaited<ReturnType<typeof serveKeys>>
const mint = (session: unknown = SESSION, { iat = now(), sub = 'i1' } = {}): Promise<string> =>
  sign(key, { iss: ISSUER, sub, sessionJson: JSON.stringify(session) }, iat)
const verify = (source: SessionSource, issuer?: string) =>
  verifySession(source, { jwksUrl: served.jwksUrl, ...(issuer === undefined ? {} : { issuer }) })

beforeAll(async () => {
  key = await signingKey(await generatePrivateJwk())
  served = await serveKeys(() => ({ text: jwksText(key) }))
})
afterAll(() => served.close())

describe('every kind of request', () => {
  test.for<[string, (headers: Record<string, string>) => SessionSource]>([
    ['a Fetch Request', headers => new Request('http://localhost/', { headers })],
    ['Fetch Headers', headers => new Headers(headers)],
    ["Node's request", headers => ({ headers }) as unknown as IncomingMessage],
    ['plain headers', headers => headers],
    ['plain headers in another case', ({ authorization }) => ({ Authorization: authorization })],
    ['plain headers with lists', ({ authorization }) => ({ authorization: [authorization!] })],
  ])('%s tells who sent it', async ([, make]) => {
    const claims = await verify(make(bearer(await mint())))
    expect(claims).toMatchObject({ iss: ISSUER, sub: 'i1', session: SESSION, jti: expect.any(String) })
  })

  test.for<[string, SessionSource]>([
    ['no header', {}],
    ['an empty header', { authorization: '' }],
    ['another scheme', { authorization: 'Basic eDp5' }],
    ['no token', { authorization: 'Bearer ' }],
    ['nonsense', { authorization: 'Bearer a.b.c' }],
    ['two tokens in one', { authorization: 'Bearer a.b.c, Bearer a.b.c' }],
  ])('%s is nobody', async ([, source]) => {
    expect(await verify(source)).toBeNull()
  })

  test('two headers are nobody, even when both would verify', async () => {
    const { authorization } = bearer(await mint())
    expect(await verify({ authorization, Authorization: authorization })).toBeNull()
    expect(await verify({ authorization: [authorization!, authorization!] })).toBeNull()
    const headers = new Headers({ authorization: authorization! })
    headers.append('authorization', authorization!)
    expect(await verify(headers)).toBeNull()
  })
})

describe('what is no token of ours', () => {
  const payload = (): Record<string, unknown> => ({
    iss: ISSUER,
    sub: 'i1',
    session: SESSION,
    iat: now(),
    nbf: now(),
    exp: now() + 60,
    jti: 'j',
  })
  const signed = (claims: Record<string, unknown>, header: Record<string, unknown> = {}): Promise<string> =>
    new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: key.kid, ...header })
      .sign(key.privateKey)

  test('the token these cases bend is itself accepted', async () => {
    expect(await verify(bearer(await signed(payload())))).toMatchObject({ sub: 'i1' })
  })

  test.for<[string, Record<string, unknown>]>([
    ['expired', { exp: now() - 60, iat: now() - 120, nbf: now() - 120 }],
    ['not valid yet', { nbf: now() + 60 }],
    ['without end', { exp: undefined }],
    ['without subject', { sub: undefined }],
    ['without session', { session: undefined }],
    ['with an empty session', { session: null }],
    ['with an ended session', { session: { ...SESSION, active: false } }],
    ['about two different people', { sub: 'i2' }],
    ['about nobody', { sub: '', session: { ...SESSION, identity: { id: '' } } }],
    ['without an id', { jti: undefined }],
  ])('a token %s is nobody', async ([, claims]) => {
    expect(await verify(bearer(await signed({ ...payload(), ...claims })))).toBeNull()
  })

  test.for<[string, Record<string, unknown>]>([
    ['without a key id', { kid: undefined }],
    ['of another type', { typ: 'at+jwt' }],
    ['without a type', { typ: undefined }],
    ['with a critical extension', { crit: ['exp'], exp: 1 }],
  ])('a token %s is nobody', async ([, header]) => {
    const token = await signed(payload(), header).catch(() => unsignedWith(header))
    expect(await verify(bearer(token))).toBeNull()
  })

  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const unsignedWith = (header: Record<string, unknown>): string =>
    `${part({ alg: 'ES256', typ: 'JWT', kid: key.kid, ...header })}.${part(payload())}.AAAA`

  const orys = (): Record<string, unknown> => ({ ...payload(), session: undefined, sid: 's1' })

  test('the token that Ory itself makes of a session is accepted, by whatever key pair it signs with', async () => {
    expect(await verify(bearer(await signed(orys())))).toMatchObject({ sub: 'i1', sid: 's1' })
    for (const alg of ['RS256', 'PS256', 'ES512', 'EdDSA']) {
      const { privateKey, publicKey } = await generateKeyPair(alg)
      const jwk = { ...(await exportJWK(publicKey)), alg, kid: 'of-ory' }
      const theirs = await serveKeys(() => ({ text: JSON.stringify({ keys: [jwk] }) }))
      const token = await new SignJWT(orys())
        .setProtectedHeader({ alg, typ: 'JWT', kid: 'of-ory' })
        .sign(privateKey)
      expect(await verifySession(bearer(token), { jwksUrl: theirs.jwksUrl })).toMatchObject({ sid: 's1' })
      expect(await verify(bearer(token)), `${alg} by our keys`).toBeNull()
      await theirs.close()
    }
  })

  test.for<[string, Record<string, unknown>]>([
    ['without a session’s id', { sid: undefined }],
    ['with an empty one', { sid: '' }],
    ['about nobody', { sub: '' }],
    ['that is an ID token', { nonce: 'n' }],
    ['that is an ID token with an access token', { at_hash: 'h' }],
    ['with a session that has ended', { session: { ...SESSION, active: false } }],
    ['expired', { exp: now() - 60 }],
    ['without end', { exp: undefined }],
  ])('a token as Ory makes them %s is nobody', async ([, claims]) => {
    expect(await verify(bearer(await signed({ ...orys(), ...claims })))).toBeNull()
  })

  test('no signature is nobody', async () => {
    const head = part({ alg: 'none', typ: 'JWT', kid: key.kid })
    expect(await verify({ authorization: `Bearer ${head}.${part(payload())}.` })).toBeNull()
    expect(await verify({ authorization: `Bearer ${head}.${part(payload())}.AA` })).toBeNull()
  })

  test('the public key taken for a shared secret signs nothing', async () => {
    const secret = new TextEncoder().encode(JSON.stringify(key.publicJwk))
    const token = await new SignJWT(payload())
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: key.kid })
      .sign(secret)
    expect(await verify(bearer(token))).toBeNull()
  })

  test('a key of somebody else signs nothing, under its own name or ours', async () => {
    const { privateKey } = await generateKeyPair('ES256')
    for (const kid of ['theirs', key.kid]) {
      const token = await new SignJWT(payload())
        .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid })
        .sign(privateKey)
      expect(await verify(bearer(token))).toBeNull()
    }
  })

  test('a token of another dev server is nobody, and one line says so, once for an address', async () => {
    const other = await signingKey(await generatePrivateJwk())
    const keys = await serveKeys(() => ({ text: jwksText(key) }))
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const token = await sign(other, { iss: ISSUER, sub: 'i1', sessionJson: JSON.stringify(SESSION) }, now())
    for (let i = 0; i < 3; i++) {
      expect(await verifySession(bearer(token), { jwksUrl: keys.jwksUrl })).toBeNull()
    }
    const said = warn.mock.calls.map(([line]) => String(line)).filter(line => line.includes(keys.jwksUrl))
    warn.mockRestore()
    await keys.close()
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(/^ory-proxy JWKS_OTHER_KEY: .*npx ory-proxy doctor/)
    expect(said[0]).not.toContain(token)
  })

  test('a key inside the token, or behind an address in it, is not looked at', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const jwk: JWK = await exportJWK(publicKey)
    const token = await new SignJWT(payload())
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: key.kid, jwk, jku: served.jwksUrl })
      .sign(privateKey)
    expect(await verify(bearer(token))).toBeNull()
  })

  test('another issuer is nobody where one is named', async () => {
    const token = await signed(payload())
    expect(await verify(bearer(token), ISSUER)).not.toBeNull()
    expect(await verify(bearer(token), 'https://other.example')).toBeNull()
  })
})

describe('the keys', () => {
  test('are fetched once', async () => {
    const keys = await serveKeys(() => ({ text: jwksText(key) }))
    const headers = bearer(await mint())
    await Promise.all(Array.from({ length: 20 }, () => verifySession(headers, { jwksUrl: keys.jwksUrl })))
    await verifySession(headers, { jwksUrl: new URL(keys.jwksUrl) })
    expect(keys.asked()).toBe(1)
    await keys.close()
  })

  test('are not fetched for a request without a token', async () => {
    const keys = await serveKeys(() => ({ text: jwksText(key) }))
    expect(await verifySession({}, { jwksUrl: keys.jwksUrl })).toBeNull()
    expect(keys.asked()).toBe(0)
    await keys.close()
  })

  test('are fetched again when a restarted proxy has a new one', async () => {
    let current = key
    const keys = await serveKeys(() => ({ text: jwksText(current) }))
    const options = { jwksUrl: keys.jwksUrl }
    expect(await verifySession(bearer(await mint()), options)).not.toBeNull()
    current = await signingKey(await generatePrivateJwk())
    const token = await sign(current, { iss: ISSUER, sub: 'i1', sessionJson: JSON.stringify(SESSION) }, now())
    await vi.waitFor(async () => expect(await verifySession(bearer(token), options)).not.toBeNull(), 10_000)
    await keys.close()
  })

  test.for<[string, { status?: number; text: string }]>([
    ['an error', { status: 500, text: 'down' }],
    ['a page', { text: '<!doctype html>' }],
    ['no key set', { text: '{"keys":1}' }],
    ['a redirect', { status: 307, text: '' }],
  ])('that turn out to be %s are no answer about the person', async ([, body]) => {
    const keys = await serveKeys(() => body)
    const answer = verifySession(bearer(await mint()), { jwksUrl: keys.jwksUrl })
    await expect(answer).rejects.toMatchObject({ code: 'ORY_PROXY_JWKS', status: 502 })
    await keys.close()
  })

  test('that nobody serves are no answer either, and the error says where it looked', async () => {
    const keys = await serveKeys(() => ({ text: '' }))
    await keys.close()
    const token = await mint()
    const error = await verifySession(bearer(token), { jwksUrl: keys.jwksUrl }).catch(caught => caught)
    expect(error).toBeInstanceOf(OryProxyError)
    expect(error.message).toContain(keys.jwksUrl)
    expect(error.message).toContain('ECONNREFUSED')
    expect(error.message).not.toContain(token)
  })
})

describe('a wrong option', () => {
  test.for<[unknown, string, string]>([
    [{}, 'ORY_PROXY_BAD_OPTION', 'ORY_JWKS_URL'],
    ['http://localhost/', 'ORY_PROXY_BAD_OPTION', 'must be an object, not string'],
    [{ jwksUrl: '/.ory/jwks.json' }, 'ORY_PROXY_BAD_URL', 'jwksUrl'],
    [{ jwksUrl: 'file:///etc/passwd' }, 'ORY_PROXY_BAD_URL', 'jwksUrl'],
    [{ jwksUrl: 'http://localhost/', isuer: 'x' }, 'ORY_PROXY_BAD_OPTION', 'takes "jwksUrl" and "issuer"'],
  ])('%j is told at once, even without a token', async ([options, code, message]) => {
    const error = await verifySession({}, options as object).catch(caught => caught)
    expect(error).toMatchObject({ name: 'OryProxyError', code })
    expect(error.message).toContain(message)
  })

  test.for([
    ['a promise', Promise.resolve(new Headers()), 'not a promise: write `await` before it.'],
    ['a token', 'Bearer a.b.c', 'not string.'],
    ['nothing', undefined, 'not undefined.'],
    ['null', null, 'not null.'],
  ])('%s is no request, and not a visitor either', async ([, source, message]) => {
    const asked = verifySession(source as unknown as Request, { jwksUrl: served.jwksUrl })
    await expect(asked).rejects.toMatchObject({ code: 'ORY_PROXY_BAD_OPTION' })
    await expect(asked).rejects.toThrow(`verifySession takes a request or its headers, ${message}`)
  })

  test('the environment names the keys where no option does', async () => {
    vi.stubEnv('ORY_JWKS_URL', served.jwksUrl)
    expect(await verifySession(bearer(await mint()))).toMatchObject({ sub: 'i1' })
    vi.unstubAllEnvs()
  })
})
