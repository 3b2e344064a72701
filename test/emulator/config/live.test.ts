// What an emulator does with its configuration while it runs: edits, names, other people's front ends.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { EmulatorOptions } from '../../../src/emulator/index.js'
import { type Client, signIn, startClient } from '../_emulator.js'
import { file } from './_found.js'

const WITHIN = { timeout: 10_000, interval: 50 }
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

async function start(options: EmulatorOptions): Promise<{ client: Client; said: string[] }> {
  const said: string[] = []
  const say = (line: string) => void said.push(line)
  const client = await startClient({
    logger: { info: say, warn: say, error: say, debug: () => {} },
    ...options,
  })
  ends.push(() => client.emulator.close())
  return { client, said }
}

const schema = (trait: string): string =>
  JSON.stringify({
    properties: {
      traits: {
        type: 'object',
        properties: {
          email: {
            type: 'string',
            format: 'email',
            'ory.sh/kratos': { credentials: { password: { identifier: true } } },
          },
          [trait]: { type: 'string' },
        },
      },
    },
  })
const traitsOf = async ({ call }: Client): Promise<string[]> => {
  const { body } = await call('GET', '/self-service/registration/api')
  const names = body.ui.nodes.map((node: { attributes: { name: string } }) => node.attributes.name)
  return names.filter((name: string) => name.startsWith('traits.')).sort()
}

describe('an edit', () => {
  test('of the configuration or a schema counts at once, and everybody stays signed in', async () => {
    const person = await file('live/person.json', schema('nick'))
    const text = 'identity: {schemas: [{id: default, url: "file:///etc/config/kratos/person.json"}]}\n'
    const config = await file('live/kratos.yml', text)
    const { client, said } = await start({ config })
    const { session_token: token } = (await signIn(client, 'alice@example.com', 'ory-dev-password')).body
    expect(await traitsOf(client)).toEqual(['traits.email', 'traits.nick'])

    await file('live/person.json', schema('city'))
    await vi.waitFor(
      async () => expect(await traitsOf(client)).toEqual(['traits.city', 'traits.email']),
      WITHIN,
    )
    await file('live/kratos.yml', `${text}selfservice: {flows: {registration: {enabled: false}}}\n`)
    await vi.waitFor(async () => {
      expect((await client.call('GET', '/self-service/registration/api')).status).toBe(400)
    }, WITHIN)

    const whoami = await client.call('GET', '/sessions/whoami', undefined, { 'x-session-token': token })
    expect([whoami.status, whoami.body.identity?.traits.email]).toEqual([200, 'alice@example.com'])
    expect(said.filter(line => line.includes('is not here'))).toHaveLength(1)
    expect(person).toContain('live')
  })

  test('that is broken leaves the old one in force and says the line and the reason; mended, it counts', async () => {
    await file('broken/person.json', schema('nick'))
    const text =
      'identity: {schemas: [{id: default, url: "file://./person.json"}]}\nsession: {cookie: {name: one}}\n'
    const config = await file('broken/kratos.yml', text)
    const { client, said } = await start({ config })
    const last = (): string => said.at(-1) ?? ''

    await file('broken/kratos.yml', `${text}selfservice: {flows: {login: {lifespan: soon}}}\n`)
    await vi.waitFor(() => expect(last()).toContain(`${config}:3:`), WITHIN)
    expect(last()).toContain(
      '"selfservice.flows.login.lifespan" must be a duration like 30s, 15m or 1h30m, not "soon"',
    )
    await file('broken/kratos.yml', text)
    await vi.waitFor(() => expect(last()).toBe(`${config}: taken over`), WITHIN)

    await file('broken/person.json', '{"properties": ')
    await vi.waitFor(() => expect(last()).toMatch(/person\.json:1:\d+: .*before the edit counts/), WITHIN)
    expect(await traitsOf(client)).toEqual(['traits.email', 'traits.nick'])
    await file('broken/person.json', schema('city'))
    await vi.waitFor(
      async () => expect(await traitsOf(client)).toEqual(['traits.city', 'traits.email']),
      WITHIN,
    )
  })
})

test('a schema that an edit names before it is there counts as soon as it is', async () => {
  await file('later/person.json', schema('nick'))
  const text = (url: string) => `identity: {schemas: [{id: default, url: "file://./${url}"}]}\n`
  const config = await file('later/kratos.yml', text('person.json'))
  const { client, said } = await start({ config })
  await file('later/kratos.yml', text('schemas/next.json'))
  await vi.waitFor(() => expect(said.at(-1)).toContain('next.json does not exist'), WITHIN)
  expect(await traitsOf(client)).toEqual(['traits.email', 'traits.nick'])
  await file('later/schemas/next.json', schema('city'))
  await vi.waitFor(
    async () => expect(await traitsOf(client)).toEqual(['traits.city', 'traits.email']),
    WITHIN,
  )
})

/** What says where forms go, where a browser is sent, and where a mail leads. */
async function addresses({ emulator }: Client, host: string): Promise<string[]> {
  const { port } = new URL(emulator.url)
  const at = `http://${host}:${port}`
  const get = (path: string) =>
    fetch(`${at}${path}`, { redirect: 'manual', headers: { accept: 'text/html' } })
  const flow = (await (await fetch(`${at}/self-service/login/api`)).json()) as {
    ui: { action: string }
    request_url: string
  }
  const sent = await get('/self-service/login/browser')
  return [flow.ui.action, flow.request_url, sent.headers.get('location') ?? ''].map(
    url => new URL(url).origin,
  )
}

describe('where it is', () => {
  test('alone, without a base_url, it is where it was asked, among names of this machine', async () => {
    const { client } = await start({ config: {} })
    const { port } = new URL(client.emulator.url)
    for (const host of ['localhost', '127.0.0.1'])
      expect(await addresses(client, host)).toEqual(Array(3).fill(`http://${host}:${port}`))
  })

  test('a name that anybody may own is never written into an address', async () => {
    const { client } = await start({ config: {} })
    for (const host of [
      'evil.test',
      'localhost.evil.test',
      '10.0.0.1',
      'localhost@evil.test',
      'evil.test#localhost',
    ]) {
      const { body } = await client.call('GET', '/self-service/login/api', undefined, { host })
      expect(JSON.stringify(body), host).not.toContain('evil.test')
      if (body.ui) expect(new URL(body.ui.action).host, host).toBe(new URL(client.emulator.url).host)
    }
  })

  test('alone, a base_url of another server counts, and one line says what that means', async () => {
    const { client, said } = await start({
      config: { serve: { public: { base_url: 'https://auth.example.com/x/' } } },
    })
    const flow = await client.call('GET', '/self-service/login/api')
    expect(flow.body.ui.action).toMatch(/^https:\/\/auth\.example\.com\/x\/self-service\/login/)
    expect(said.join('\n')).toContain(
      'forms and links point to serve.public.base_url, https://auth.example.com/x/',
    )
  })

  test.for([
    'https://auth.example.com/',
    'http://kratos:4433/',
    'http://localhost:3000/',
    'http://localhost:4433/.ory/kratos/public/',
    'http://127.0.0.1/api/v1/kratos',
  ])('inside a dev server no base_url counts: %s', async base => {
    const ui = { ui_url: `${base.replace(/\/$/, '')}/ui/login` }
    const config = { serve: { public: { base_url: base } }, selfservice: { flows: { login: ui } } }
    const { client, said } = await start({ config, embedded: true })
    const { origin } = new URL(client.emulator.url)
    expect(await addresses(client, '127.0.0.1')).toEqual([origin, origin, origin])
    expect(said.join('\n')).toContain(`serve.public.base_url, ${base}, does not count in here`)
  })

  test('a cookie domain that no browser takes here is said', async () => {
    const config = { session: { cookie: { domain: 'example.com' } }, cookies: { domain: '.localhost' } }
    const { said } = await start({ config })
    expect(said.filter(line => line.includes('cookies of the domain'))).toEqual([
      expect.stringContaining('"example.com" are kept by no browser that is at http://127.0.0.1:'),
    ])
    expect((await start({ config, embedded: true })).said.join()).not.toContain('cookies of the domain')
  })
})

describe('pages of another front end', () => {
  let port: number
  const listen = async (at = 0): Promise<Server> => {
    const server = createServer((_req, res) => res.end('a page'))
    await new Promise<void>(resolve => server.listen(at, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
    ends.push(() => server.close())
    return server
  }
  const close = (server: Server): Promise<void> => new Promise(resolve => server.close(() => resolve()))

  test('are kept while something answers there; else ours serve, and one line says so', async () => {
    const frontEnd = await listen()
    const origin = `http://127.0.0.1:${port}`
    const selfservice = {
      default_browser_return_url: `${origin}/`,
      flows: {
        login: { ui_url: `${origin}/login` },
        logout: { after: { default_browser_return_url: `${origin}/login` } },
      },
    }
    const { client, said } = await start({ config: { selfservice } })
    const sent = async (): Promise<string | null> => {
      const { headers } = await client.call('GET', '/self-service/login/browser', undefined, {
        accept: 'text/html',
      })
      return headers.get('location')
    }
    expect(await sent()).toMatch(new RegExp(`^${origin}/login\\?flow=`))
    await close(frontEnd)
    await vi.waitFor(
      async () => expect(await sent()).toMatch(new RegExp(`^${client.emulator.url}/ui/login\\?flow=`)),
      WITHIN,
    )
    await sent()
    expect(said.filter(line => line.includes(origin))).toEqual([
      `${origin} (selfservice.default_browser_return_url) does not answer: the built-in pages take its place`,
    ])
    await listen(port)
    await vi.waitFor(async () => expect(await sent()).toMatch(new RegExp(`^${origin}/login\\?flow=`)), WITHIN)
  })

  test('are kept where the app in front of Kratos has them itself, while it is there', async () => {
    const app = await listen()
    const origin = `http://127.0.0.1:${port}`
    const flows = { login: { ui_url: `${origin}/login` }, settings: { ui_url: `${origin}/ui/settings` } }
    const selfservice = { flows, allowed_return_urls: [origin] }
    const { client } = await start({
      config: { serve: { public: { base_url: origin } }, selfservice },
      embedded: true,
    })
    const sent = async (query = ''): Promise<string | null> => {
      const path = `/self-service/login/browser${query}`
      return (await client.call('GET', path, undefined, { accept: 'text/html' })).headers.get('location')
    }
    expect(await sent()).toContain(`${origin}/login?flow=`)
    expect(await sent(`?return_to=${origin}/deep`)).toContain(`${origin}/login?flow=`)
    await close(app)
    await vi.waitFor(
      async () => expect(await sent()).toContain(`${client.emulator.url}/ui/login?flow=`),
      WITHIN,
    )
  })

  test('of another machine are not asked for: ours serve', async () => {
    const ui = { ui_url: 'https://app.example.com/login' }
    const { client, said } = await start({
      config: { selfservice: { flows: { login: ui } } },
      embedded: true,
    })
    const page = await client.call('GET', '/self-service/login/browser', undefined, { accept: 'text/html' })
    expect(page.headers.get('location')).toMatch(new RegExp(`^${client.emulator.url}/ui/login`))
    expect(said.join()).toContain(
      'https://app.example.com (selfservice.flows.login.ui_url) is another machine',
    )
  })

  test('are there when they send somebody here, even where only browsers reach them', async () => {
    const ui = { ui_url: 'http://localhost:9/login' }
    const { client } = await start({ config: { selfservice: { flows: { login: ui } } } })
    const headers = { accept: 'text/html', referer: 'http://localhost:9/welcome' }
    const page = await client.call('GET', '/self-service/login/browser', undefined, headers)
    expect(page.headers.get('location')).toMatch(/^http:\/\/localhost:9\/login/)
  })
})
