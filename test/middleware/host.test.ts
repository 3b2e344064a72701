import { expect, test } from 'vitest'
import { callerOf } from '../../src/common/caller.js'
import { hostStage } from '../../src/middleware/host.js'

/** The origin that a request is taken to be for. */
function originOf(
  headers: Record<string, string>,
  { encrypted = false, trustForwarded = true } = {},
): string {
  const req = { url: '/', headers, rawHeaders: Object.entries(headers).flat(), socket: { encrypted } }
  const x = {
    req,
    caller: callerOf(req as never),
    origin: '',
    prefix: '',
    identified: null,
  }
  hostStage({ allowedHosts: [], publicUrl: undefined, trustForwarded })(x as never)
  return x.origin
}

const host = 'LocalHost:4000'

test.for([
  [{}, 'http://localhost:4000'],
  [{ 'x-forwarded-proto': 'https' }, 'https://localhost:4000'],
  [{ 'x-forwarded-proto': 'wss' }, 'https://localhost:4000'],
  [{ 'x-forwarded-proto': 'ws' }, 'http://localhost:4000'],
  [{ 'x-forwarded-proto': 'https, http' }, 'https://localhost:4000'],
  [{ 'x-forwarded-host': 'app.example' }, 'http://app.example'],
  [{ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'app.example:443, b' }, 'https://app.example'],
] as const)('what a proxy says, where one is trusted: %j is %s', ([headers, origin]) => {
  expect(originOf({ host, ...headers })).toBe(origin)
  expect(originOf({ host, ...headers }, { trustForwarded: false })).toBe('http://localhost:4000')
})

test.for([
  { 'x-forwarded-proto': 'javascript' },
  { 'x-forwarded-proto': 'data:text/html,' },
  { 'x-forwarded-proto': 'constructor' },
  { 'x-forwarded-host': 'app.example/x' },
  { 'x-forwarded-host': 'a@app.example' },
  { 'x-forwarded-host': '"><script>' },
  { 'x-forwarded-host': '' },
])('what no proxy says is not believed: %j', headers => {
  expect(originOf({ host, ...headers }, { encrypted: true })).toBe('https://localhost:4000')
})

test('a port that is none makes no other origin', () => {
  expect(originOf({ host: 'localhost:99999' })).toBe('http://localhost:99999')
})
