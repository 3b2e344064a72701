import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { resolveOptions } from '../../src/options/resolve.js'
import type { OryOptions } from '../../src/options/types.js'

describe('options', () => {
  test.for([
    [{ sdkURL: 'https://x.example' }, 'Did you mean "sdkUrl"?'],
    [{ emulator: { sed: 'x' } }, 'Did you mean "emulator.seed"?'],
    [{ seed: 'x' } as object, 'emulator: { seed: … }'],
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

  test.for([
    '/.ory',
    'http://localhost:4000/.ory',
    'https://127.0.0.1:4000/.ory/',
    'http://app.localhost/.ory',
  ])('an SDK address that is our own, %s, names no Ory', url => {
    expect(resolveOptions({}, { ORY_SDK_URL: url, VITE_ORY_SDK_URL: '' }).sdkUrl).toBeUndefined()
  })
})

describe('the settings file', () => {
  const URL_IN_FILE = 'https://file.example/'
  const folder = (name: string, text: string): string => {
    const root = mkdtempSync(join(tmpdir(), 'ory-proxy-test-'))
    writeFileSync(join(root, name), text)
    return root
  }

  test.for([
    ['ory-proxy.yml', {}, {}],
    ['ory-proxy.yaml', {}, {}],
    ['team.yml', { config: 'team.yml' }, {}],
    ['team.yml', {}, { ORY_CONFIG_PATH: 'team.yml' }],
  ] as [string, OryOptions, NodeJS.ProcessEnv][])('%s is read with %j and %j', ([name, raw, env]) => {
    const root = folder(name, 'sdkUrl: https://file.example')
    const resolved = resolveOptions(raw, env, { root })
    expect([resolved.sdkUrl?.href, resolved.from]).toEqual([URL_IN_FILE, { sdkUrl: name }])
  })

  test('of two of the usual names, neither counts quietly, and comments in JSON are called so', () => {
    const root = folder('ory-proxy.json', '// port of the office\n{ "port": 5000 }')
    expect(() => resolveOptions({}, {}, { root })).toThrow(
      'ory-proxy.json cannot be read: JSON has no comments.',
    )
    writeFileSync(join(root, 'ory-proxy.yml'), 'port: 5000')
    expect(() => resolveOptions({}, {}, { root })).toThrow('Both ory-proxy.yml and ory-proxy.json are there')
    expect(resolveOptions({ config: 'ory-proxy.yml' }, {}, { root }).sdkUrl).toBeUndefined()
  })

  test('gives way to options and environment', () => {
    const root = folder('ory-proxy.json', '{"sdkUrl":"https://file.example","sessionCache":1,"jwt":false}')
    const env = { ORY_SDK_URL: 'https://env.example' }
    const resolved = resolveOptions({ sessionCache: 2 }, env, { root })
    expect([resolved.sdkUrl?.hostname, resolved.sessionCache, resolved.jwt]).toEqual([
      'env.example',
      2,
      false,
    ])
  })

  test('may hold what only the command has; its people are those of the emulator', () => {
    const root = folder('ory-proxy.yml', 'port: 4100\nseed: team.json\nemulator: { export: state.json }')
    expect(resolveOptions({}, {}, { root }).emulator).toEqual({
      seed: join(root, 'team.json'),
      export: join(root, 'state.json'),
    })
  })

  test("names Kratos' files from where it is, and may be one itself, as for `ory-proxy emulator`", () => {
    const root = folder('ory-proxy.yml', 'emulator: { config: [kratos.yml, dev/kratos.yml] }')
    const named = [join(root, 'kratos.yml'), join(root, 'dev/kratos.yml')]
    expect(resolveOptions({}, {}, { root }).emulator).toEqual({ config: named })
    writeFileSync(join(root, 'kratos.yml'), 'version: v1.3.0\nselfservice: { flows: {} }\n')
    expect(resolveOptions({ config: 'kratos.yml' }, {}, { root }).emulator).toEqual({ config: named[0] })
  })

  test.for([
    ['sdkURL: x', /ory-proxy\.yml: There is no option "sdkURL"\. Did you mean "sdkUrl"\?/],
    ['sdkUrl: x', /"sdkUrl" in ory-proxy\.yml must be an address/],
    ['seed: 5', /"emulator\.seed" must be a file/],
    ['emulator: x', /"emulator" in ory-proxy\.yml must be an object/],
  ] as [string, RegExp][])('is told where it is wrong: %s', ([text, message]) => {
    expect(() => resolveOptions({}, {}, { root: folder('ory-proxy.yml', text) })).toThrow(message)
  })

  test('that is named and not there is told', () => {
    expect(() => resolveOptions({ config: 'no.yml' }, {})).toThrow(
      'The settings file no.yml cannot be read (ENOENT).',
    )
  })
})
