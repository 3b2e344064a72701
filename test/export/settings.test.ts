import { expect, test } from 'vitest'
import { gatewayOf } from '../../src/export/settings.js'
import { resolveOptions } from '../../src/options/resolve.js'

const flags = { app: 'http://app:3000', publicUrl: 'https://app.example.com' }
const ory = new URL('http://kratos:4433')
const gateway = (options: object, over: object = {}, which: URL | 'emulator' = ory) =>
  gatewayOf(resolveOptions(options, {}), which, { ...flags, ...over })

test.for<[string, () => unknown, string]>([
  ['the emulator', () => gateway({}, {}, 'emulator'), 'the emulator is for development'],
  [
    'a public address of this machine',
    () => gateway({}, { publicUrl: 'http://localhost:3000' }),
    'this machine only',
  ],
  ['no app', () => gateway({}, { app: undefined }), '--app is missing'],
  [
    'a cookie domain of somebody else',
    () => gateway({ cookieDomain: 'other.example' }),
    'is not a domain of',
  ],
  ['a token of Ory’s', () => gateway({ tokenizeAs: 'backend' }), 'is for development'],
  ['a cache that outlives its tokens', () => gateway({ sessionCache: 60 }), '50 at most'],
])('%s is one clear line, and nothing is written', ([, make, line]) => {
  expect(make).toThrow(line)
})

test('no cache is no cache', () => {
  expect(gateway({ sessionCache: 0 }).sessionCache).toBe(0)
})
