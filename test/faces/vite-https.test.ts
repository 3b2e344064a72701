import { connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import WebSocket from 'ws'
import { silentLogger } from '../../src/index.js'
import { createSelfSigned } from '../../src/tls/certificate.js'
import { ory as plugin } from '../../src/vite-plugin.js'
import { load, type Place, type Project, project, SITE } from '../_ecosystem.js'
import { freePort } from '../_faces.js'
import { test } from '../_fixtures.js'
import { undo } from '../_undo.js'

type Vite = typeof import('vite')

const VERSIONS: readonly [string, Place][] = [
  ['7', 'newer'],
  ['8', 'root'],
]

let site: Project
let https: { cert: string; key: string }
beforeAll(async () => {
  site = await project(SITE)
  const { cert, key } = await createSelfSigned({
    hosts: ['localhost'],
    owner: 'tests',
    now: new Date(),
  })
  https = { cert, key }
})
afterAll(() => site.remove())

/** Over HTTP/2, which has no Host header but `:authority`. */
function request(url: string, headers: OutgoingHttpHeaders): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const session = connect(url, { rejectUnauthorized: false })
    session.once('error', reject)
    const stream = session.request(headers)
    let status = 0
    let body = ''
    stream.once('response', (answer: IncomingHttpHeaders) => {
      status = Number(answer[':status'])
    })
    stream.setEncoding('utf8').on('data', chunk => {
      body += chunk
    })
    stream.once('error', reject)
    stream.once('end', () => {
      session.close()
      resolve({ status, body })
    })
    stream.end()
  })
}

describe.each(VERSIONS)('Vite %s with https, which is HTTP/2', (_major, place) => {
  async function dev(app: string, sdkUrl: string): Promise<string> {
    const vite = await load<Vite>(place, 'vite')
    const server = await vite.createServer({
      root: site.root,
      configFile: false,
      logLevel: 'silent',
      plugins: [plugin({ sdkUrl, logger: silentLogger })],
      server: {
        port: await freePort(),
        host: '127.0.0.1',
        https,
        proxy: { '/api': { target: app, ws: true } },
      },
    })
    await server.listen()
    undo.push(() => server.close())
    return `https://localhost:${(server.httpServer!.address() as AddressInfo).port}`
  }

  test('the app behind server.proxy gets the JWT, and no forged header', async ({ ory, app }) => {
    const url = await dev(app.url, ory.url)
    const cookie = ory.signIn('ada@example.com')
    const authorization = 'Bearer forged'
    const signedIn = await request(url, { ':path': '/api/x', cookie, authorization })
    expect(JSON.parse(signedIn.body).headers.authorization).toMatch(/^Bearer ey/)
    const anonymous = await request(url, { ':path': '/api/x', authorization })
    expect(JSON.parse(anonymous.body).headers).not.toHaveProperty('authorization')
  })

  test('Ory is asked to speak of the https origin', async ({ ory, app }) => {
    const url = await dev(app.url, ory.url)
    await request(url, { ':path': '/.ory/self-service/login/flows?id=1' })
    expect(ory.heard.at(-1)!.headers['ory-base-url-rewrite']).toBe(`${url}/.ory`)
  })

  test('a foreign host is refused, though Vite lets it pass', async ({ ory, app }) => {
    const url = await dev(app.url, ory.url)
    for (const path of ['/', '/api/x', '/.ory/jwks.json']) {
      expect((await request(url, { ':path': path, ':authority': 'evil.example' })).status).toBe(403)
    }
  })

  test('a socket from our own origin has the JWT, one from the http origin is refused', async ({
    ory,
    app,
  }) => {
    const url = await dev(app.url, ory.url)
    const cookie = ory.signIn('ada@example.com')
    const open = (origin: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`${url.replace('http', 'ws')}/api/ws`, {
          headers: { cookie, origin },
          rejectUnauthorized: false,
        })
        socket.once('error', reject)
        socket.once('message', data => {
          resolve(data.toString())
          socket.close()
        })
      })
    expect(JSON.parse(await open(url)).authorization).toMatch(/^Bearer ey/)
    await expect(open(url.replace('https', 'http'))).rejects.toThrow('403')
  })

  test.for([
    ['fields of one connection', ['Keep-Alive', 'timeout=5', 'HTTP2-Settings', 'AAA', 'Upgrade', 'h2c'], 200],
    ['a field twice that may be there once', ['ETag', '"a"', 'ETag', '"b"'], 502],
  ] as const)('an answer of Ory with %s ends no process', async ([_what, fields, status], { ory, app }) => {
    ory.on('/odd', (_req, res) => void res.writeHead(200, [...fields]).end('odd'))
    const url = await dev(app.url, ory.url)
    expect((await request(url, { ':path': '/.ory/odd' })).status).toBe(status)
    expect((await request(url, { ':path': '/.ory/sessions/whoami' })).status).toBe(401)
  })
})
