import { expect, test } from 'vitest'
import { guardStage } from '../../src/middleware/guard.js'

/** A request as whoever comes behind the guard finds it. */
function guarded(...lines: readonly (readonly [string, string])[]): Record<string, string> {
  const headers = Object.fromEntries(lines.map(([name, value]) => [name.toLowerCase(), value]))
  const headersDistinct = Object.fromEntries(lines.map(([name, value]) => [name.toLowerCase(), [value]]))
  const rawHeaders = lines.flat()
  const req = { headers, headersDistinct, rawHeaders }
  guardStage()({ req } as never)
  const raw = Array.from({ length: rawHeaders.length / 2 }, (_, i) => rawHeaders.slice(2 * i, 2 * i + 2))
  expect(Object.fromEntries(raw.map(([name, value]) => [name!.toLowerCase(), value]))).toEqual(headers)
  expect(Object.keys(req.headersDistinct).sort()).toEqual(Object.keys(headers).sort())
  return headers
}

test.for([
  ['authorization', undefined],
  ['keep-alive, Authorization , x-named', 'keep-alive'],
  ['close, x-named', 'close'],
  ['Upgrade, HTTP2-Settings', 'upgrade'],
  ['host, content-length', undefined],
  ['keep-alive', 'keep-alive'],
  ['', ''],
])('Connection: %s names nothing to the next proxy', ([connection = '', kept]) => {
  const headers = guarded(['Host', 'localhost'], ['Connection', connection], ['X-Named', '1'])
  expect(headers['connection']).toBe(kept)
  expect(headers['host']).toBe('localhost')
  expect('x-named' in headers).toBe(!connection.includes('x-named'))
})

test('what only we may say goes, whatever joins its words', () => {
  const names = ['Ory-Base-URL-Rewrite', 'ory_base_url_rewrite_token', 'ORY-NO_CUSTOM-DOMAIN_REDIRECT']
  const others = ['Ory-Error-Id', 'X-Ory-Base-URL-Rewrite']
  const headers = guarded(...[...names, ...others].map(name => [name, 'x'] as const))
  expect(Object.keys(headers)).toEqual(others.map(name => name.toLowerCase()))
})
