import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EchoApp, startEchoApp } from '../../_app.js'
import { receivedBy } from '../../_fixtures.js'
import { run, start, startLocal } from '../_command.js'
import {
  type Console,
  type Edge,
  PROJECT,
  startConsole,
  startEdge,
  TEMPLATE,
  TOKEN,
  TOKENIZED,
} from '../_network.js'

let app: EchoApp
let console: Console
let edge: Edge

beforeAll(async () => {
  console = await startConsole()
  edge = await startEdge(() => [TOKEN, ...[...console.keys.values()].map(key => key.value)])
  app = await startEchoApp()
})
afterAll(() => Promise.all([app.close(), edge.close(), console.close()]))

const flags = (): string[] => [
  '--no-https',
  '--api-endpoint',
  edge.url,
  '--console-api-endpoint',
  console.url,
]
const edgeUrl = (): string => edge.url.replace('localhost', `${PROJECT.slug}.projects.localhost`)

describe('which Ory, and why', () => {
  const ways: [string, string[], Record<string, string>, string][] = [
    ['an access token', [], { ORY_ACCESS_TOKEN: TOKEN }, 'ORY_ACCESS_TOKEN'],
    ['a slug', ['--project', PROJECT.slug], {}, '--project'],
    ['a slug in the environment', [], { ORY_PROJECT: PROJECT.slug }, 'ORY_PROJECT'],
    ['a slug by its older name', [], { ORY_PROJECT_SLUG: PROJECT.slug }, 'ORY_PROJECT_SLUG'],
    ['an id and a key', ['--project', PROJECT.id], { ORY_PROJECT_API_KEY: TOKEN }, '--project'],
  ]
  test.for(ways)('%s', async ([, more, env, why]) => {
    const command = await startLocal(app.url, [...flags(), ...more], { env })
    expect(command.stderr()).toContain(`${edgeUrl()} (${why})`)
    const answer = (await (await fetch(`${command.url}/.ory/flow`)).json()) as object
    expect(answer).toMatchObject({ action: `${command.url}/.ory/self-service/login?flow=1` })
    expect(edge.last()['ory-base-url-rewrite']).toBe(`${command.url}/.ory`)
    expect(edge.last()['ory-base-url-rewrite-token']).toBe(
      'ORY_ACCESS_TOKEN' in env || 'ORY_PROJECT_API_KEY' in env ? TOKEN : undefined,
    )
    expect(command.stderr()).not.toContain(TOKEN)
    expect(await command.end()).toBe(0)
  })

  test('the API endpoint alone is the Ory to talk to', async () => {
    const command = await startLocal(app.url, flags())
    expect(command.stderr()).toContain(`${edge.url} (--api-endpoint)`)
    await command.end()
  })

  test('an address comes before a project, a flag before the environment', async () => {
    const command = await startLocal(app.url, [...flags(), '--sdk-url', edgeUrl()], {
      env: { ORY_SDK_URL: 'https://elsewhere.example', ORY_PROJECT: 'other' },
    })
    expect(command.stderr()).toContain(`${edgeUrl()} (--sdk-url)`)
    await command.end()
  })
})

describe('a project of Ory Network', () => {
  test('its cookie works on our origin, its welcome page is the app', async () => {
    const command = await startLocal(app.url, [...flags(), '--project', PROJECT.slug])
    const response = await fetch(`${command.url}/.ory/self-service/login/browser`, { redirect: 'manual' })
    expect(response.headers.get('location')).toBe(`${command.url}/`)
    const [cookie] = response.headers.getSetCookie()
    expect(cookie).toBe('ory_session_happyantx1y2z3=signed-in; Path=/; HttpOnly; SameSite=Lax')
    const { headers } = await receivedBy(`${command.url}/todos`, {
      headers: { cookie: cookie!.split(';')[0]! },
    })
    expect(headers.authorization).toMatch(/^Bearer ey/)
    await command.end()
  })

  test('its own token is what the app gets; a template it lacks is one line', async () => {
    const own = [...flags(), '--project', PROJECT.slug, '--tokenize-as']
    const headers = { cookie: 'ory_session_happyantx1y2z3=signed-in' }
    const command = await startLocal(app.url, [...own, TEMPLATE])
    const received = await receivedBy(`${command.url}/todos`, { headers })
    expect(received.headers.authorization).toBe(`Bearer ${TOKENIZED}`)
    await command.until(new RegExp(`Ory's own, by its template "${TEMPLATE}"`))
    await command.end()
    const lost = await startLocal(app.url, [...own, 'other'])
    expect((await receivedBy(`${lost.url}/todos`, { headers })).headers.authorization).toBeUndefined()
    await lost.until(/gives no token for tokenizeAs "other"/)
    expect((await receivedBy(`${lost.url}/about`, { headers })).headers.authorization).toBeUndefined()
    expect(lost.stderr().split('gives no token for tokenizeAs "other"')).toHaveLength(2)
    await lost.end()
  })

  test('a temporary API key is made for the run and deleted at its end', async () => {
    const env = { ORY_ACCESS_TOKEN: TOKEN }
    const command = await startLocal(
      app.url,
      [...flags(), '--project', PROJECT.slug, '--api-key-expiry', '24h'],
      { env },
    )
    const [key] = [...console.keys.values()]
    expect(Date.parse(key!.expires_at) - Date.now()).toBeGreaterThan(23 * 3_600_000)
    await fetch(`${command.url}/.ory/flow`)
    expect(edge.last()['ory-base-url-rewrite-token']).toBe(key!.value)
    expect(await command.end('SIGINT')).toBe(0)
    expect(console.keys.size).toBe(0)
    expect(command.stderr()).not.toContain(key!.value)
  })

  test.for(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s before the start is over deletes it too',
    async signal => {
      let handOut = (): void => {}
      console.beforeKey = new Promise(resolve => {
        handOut = resolve
      })
      const command = start(
        ['local', app.url, '--port', '0', ...flags(), '--project', PROJECT.slug, '--api-key-expiry', '24h'],
        { env: { ORY_ACCESS_TOKEN: TOKEN } },
      )
      await expect.poll(() => console.keys.size, { timeout: 10_000 }).toBe(1)
      const ending = command.end(signal)
      await command.until(/Letting open answers end/)
      handOut()
      expect(await ending).toBe(0)
      expect(console.keys.size).toBe(0)
      expect(command.stderr()).not.toMatch(/Open\s/)
    },
  )

  test('an edge that has enough makes nobody wait and is named once', async () => {
    const busy = await startEdge()
    const command = await startLocal(app.url, [
      '--no-https',
      '--api-endpoint',
      busy.url,
      '--project',
      PROJECT.slug,
    ])
    busy.throttle()
    for (let i = 0; i < 5; i++) {
      const { headers } = await receivedBy(`${command.url}/x`, { headers: { cookie: `ory_session_a=${i}` } })
      expect(headers.authorization).toBeUndefined()
    }
    await command.until(/unreachable \(status 429\)/)
    expect(command.stderr().match(/status 429/g)).toHaveLength(1)
    await command.end()
    await busy.close()
  })
})

describe('what does not work says so in one line and exits 1', () => {
  const cases: [string, () => string[], Record<string, string>, RegExp][] = [
    [
      'a wrong token',
      () => flags(),
      { ORY_ACCESS_TOKEN: 'ory_pat_wrong' },
      /refuses the token or API key \(status 401\)/,
    ],
    [
      'a wrong key',
      () => [...flags(), '--project', PROJECT.id],
      { ORY_PROJECT_API_KEY: 'ory_pat_wrong' },
      /refuses the token/,
    ],
    [
      'an unknown id',
      () => [...flags(), '--project', PROJECT.id.replace('3', '4')],
      { ORY_PROJECT_API_KEY: TOKEN },
      /knows no such project/,
    ],
    [
      'an unknown slug',
      () => [...flags(), '--project', 'sad-ant'],
      {},
      /There is no project "sad-ant" at http/,
    ],
    [
      'an id without a key',
      () => [...flags(), '--project', PROJECT.id],
      {},
      /takes its API key in ORY_PROJECT_API_KEY/,
    ],
    [
      'a console that is down',
      () => ['--no-https', '--console-api-endpoint', 'http://127.0.0.1:9'],
      { ORY_ACCESS_TOKEN: TOKEN },
      /console at http:\/\/127\.0\.0\.1:9 does not answer/,
    ],
    [
      'a temporary key without a credential',
      () => [...flags(), '--project', PROJECT.slug, '--api-key-expiry', '60'],
      {},
      /takes ORY_ACCESS_TOKEN or ORY_PROJECT_API_KEY/,
    ],
  ]
  test.for(cases)('%s', async ([, args, env, message]) => {
    const { code, stderr } = await run(['local', app.url, '--port', '0', ...args()], { env })
    expect(stderr).toMatch(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stderr).not.toContain('ory_pat_')
    expect(code).toBe(1)
  })
})
