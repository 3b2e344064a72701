// Configurations in several files and in the environment, as Kratos v26.2.0 reads them.
import { afterEach, describe, expect, test, vi } from 'vitest'
import { file, load, SCHEMA, titleOf } from './_found.js'

afterEach(() => vi.unstubAllEnvs())

describe('several files', () => {
  test('are laid over one another: sections are merged, lists replaced', async () => {
    await file('layers/person.json', SCHEMA)
    const first = await file(
      'layers/kratos.yml',
      `
selfservice:
  allowed_return_urls: [http://a.test, http://b.test]
  methods: {totp: {enabled: true}, link: {enabled: true}}
  flows: {login: {lifespan: 5m, ui_url: http://127.0.0.1:4455/login}}
identity: {schemas: [{id: default, url: file://./person.json}]}
`,
    )
    const second = await file(
      'layers/over/kratos.json',
      '{"selfservice": {"allowed_return_urls": ["http://c.test"], "methods": {"link": {"enabled": false}}, "flows": {"login": {"lifespan": "7m"}}}}',
    )
    const { config } = await load([first, second])
    expect(config.selfservice.allowed_return_urls).toEqual(['http://c.test'])
    expect(config.selfservice.methods).toMatchObject({ totp: { enabled: true }, link: { enabled: false } })
    expect(config.selfservice.flows.login).toMatchObject({
      lifespan: 420_000,
      ui_url: 'http://127.0.0.1:4455/login',
    })
    expect(titleOf(config)).toBe('Ours')
  })

  test('a mistake is shown in the file it is in', async () => {
    const first = await file('layers/one.yml', 'session: {lifespan: 1h}\n')
    const second = await file('layers/two.yml', '\nsession:\n  lifespan: soon\n')
    await expect(load([first, second])).rejects.toThrow(`${second}:3:3: "session.lifespan"`)
    await expect(load([second, first])).resolves.toBeDefined()
  })

  test('sections with nothing below are empty ones', async () => {
    const path = await file(
      'null.yml',
      'feature_flags:\nselfservice:\n  methods:\n    link:\n    totp: {enabled: true}\n',
    )
    const { config } = await load(path)
    expect(config.selfservice.methods).toMatchObject({ link: { enabled: false }, totp: { enabled: true } })
  })
})

describe('the environment', () => {
  test('comes before the files, by the names and the types that Kratos has; one line names the variables', async () => {
    const path = await file(
      'env/kratos.yml',
      'selfservice: {allowed_return_urls: [http://a.test, http://b.test], methods: {link: {enabled: true}}}',
    )
    for (const [name, value] of Object.entries({
      SELFSERVICE_ALLOWED_RETURN_URLS_1: 'http://second.test',
      SELFSERVICE_ALLOWED_RETURN_URLS_0: 'http://first.test',
      SELFSERVICE_METHODS_PASSWORD_CONFIG_MIN_PASSWORD_LENGTH: '12',
      SELFSERVICE_METHODS_LINK_ENABLED: 'f',
      SELFSERVICE_METHODS_TOTP: '{"config": {"issuer": "Env"}}',
      selfservice_flows_login_lifespan: '3m',
      SELFSERVICE_FLOWS_LOGIN_AFTER_HOOKS_0_HOOK: 'require_verified_address',
      SELFSERVICE_METHODS_OIDC_CONFIG_PROVIDERS: '[{"id": "g", "provider": "google"}]',
    }))
      vi.stubEnv(name, value)
    const { config, said } = await load(path)
    const { methods, flows, allowed_return_urls } = config.selfservice
    expect(allowed_return_urls).toEqual(['http://first.test', 'http://second.test'])
    expect(methods).toMatchObject({
      password: { config: { min_password_length: 12 } },
      link: { enabled: false },
      totp: { enabled: false, config: { issuer: 'Env' } },
      oidc: { config: { providers: [{ id: 'g' }] } },
    })
    expect(flows.login).toMatchObject({
      lifespan: 180_000,
      after: { hooks: [{ hook: 'require_verified_address' }] },
    })
    expect(said.filter(line => line.includes('what the environment says comes first'))).toHaveLength(1)
    expect(said.join()).toContain('SELFSERVICE_METHODS_LINK_ENABLED')
  })

  test.for<[string, string[]]>([
    ['http://c.test', ['http://c.test', 'http://b.test']],
    ['http://c.test,http://d.test,http://e.test', ['http://c.test', 'http://d.test', 'http://e.test']],
    ['["http://c.test"]', ['http://c.test', 'http://b.test']],
  ])('a list, %s, is laid over that of the file place by place', async ([value, expected]) => {
    vi.stubEnv('SELFSERVICE_ALLOWED_RETURN_URLS', value)
    const path = await file(
      'env/list.yml',
      'selfservice: {allowed_return_urls: [http://a.test, http://b.test]}',
    )
    expect((await load(path)).config.selfservice.allowed_return_urls).toEqual(expected)
  })

  test('a mistake names its variable, and never its value where that may be a secret', async () => {
    const path = await file('env/mistake.yml', '{}')
    vi.stubEnv('SESSION_LIFESPAN', '')
    await expect(load(path)).rejects.toThrow(
      'SESSION_LIFESPAN in the environment: "session.lifespan" must be a duration',
    )
    vi.stubEnv('SESSION_LIFESPAN', undefined)
    vi.stubEnv('SELFSERVICE_FLOWS_LOGIN_AFTER_HOOKS', '[{"hook":"session"}]')
    await expect(load(path)).rejects.toThrow('must be a list')
  })

  test('what is neither true nor false is said: Kratos takes it as false', async () => {
    const path = await file('env/maybe.yml', '{}')
    vi.stubEnv('SELFSERVICE_METHODS_TOTP_ENABLED', 'yes')
    const { config, said } = await load(path)
    expect(config.selfservice.methods.totp.enabled).toBe(false)
    expect(said.join()).toContain(
      'SELFSERVICE_METHODS_TOTP_ENABLED in the environment is neither "true" nor "false"',
    )
  })

  test('without a file, nothing of it counts: an app has variables of its own', async () => {
    vi.stubEnv('SESSION_COOKIE_NAME', 'my_app')
    expect((await load({})).config.session.cookie.name).toBe('ory_kratos_session')
  })
})

describe('variables with the name that a key had', () => {
  test('are understood, each with a line, and give way to the one of today', async () => {
    const path = await file('older/person.json', SCHEMA)
    vi.stubEnv('SELFSERVICE_WHITELISTED_RETURN_URLS', 'http://a.test,http://b.test')
    vi.stubEnv('IDENTITY_DEFAULT_SCHEMA_URL', `file://${path}`)
    const kratos = await file('older/kratos.yml', 'selfservice: {}\n')
    const { config, said } = await load(kratos)
    expect(config.selfservice.allowed_return_urls).toEqual(['http://a.test', 'http://b.test'])
    expect(titleOf(config)).toBe('Ours')
    expect(said).toContain(
      'SELFSERVICE_WHITELISTED_RETURN_URLS in the environment is of Kratos v0.8 or older: write SELFSERVICE_ALLOWED_RETURN_URLS',
    )
    expect(said).toContain(
      'IDENTITY_DEFAULT_SCHEMA_URL in the environment is of Kratos v0.8 or older: write identity.schemas: [{ id: default, url: … }]',
    )
    vi.stubEnv('SELFSERVICE_ALLOWED_RETURN_URLS', 'http://c.test')
    expect((await load(kratos)).config.selfservice.allowed_return_urls).toEqual(['http://c.test'])
  })
})
