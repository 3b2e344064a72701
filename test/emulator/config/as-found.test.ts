// Configurations as people have them: of containers, of older versions.
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { RENAMES } from '../../../src/emulator/config/renames.js'
import { base, directory, file, load, SCHEMA, titleOf } from './_found.js'

describe('a path of a container', () => {
  const named = (url: string): string => `identity: {schemas: [{id: default, url: "${url}"}]}`

  test.for([
    'file:///etc/config/kratos/person.schema.json',
    'file:///app/person.schema.json',
    'file://contrib/quickstart/kratos/person.schema.json',
    '/etc/kratos/person.schema.json',
  ])('%s is the file of that name beside the configuration, and one line says so', async url => {
    await file('container/person.schema.json', SCHEMA)
    const path = await file('container/kratos.yml', named(url))
    const { config, said } = await load(path)
    expect(titleOf(config)).toBe('Ours')
    expect(said).toEqual([
      expect.stringMatching(
        /kratos\.yml:1:\d+: .*person\.schema\.json is not here: .*container.person\.schema\.json is read instead$/,
      ),
    ])
  })

  test('its folders count, the longest end first', async () => {
    await file('deep/schemas/person.json', SCHEMA)
    await file(
      'deep/person.json',
      '{"title": "Another", "properties": {"traits": {"type": "object", "properties": {}}}}',
    )
    const path = await file('deep/kratos.yml', named('file:///etc/config/kratos/schemas/person.json'))
    expect(titleOf((await load(path)).config)).toBe('Ours')
  })

  test('a relative path begins at the configuration, then where the command was started, as Kratos has it', async () => {
    await file('relative/sub/person.json', SCHEMA)
    const { config, said } = await load(await file('relative/kratos.yml', named('file://./sub/person.json')))
    expect([titleOf(config), said]).toEqual(['Ours', []])
    const here = await load(
      await file('relative/here.yml', named('file://test/emulator/schema/fixtures/rich.schema.json')),
    )
    expect(here.said).toEqual([])
    expect(here.config.identity.schemas[0]?.schema).toHaveProperty('properties.traits')
  })

  test('one that is nowhere names the folder that was looked in', async () => {
    const path = await file('nowhere/kratos.yml', named('file:///etc/config/kratos/gone.json'))
    await expect(load(path)).rejects.toThrow(`there is no gone.json in ${join(directory, 'nowhere')}`)
    await expect(load(path)).rejects.toThrow('/etc/config/kratos/gone.json does not exist')
  })

  test('an address on the web is one clear line', async () => {
    const path = await file('web/kratos.yml', named('https://example.com/person.json'))
    await expect(load(path)).rejects.toThrow(
      /kratos\.yml:1:\d+: The emulator makes no outgoing connection: save /,
    )
  })
})

describe('keys of older versions', () => {
  test('are understood where they only have another name, each with its line and what to write today', async () => {
    await file('old/person.json', SCHEMA)
    const path = await file(
      'old/kratos.yml',
      `
identity:
  default_schema_url: file:///etc/config/kratos/person.json
selfservice:
  whitelisted_return_urls: [http://127.0.0.1:4455]
  strategies:
    password: {enabled: false}
    recovery_token: {enabled: true}
  flows:
    login: {request_lifespan: 10m}
    registration:
      default_browser_return_url: http://127.0.0.1:4455/new
      after: {password: {hooks: [{hook: verify}, {hook: session}]}}
    settings:
      after:
        hooks: [{hook: redirect, config: {default_redirect_url: /done, allow_user_defined_redirect: true}}]
session: {cookie_same_site: Strict}
`,
    )
    const { config, said } = await load(path)
    const { methods, flows, allowed_return_urls } = config.selfservice
    expect(titleOf(config)).toBe('Ours')
    expect(config.identity.default_schema_id).toBe('default')
    expect(allowed_return_urls).toEqual(['http://127.0.0.1:4455'])
    expect([methods.password.enabled, methods.link.enabled]).toEqual([false, true])
    expect(flows.login.lifespan).toBe(600_000)
    expect(flows.registration.after.default_browser_return_url).toBe('http://127.0.0.1:4455/new')
    expect(flows.registration.after.password.hooks).toEqual([{ hook: 'session' }])
    expect(flows.settings.after).toMatchObject({ default_browser_return_url: `${base}/done`, hooks: [] })
    expect(config.session.cookie.same_site).toBe('Strict')
    const places = said.map(line => line.slice(path.length))
    for (const line of [
      ':3:3: "identity.default_schema_url" is of Kratos v0.8 or older: write identity.schemas: [{ id: default, url: … }]',
      ':5:3: "selfservice.whitelisted_return_urls" is of Kratos v0.8 or older: write selfservice.allowed_return_urls',
      ':7:5: "selfservice.strategies.password" is of Kratos v0.4 or older: write selfservice.methods.password',
      ':8:5: "selfservice.strategies.recovery_token" is of Kratos v0.4 or older: write selfservice.methods.link',
      ':10:13: "selfservice.flows.login.request_lifespan" is of Kratos v0.4 or older: write selfservice.flows.login.lifespan',
    ])
      expect(places).toContain(line)
    expect(places.filter(line => line.includes('"verify"') || line.includes('"redirect"'))).toHaveLength(2)
    expect(said).toHaveLength(10)
  })

  test('mistakes in them are shown where they are written', async () => {
    const path = await file(
      'old/wrong.yml',
      'selfservice:\n  flows:\n    login:\n      request_lifespan: soon\n',
    )
    await expect(load(path)).rejects.toThrow(
      `${path}:4:7: "selfservice.flows.login.lifespan" must be a duration`,
    )
    const hooks = '[{hook: verify}, {hook: nope}]'
    const shifted = await file(
      'old/shifted.yml',
      `selfservice: {flows: {settings: {after: {hooks: ${hooks}}}}}`,
    )
    await expect(load(shifted)).rejects.toThrow(
      `${shifted}:1:67: "selfservice.flows.settings.after.hooks.0.hook"`,
    )
  })

  test.for<[string, string]>([
    ['serve: {public: {domain_aliases: []}}', '"serve.public.domain_aliases" was Kratos\' until v0.8'],
    ['urls: {self: {public: http://127.0.0.1:4433}}', '"urls" was Kratos\' until v0.3'],
    ['selfservice: {logout: {redirect_to: /}}', '"selfservice.logout" was Kratos\' until v0.3'],
    ['selfservice: {flows: {login: {before: {hooks: [{hook: redirect}]}}}}', 'the hook "redirect"'],
    [
      'selfservice: {whitelisted_return_urls: [], allowed_return_urls: []}',
      '"selfservice.whitelisted_return_urls" is called "selfservice.allowed_return_urls" today, and that is there too',
    ],
  ])('%s: what is no rename stops the start', async ([text, message]) => {
    const path = await file('old/gone.yml', text)
    await expect(load(path)).rejects.toThrow(message)
    await expect(load(path)).rejects.toMatchObject({ code: 'ORY_PROXY_EMULATOR_CONFIG' })
  })

  test('no row of the table has a key that exists today', async () => {
    for (const { from } of RENAMES) {
      const key = from.replaceAll('.*', '')
      expect(
        RENAMES.some(({ to }) => to === from),
        key,
      ).toBe(false)
    }
  })
})

describe('a file that is none of Kratos', () => {
  const kratos = 'selfservice: {methods: {password: {enabled: false}}}'
  test.for<[string, string, string]>([
    [
      'a ConfigMap',
      `apiVersion: v1\nkind: ConfigMap\ndata:\n  kratos.yml: |\n    dsn: memory\n    ${kratos}\n`,
      ':1:1: this is not a configuration of Kratos: apiVersion, kind, data are none of its keys; what looks like one is below data > kratos.yml: save that as a file of its own',
    ],
    [
      "Helm's values",
      `image: {tag: v1}\nconfig:\n  ${kratos}\n`,
      ':1:1: this is not a configuration of Kratos: image is none of its keys; what looks like one is below config: save',
    ],
    ["another program's", 'a: 1\nb: 2\nc: 3\nd: 4\ne: 5\n', 'a, b, c, d and others are none of its keys'],
    ['a template', `{{- if .Values.on }}\n${kratos}\n{{- end }}\n`, '{{ … }} in it: render it first)'],
  ])('%s is refused, with where to look', async ([, text, message]) => {
    await expect(load(await file('inside/kratos.yml', text))).rejects.toThrow(message)
  })

  test('what has nothing but settings of servers is one', async () => {
    const { said } = await load(await file('inside/bare.yml', 'dsn: memory\nx-common: 1\n'))
    expect(said.join()).toContain('unknown: x-common')
  })

  test('of several documents the first counts, as in Kratos, and an empty one is none', async () => {
    const several = await file('inside/several.yml', `---\n${kratos}\n---\n# more\ncolour: red\n`)
    const { config, said } = await load(several)
    expect(config.selfservice.methods.password.enabled).toBe(false)
    expect(said).toContain(
      `${several}:3:1: a second document begins here (---), and Kratos reads the first alone`,
    )
    expect(said.join()).not.toContain('colour')
    const { said: ended } = await load(await file('inside/ended.yml', `${kratos}\n---\n# the end\n...\n`))
    expect(ended.join()).not.toContain('second document')
  })
})

describe('a placeholder of a template', () => {
  test.for<[string, string, string]>([
    ['base_url', `https://auth.\${DOMAIN}/`, `fills \${DOMAIN} in`],
    ['base_url', '{{ host }}:4433', 'fills {{ host }} in'],
  ])('%s: %j stops the start', async ([key, url, why]) => {
    const path = await file('filled/host.yml', `serve:\n  public:\n    ${key}: "${url}"\n`)
    await expect(load(path)).rejects.toThrow(
      `${path}:3:5: "serve.public.${key}" is "${url}", and nothing ${why}, here or in Kratos: write the address itself, or set SERVE_PUBLIC_BASE_URL in the environment`,
    )
    vi.stubEnv('SERVE_PUBLIC_BASE_URL', 'http://localhost:4433/')
    expect((await load(path)).said.join()).not.toContain('nothing fills')
    vi.unstubAllEnvs()
  })

  test('behind the host it is taken as it is written, which is said', async () => {
    const url = `http://localhost:3000/\${APP}/`
    const path = await file('filled/path.yml', `selfservice:\n  default_browser_return_url: "${url}"\n`)
    const { said } = await load(path)
    expect(said).toContain(
      `${path}:2:3: "selfservice.default_browser_return_url" is "${url}", and nothing fills \${APP} in, here or in Kratos`,
    )
  })
})

test('a hook that Kratos does not know at its place is named', async () => {
  const after = (hook: string): string =>
    `{hooks: [{hook: web_hook, config: {url: "http://localhost:1/", method: POST}}, {hook: ${hook}}]}`
  const flows = {
    login: `{after: {password: ${after('session')}, hooks: [{hook: revoke_active_sessions}]}}`,
    registration: `{before: ${after('session')}, after: {code: ${after('session')}, oidc: ${after('show_verification_ui')}}}`,
    settings: `{after: {profile: ${after('show_verification_ui')}, password: ${after('session')}}}`,
    recovery: `{after: ${after('revoke_active_sessions')}}`,
    verification: `{after: ${after('revoke_active_sessions')}}`,
  }
  const lines = Object.entries(flows).map(([name, flow]) => `    ${name}: ${flow}`)
  const path = await file('hooks/kratos.yml', ['selfservice:', '  flows:', ...lines].join('\n'))
  const { said } = await load(path)
  const refused = said.filter(line => line.includes('Kratos would not start: at '))
  expect(refused.map(line => line.replace(/^.*yml:(\d+):.* at /, '$1 ')).sort()).toEqual([
    '3 selfservice.flows.login.after.password.hooks it knows no hook "session"',
    '4 selfservice.flows.registration.before.hooks it knows no hook "session"',
    '5 selfservice.flows.settings.after.password.hooks it knows no hook "session"',
    '7 selfservice.flows.verification.after.hooks it knows no hook "revoke_active_sessions"',
  ])
})

test.for(['not a url', `http://\${HOST}/hook`, '/relative', '//host/path'])(
  'a web hook at %j, which is no address, stops the start',
  async url => {
    const hook = { hook: 'web_hook', config: { url, method: 'POST' } }
    await expect(load({ selfservice: { flows: { login: { after: { hooks: [hook] } } } } })).rejects.toThrow(
      /hooks\.0\.config\.url" is not a URL/,
    )
  },
)

test('a file without identity schemas says that the built-in one serves', async () => {
  const { said } = await load(await file('bare/kratos.yml', 'dsn: memory'))
  expect(said).toEqual([expect.stringContaining('no identity.schemas are named')])
})

test('TOML is refused in one line', async () => {
  await expect(load(await file('kratos.toml', 'dsn = "memory"'))).rejects.toThrow('TOML is not read here')
})

test('a web hook at a placeholder that Kratos takes for a host is taken, too', async () => {
  const hook = { hook: 'web_hook', config: { url: 'https://<dc>.api.example/lists', method: 'POST' } }
  const { config } = await load({ selfservice: { flows: { login: { after: { hooks: [hook] } } } } })
  expect(config.selfservice.flows.login.after.hooks).toMatchObject([hook])
})
