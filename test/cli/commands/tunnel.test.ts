import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FakeOry, startFakeOry } from '../../_fake-ory.js'
import { type RunningCommand, start } from '../_command.js'

let ory: FakeOry
beforeAll(async () => {
  ory = await startFakeOry()
})
afterAll(() => ory.close())

async function startTunnel(...args: string[]): Promise<RunningCommand & { url: string }> {
  const command = start(['tunnel', ...args, '--port', '0', '--sdk-url', ory.url])
  const [, url] = await command.until(/Ory\s+(https?:\/\/[^\s,]+)/)
  await command.until(/set ORY_SDK_URL.*\n/)
  return { ...command, url: url! }
}

describe('ory-proxy tunnel', () => {
  test('says how the three shells name it', async () => {
    const tunnel = await startTunnel('3000')
    expect(tunnel.stderr()).toContain(`export ORY_SDK_URL=${tunnel.url}\n`)
    expect(tunnel.stderr()).toContain(`$Env:ORY_SDK_URL = "${tunnel.url}"\n`)
    expect(tunnel.stderr()).toContain(`cmd         set ORY_SDK_URL=${tunnel.url}\n`)
    expect(tunnel.stderr().split('\n').filter(Boolean).length).toBeLessThanOrEqual(8)
    expect(await tunnel.end()).toBe(0)
  })

  test('in front of the emulator names its people and its inbox, in eight lines', async () => {
    const tunnel = start(['tunnel', '3000', '--port', '0'])
    const [, inbox] = await tunnel.until(/Inbox\s+(\S+)[\s\S]*set ORY_SDK_URL.*\n\n/)
    expect(tunnel.stderr().split('\n').slice(0, -1).length).toBeLessThanOrEqual(8)
    expect(tunnel.stderr()).toContain('alice@example.com')
    expect((await fetch(inbox!)).status).toBe(200)
    await tunnel.end()
  })

  test('in front of the emulator leads back to its app, and to nobody else', async () => {
    const tunnel = start(['tunnel', 'http://localhost:3000', '--port', '0'])
    const [, url] = await tunnel.until(/export ORY_SDK_URL=(\S+)/)
    const begun = async (back: string): Promise<string> => {
      const login = `${url}/self-service/login/browser?return_to=${back}`
      return (await fetch(login, { redirect: 'manual' })).headers.get('location')!
    }
    expect(await begun('http://localhost:3000/home')).toMatch(/\/ui\/login\?flow=/)
    for (const other of [
      'http://localhost:3001/',
      'http://localhost:3000.example/',
      'https://localhost:3000/',
    ])
      expect(await begun(other)).toMatch(/\/ui\/error\?id=/)
    await tunnel.end()
  })

  test('is Ory at its root, and what Ory answers speaks of it', async () => {
    const tunnel = await startTunnel('http://localhost:3000')
    ory.on('/self-service/login/browser', (_req, res) => {
      res.writeHead(200, {
        'content-type': 'application/json',
        'set-cookie': 'csrf=1; Domain=ory.example; Secure; SameSite=None',
      })
      res.end(JSON.stringify({ action: `${ory.url}/self-service/login?flow=1` }))
    })
    const response = await fetch(`${tunnel.url}/self-service/login/browser`, {
      headers: { origin: 'http://localhost:3000' },
    })
    expect(await response.json()).toEqual({ action: `${tunnel.url}/self-service/login?flow=1` })
    expect(response.headers.getSetCookie()).toEqual(['csrf=1; SameSite=Lax'])
    expect(ory.heard.at(-1)!.headers['ory-base-url-rewrite']).toBe(tunnel.url)
    await tunnel.end()
  })

  test('lets the app read answers with cookies, and nobody else', async () => {
    const tunnel = await startTunnel(
      'http://localhost:3000/some/page',
      '--allowed-cors-origins',
      'http://app.test',
    )
    for (const [origin, allowed] of [
      ['http://localhost:3000', 'http://localhost:3000'],
      ['http://app.test', 'http://app.test'],
      ['http://localhost:3001', null],
      ['http://evil.example', null],
    ] as const) {
      const { headers } = await fetch(`${tunnel.url}/sessions/whoami`, { headers: { origin } })
      expect(headers.get('access-control-allow-origin')).toBe(allowed)
      expect(headers.get('access-control-allow-credentials')).toBe(allowed && 'true')
    }
    const preflight = await fetch(`${tunnel.url}/self-service/login`, {
      method: 'OPTIONS',
      headers: { origin: 'http://localhost:3000', 'access-control-request-method': 'POST' },
    })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([
      204,
      'http://localhost:3000',
    ])
    await tunnel.end()
  })

  test('sends people from the welcome page to the app', async () => {
    const tunnel = await startTunnel('http://localhost:3000')
    ory.on('/done', (_req, res) => void res.writeHead(303, { location: '/ui/welcome' }).end())
    ory.on('/next', (_req, res) => void res.writeHead(303, { location: '/ui/login?flow=1' }).end())
    const go = async (path: string, referer = ''): Promise<string | null> =>
      (await fetch(`${tunnel.url}${path}`, { redirect: 'manual', headers: { referer } })).headers.get(
        'location',
      )
    expect(await go('/done')).toBe('http://localhost:3000')
    expect(await go('/next')).toBe(`${tunnel.url}/ui/login?flow=1`)
    expect(await go('/init/login')).toBe('/self-service/login/browser')
    expect(await go('/init/login', 'http://localhost:3000/deep')).toBe(
      `/self-service/login/browser?return_to=${encodeURIComponent('http://localhost:3000/deep')}`,
    )
    expect(await go('/init/login', 'http://evil.example/')).toBe('/self-service/login/browser')
    await tunnel.end()
  })

  test('is not led to itself by what it told people to set', async () => {
    const { freePort } = await import('../../_faces.js')
    const port = await freePort()
    const env = { ORY_SDK_URL: `http://localhost:${port}` }
    const tunnel = start(['tunnel', '--port', String(port)], { env })
    await tunnel.until(/embedded emulator/)
    expect(tunnel.stderr()).toContain('http://localhost:3000')
    const { status } = await fetch(`http://localhost:${port}/sessions/whoami`)
    expect(status).toBe(401)
    expect(await tunnel.end()).toBe(0)
  })
})
