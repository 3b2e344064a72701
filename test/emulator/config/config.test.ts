import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KratosConfig } from '../../../src/emulator/config/model.js'
import { baseFor } from '../../../src/emulator/config/place.js'
import { readConfig } from '../../../src/emulator/config/read.js'
import { OryProxyError } from '../../../src/errors.js'
import { silentLogger } from '../../../src/log.js'

const conformance = (name: string): string =>
  fileURLToPath(new URL(`../../conformance/${name}`, import.meta.url))
const baseUrl = 'http://127.0.0.1:5000'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ory-proxy-config-'))
})
afterAll(() => rm(directory, { recursive: true, maxRetries: 5 }))

async function file(text: string, name = 'kratos.yml'): Promise<string> {
  const path = join(directory, name)
  await writeFile(path, text)
  return path
}

/** Loads and keeps what was logged. */
async function load(
  source: string | object | undefined,
  published?: string,
): Promise<[KratosConfig, string[]]> {
  const warnings: string[] = []
  const logger = { ...silentLogger, warn: (line: string) => void warnings.push(line) }
  const read = await readConfig(source, logger)
  return [read.at({ base: baseFor(read, { listening: baseUrl, publicUrl: published }) }), warnings]
}

describe('without a file', () => {
  test('the built-in configuration has every method that works offline', async () => {
    const [config, warnings] = await load(undefined)
    const { methods, flows } = config.selfservice
    expect(methods).toMatchObject({
      password: {
        enabled: true,
        config: { min_password_length: 8, identifier_similarity_check_enabled: true },
      },
      code: { enabled: true, passwordless_enabled: false },
      totp: { enabled: true, config: { issuer: 'ory-proxy' } },
      lookup_secret: { enabled: true },
      profile: { enabled: true },
      oidc: { enabled: true, config: { providers: [{ id: 'mock', provider: 'generic', label: 'Mock' }] } },
    })
    expect(flows.login.ui_url).toBe(`${baseUrl}/ui/login`)
    expect(flows.recovery).toMatchObject({ enabled: true, use: 'code', lifespan: 3_600_000 })
    expect(flows.registration.after.password.hooks).toEqual([
      { hook: 'session' },
      { hook: 'show_verification_ui' },
    ])
    expect(config.selfservice.default_browser_return_url).toBe(`${baseUrl}/ui/welcome`)
    expect(config.selfservice.allowed_return_urls).toEqual([`${baseUrl}/`])
    expect(config.identity.schemas[0]?.schema).toMatchObject({ title: 'Person' })
    expect(config.serve.public.base_url).toBe(baseUrl)
    expect(warnings).toEqual([])
  })
})

describe('the configurations of the recordings', () => {
  test.for(['default', 'passwordless', 'strict', 'social'])('kratos.%s.yml works as it is', async name => {
    const [config, warnings] = await load(conformance(`kratos.${name}.yml`))
    expect(config.identity.schemas.map(schema => schema.id)).toEqual(['default'])
    expect(config.serve.public.base_url).toBe(baseUrl)
    expect(warnings).toEqual([])
  })

  test('durations, hooks and styles are understood', async () => {
    const [strict] = await load(conformance('kratos.strict.yml'))
    expect(strict.selfservice.flows.settings).toMatchObject({
      lifespan: 2000,
      privileged_session_max_age: 2000,
      required_aal: 'highest_available',
    })
    expect(strict.session).toMatchObject({ lifespan: 86_400_000, cookie: { name: 'ory_kratos_session' } })
    const [passwordless] = await load(conformance('kratos.passwordless.yml'))
    expect(passwordless.selfservice.flows.login.style).toBe('identifier_first')
    expect(passwordless.selfservice.flows.registration.after.code.hooks).toEqual([{ hook: 'session' }])
    const [social] = await load(conformance('kratos.social.yml'))
    expect(social.selfservice.methods.oidc.config.providers).toEqual([
      {
        id: 'mock',
        provider: 'generic',
        label: 'Mock',
        client_id: 'lab',
        client_secret: 'secret',
        issuer_url: 'http://127.0.0.1:8091',
        mapper_url: 'file://./mapper.jsonnet',
        scope: ['openid', 'email'],
      },
    ])
  })

  test('another public address moves every page and return URL that lies on the one of the file', async () => {
    const publicUrl = 'http://localhost:3000/.ory'
    const [config] = await load(conformance('kratos.default.yml'), publicUrl)
    expect(config.serve.public.base_url).toBe(publicUrl)
    expect(config.selfservice.flows.login.ui_url).toBe(`${publicUrl}/ui/login`)
    expect(config.selfservice.default_browser_return_url).toBe(`${publicUrl}/ui/welcome`)
    expect(config.selfservice.allowed_return_urls).toContain(publicUrl)
    expect(config.selfservice.allowed_return_urls).toContain('http://127.0.0.1:4455')
    expect(JSON.stringify(config.selfservice)).not.toContain('127.0.0.1:4433')
  })
})

describe('an object', () => {
  test('is the same as a file', async () => {
    const [config] = await load({
      selfservice: {
        default_browser_return_url: '/home',
        flows: { login: { lifespan: '1h30m', after: { hooks: [{ hook: 'require_verified_address' }] } } },
      },
      identity: { schemas: [{ id: 'default', url: `file://${conformance('identity.schema.json')}` }] },
    })
    expect(config.selfservice.default_browser_return_url).toBe(`${baseUrl}/home`)
    expect(config.selfservice.flows.login.lifespan).toBe(5_400_000)
    expect(config.selfservice.flows.login.after.hooks).toEqual([{ hook: 'require_verified_address' }])
    expect(config.selfservice.methods.totp.enabled).toBe(false)
  })

  test('a web hook gets its defaults', async () => {
    const hook = {
      hook: 'web_hook',
      config: { url: 'http://127.0.0.1:1/x', method: 'POST', body: 'base64://e30=' },
    }
    const [config] = await load({ selfservice: { flows: { registration: { after: { hooks: [hook] } } } } })
    expect(config.selfservice.flows.registration.after.hooks).toEqual([
      {
        hook: 'web_hook',
        config: {
          ...hook.config,
          headers: {},
          response: { ignore: false, parse: false },
          can_interrupt: false,
        },
      },
    ])
  })

  test('a schema can be written into it', async () => {
    const schema = {
      type: 'object',
      properties: { traits: { type: 'object', properties: { nick: { type: 'string' } } } },
    }
    const url = `base64://${Buffer.from(JSON.stringify(schema)).toString('base64')}`
    const [config] = await load({ identity: { default_schema_id: 'x', schemas: [{ id: 'x', url }] } })
    expect(config.identity).toEqual({
      default_schema_id: 'x',
      schemas: [{ id: 'x', url, selfservice_selectable: false, schema }],
    })
  })
})

describe('keys without effect', () => {
  test('are named in one warning', async () => {
    const path = await file(`
selfservice:
  loginn: {}
  methods:
    deviceauthn: {enabled: true}
    passkey: {enabled: false}
  flows:
    login: {after: {hooks: [{hook: b2b_sso}]}}
oauth2_provider: {url: http://127.0.0.1:4445}
colour: blue
`)
    const [config, warnings] = await load(path)
    expect(warnings).toEqual([
      `${path}: keys without effect, not supported by the emulator: selfservice.methods.deviceauthn, selfservice.flows.login.after.hooks.0 (b2b_sso), oauth2_provider.url; unknown: selfservice.loginn, colour`,
    ])
    expect(config.selfservice.flows.login.after.hooks).toEqual([])
  })
})

describe('mistakes are shown with their place', () => {
  test.for<[string, string, string]>([
    ['broken YAML', 'a: [1,\nb: 2', ':2:1: '],
    ['broken JSON', '{"selfservice": {"flows": }', ':'],
    ['a single value', 'hello', ':1:1: this is not a configuration'],
    [
      'a duration in words',
      'session:\n  lifespan: one day\n',
      ':2:3: "session.lifespan" must be a duration like 30s',
    ],
    [
      'a wrong type',
      'selfservice:\n  methods:\n    password: {enabled: "yes"}\n',
      ':3:16: "selfservice.methods.password.enabled" must be true or false, not "yes"',
    ],
    [
      'an empty list',
      'selfservice: {allowed_return_urls: }',
      '"selfservice.allowed_return_urls" must be a list, not empty',
    ],
    [
      'a wrong choice',
      'selfservice: {flows: {login: {style: fancy}}}',
      ':1:31: "selfservice.flows.login.style" must be one of unified, identifier_first, not "fancy"',
    ],
    [
      'an unknown hook',
      'selfservice: {flows: {login: {after: {hooks: [{hook: nope}]}}}}',
      'must be one of session',
    ],
    [
      'a web hook without address',
      'selfservice: {flows: {login: {after: {hooks: [{hook: web_hook, config: {method: POST}}]}}}}',
      'has no "url"',
    ],
    [
      'a URL that is none',
      'selfservice:\n  flows:\n    login: {ui_url: "http://[oops"}',
      ':3:13: "selfservice.flows.login.ui_url" is not a URL',
    ],
    [
      'a script as a page',
      'selfservice: {flows: {login: {ui_url: "javascript:alert(1)"}}}',
      'must be an http or https URL',
    ],
    [
      'a missing schema file',
      'identity:\n  schemas:\n    - {id: default, url: "file://./nowhere.json"}',
      ':3:21: The identity schema "default"',
    ],
    [
      'a schema on the web',
      'identity: {schemas: [{id: default, url: "https://example.com/s.json"}]}',
      'makes no outgoing connection',
    ],
    [
      'a schema of Ory Network',
      'identity: {schemas: [{id: default, url: "preset://email"}]}',
      'file:// or base64://, not preset://',
    ],
    [
      'no default schema',
      'identity: {schemas: [{id: a, url: "base64://eyJwcm9wZXJ0aWVzIjp7InRyYWl0cyI6eyJwcm9wZXJ0aWVzIjp7fX19fQ=="}]}',
      '"identity.default_schema_id" is "default", but the schemas are "a"',
    ],
    [
      'too many aliases',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]`,
      'alias',
    ],
  ])('%s', async ([, text, message]) => {
    const path = await file(text)
    const attempt = load(path)
    await expect(attempt).rejects.toThrow(OryProxyError)
    await expect(attempt).rejects.toThrow(path)
    await expect(attempt).rejects.toThrow(message)
    await expect(attempt).rejects.toMatchObject({ code: 'ORY_PROXY_EMULATOR_CONFIG' })
  })

  test('a broken schema names its own file', async () => {
    await file('{"type": "object"\n  "properties": {}}', 'broken.schema.json')
    await file('{"type": "object"}', 'empty.schema.json')
    const config = (name: string): string => `identity: {schemas: [{id: default, url: "file://./${name}"}]}`
    await expect(load(await file(config('broken.schema.json')))).rejects.toThrow(/broken\.schema\.json:2:3: /)
    await expect(load(await file(config('empty.schema.json')))).rejects.toThrow(
      /empty\.schema\.json:1:1: The identity schema "default" is not valid: .*properties\.traits/,
    )
  })

  test.for([
    ['"type": "strng"', ':4:1: ', '#/properties/traits/properties/email/type'],
    ['"ory.sh/kratos": {"recovery": {"via": "pigeon"}}', ':4:32: ', 'recovery/via must be equal to one of'],
    ['"ory.sh/kratos": {"recovering": {}}', ':4:1: ', 'ory.sh~1kratos must NOT have additional properties'],
  ])('a schema with %s is shown the line', async ([email, place, message]) => {
    const schema = `{"properties": {"traits": {\n"properties": {\n"email": {\n${email}}}}}}`
    await file(schema, 'wrong.schema.json')
    const attempt = load(
      await file(`identity: {schemas: [{id: default, url: "file://./wrong.schema.json"}]}`),
    )
    await expect(attempt).rejects.toThrow(place)
    await expect(attempt).rejects.toThrow(message)
    await expect(attempt).rejects.toThrow(/wrong\.schema\.json:/)
  })

  test('a file that is not there', async () => {
    await expect(load(join(directory, 'nowhere.yml'))).rejects.toThrow(/nowhere\.yml: there is no such file/)
  })
})
