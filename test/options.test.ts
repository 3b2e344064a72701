import { describe, expect, test } from 'vitest'
import { type OryOptions, resolveOptions } from '../src/options.js'

describe('options', () => {
  test.for([
    [{ sdkURL: 'https://x.example' }, 'Did you mean "sdkUrl"?'],
    [{ emulator: { sed: 'x' } }, 'Did you mean "emulator.seed"?'],
    [{ jwt: 'no' }, '"jwt" must be true or false, not "no"'],
    [{ sessionCache: -1 }, '"sessionCache" must be a number of seconds like 10'],
    [{ allowedHosts: 'a' }, '"allowedHosts" must be a list of host names'],
    [{ sdkUrl: 'ory.example' }, '"sdkUrl" must be an address like'],
    [{ sdkUrl: 'ftp://ory.example' }, '"sdkUrl" must be an address like'],
    [{ sdkUrl: '' }, '"sdkUrl" must be an address like'],
  ])('%j says what is wrong', ([raw, message]) => {
    expect(() => resolveOptions(raw as OryOptions, {})).toThrow(message as string)
  })

  test('an address with a password in it is not quoted whole', () => {
    expect(() => resolveOptions({ sdkUrl: 'ftp://me:secret@ory.example' }, {})).toThrow(/^(?!.*secret)/)
  })

  test('come before the environment, which comes before the default', () => {
    const env = { ORY_SDK_URL: 'https://env.example', ORY_PROJECT: 'env-project' }
    const resolved = resolveOptions({ sdkUrl: 'https://option.example' }, env)
    expect(resolved.sdkUrl?.href).toBe('https://option.example/')
    expect(resolved.project).toBe('env-project')
    expect(resolved.from).toEqual({ project: 'ORY_PROJECT' })
    expect(resolved.sessionCache).toBe(10)
  })

  test('a wrong variable is named by its own name', () => {
    expect(() => resolveOptions({}, { VITE_ORY_SDK_URL: 'nonsense' })).toThrow('VITE_ORY_SDK_URL must be')
  })

  test.for(['http://localhost:4000/.ory', 'https://127.0.0.1:4000/.ory/', 'http://app.localhost/.ory'])(
    'an SDK address that is our own, %s, names no Ory',
    url => {
      expect(resolveOptions({}, { ORY_SDK_URL: url, VITE_ORY_SDK_URL: '' }).sdkUrl).toBeUndefined()
    },
  )
})
