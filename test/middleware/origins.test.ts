import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import { createOriginWarning } from '../../src/host/explain.js'
import { FACES } from '../_faces.js'
import { receivedBy, test } from '../_fixtures.js'

const LISTED = 'https://shop.test'

/** Requests that are the person's own, as browsers and programs send them; `own` stands for our origin. */
const OWN: readonly (readonly [string, string, Record<string, string>])[] = [
  ['a form of our own page', 'POST', { origin: 'own', 'sec-fetch-site': 'same-origin' }],
  ['one under Referrer-Policy: no-referrer', 'POST', { origin: 'null', 'sec-fetch-site': 'same-origin' }],
  ['one behind a proxy that ends TLS', 'POST', { origin: 'https://x.test', 'sec-fetch-site': 'same-origin' }],
  ['a page in an older browser', 'PUT', { origin: 'own' }],
  ['a bookmarklet, an extension', 'POST', { 'sec-fetch-site': 'none' }],
  ['a program', 'DELETE', {}],
  ['a page of a listed origin', 'PATCH', { origin: LISTED, 'sec-fetch-site': 'cross-site' }],
  ['a link on another site', 'GET', { 'sec-fetch-site': 'cross-site' }],
  ['a read by another origin', 'GET', { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' }],
]

test.for(OWN)('%s is signed in', async ([, method, given], { ory, app }) => {
  const face = await FACES['connect']!(app.url, { sdkUrl: ory.url, allowedCorsOrigins: [LISTED] })
  const headers = Object.entries(given).map(([name, value]) => [name, value === 'own' ? face.url : value])
  const cookie = ory.signIn('ada@example.com', { identity: { id: 'ada' } })
  const received = await receivedBy(`${face.url}/api/x`, {
    method,
    headers: { cookie, ...Object.fromEntries(headers) },
  })
  expect(decodeJwt(received.headers.authorization!.slice('Bearer '.length)).sub).toBe('ada')
  await face.close()
})

test('what passes as anonymous for its origin is said, once for an origin', () => {
  const said: string[] = []
  const warn = createOriginWarning({ logger: { warn: (line: string) => said.push(line) } } as never)
  for (const origin of ['http://a.test', 'http://a.test', 'http://b.test\u001b[2J']) {
    warn({ req: { method: 'POST', headers: { origin, cookie: 'a=b' } } } as never)
    warn({ req: { method: 'POST', headers: { origin: 'http://nobody.test' } } } as never)
  }
  expect(said).toEqual([
    expect.stringMatching(/^A POST from http:\/\/a\.test passes as anonymous.*allowedCorsOrigins/),
    expect.stringContaining('http://b.test?[2J'),
  ])
})
