import { createServer, get, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import connect from 'connect'
import express5 from 'express'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { describe, expect, vi } from 'vitest'
import { createOryMiddleware, type OryMiddleware, silentLogger } from '../../src/index.js'
import { verifySession } from '../../src/verify.js'
import { load } from '../_ecosystem.js'
import { test } from '../_fixtures.js'
import { rawRequest } from '../_raw.js'
import { handshakeAt } from '../_sockets.js'
import { undo } from '../_undo.js'

/** What connect and Express have in common. */
type App = RequestListener & { use(handler: unknown): App }

const FRAMEWORKS: readonly [string, () => Promise<() => App>][] = [
  ['connect', async () => connect as unknown as () => App],
  ['Express 4', async () => (await load<{ default: () => App }>('older', 'express')).default],
  ['Express 5', async () => express5 as unknown as () => App],
]

async function serve(app: App, middleware: OryMiddleware): Promise<{ url: string; server: object }> {
  const server = createServer(app)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  undo.push(async () => {
    server.closeAllConnections()
    await middleware.close()
    await new Promise(resolve => server.close(resolve))
  })
  return { server, url: `http://localhost:${(server.address() as AddressInfo).port}` }
}

describe.each(FRAMEWORKS)('%s', (_name, framework) => {
  test('the handler behind us knows who asks', async ({ ory }) => {
    const middleware = await createOryMiddleware({ sdkUrl: ory.url, logger: silentLogger })
    const app = (await framework())()
    app.use(middleware)
    app.use(async (req: { headers: Record<string, string> }, res: { end(text: string): void }) => {
      const claims = await verifySession(req, { jwksUrl: `${url}/.ory/jwks.json` })
      res.end(String(claims?.session.identity.traits['email']))
    })
    const { url } = await serve(app, middleware)
    const cookie = ory.signIn('ada@example.com')
    const text = async (headers: Record<string, string>): Promise<string> =>
      (await fetch(`${url}/x`, { headers })).text()
    expect(await text({ cookie, authorization: 'Bearer forged' })).toBe('ada@example.com')
    expect(await text({ authorization: 'Bearer forged' })).toBe('undefined')
  })

  test('interim answers and trailers of a handler behind us arrive', async ({ ory }) => {
    const middleware = await createOryMiddleware({ sdkUrl: ory.url, logger: silentLogger })
    const app = (await framework())().use(middleware)
    app.use((_req: IncomingMessage, res: ServerResponse) => {
      res.writeEarlyHints({ link: '</style.css>; rel=preload' }, () => {
        res.writeHead(200, { trailer: 'x-sum' }).write('whole')
        res.addTrailers({ 'x-sum': '1' })
        res.end()
      })
    })
    const { url } = await serve(app, middleware)
    const interim: number[] = []
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { cookie: ory.signIn('ada@example.com') }
      const client = get(`${url}/x`, { headers }, resolve).once('error', reject)
      client.on('information', ({ statusCode }) => interim.push(statusCode))
    })
    for await (const _chunk of answer); // trailers come after the body
    expect([interim, answer.trailers]).toEqual([[103], { 'x-sum': '1' }])
  })

  test('a foreign host is refused before any handler runs', async ({ ory }) => {
    const middleware = await createOryMiddleware({ sdkUrl: ory.url, logger: silentLogger })
    const handler = vi.fn()
    const { url } = await serve((await framework())().use(middleware).use(handler), middleware)
    expect((await rawRequest(url, '/', { host: 'evil.example' })).status).toBe(403)
    expect(handler).not.toHaveBeenCalled()
  })

  test('what a handler throws stays with the framework', async ({ ory }) => {
    const middleware = await createOryMiddleware({ sdkUrl: ory.url, logger: silentLogger })
    const app = (await framework())()
    app.use(middleware)
    app.use(() => {
      throw Object.assign(new Error('teapot'), { status: 418 })
    })
    app.use((error: Error, _req: unknown, res: { end(text: string): void }, _next: unknown) => {
      res.end(`handled ${error.message}`)
    })
    const { url } = await serve(app, middleware)
    expect(await (await fetch(`${url}/x`)).text()).toBe('handled teapot')
  })

  test('sockets meet the rules once the server is gated, and not after the gate is down', async ({
    ory,
    app,
  }) => {
    const middleware = await createOryMiddleware({ sdkUrl: ory.url, logger: silentLogger })
    const proxy = createProxyMiddleware({ target: app.url })
    const web = (await framework())().use(middleware).use(proxy)
    const { url, server } = await serve(web, middleware)
    const node = server as ReturnType<typeof createServer>
    node.on('upgrade', (req, socket, head) => void proxy.upgrade(req, socket as never, head))
    const lift = middleware.gateUpgrades(node)
    const cookie = ory.signIn('ada@example.com')
    const authorization = 'Bearer mine'
    expect((await handshakeAt(`${url}/ws`, { cookie, origin: url, authorization }))['authorization']).toMatch(
      /^Bearer ey/,
    )
    await expect(handshakeAt(`${url}/ws`, { cookie, origin: 'http://evil.example' })).rejects.toThrow('403')
    lift()
    expect((await handshakeAt(`${url}/ws`, { cookie, authorization }))['authorization']).toBe(authorization)
  })
})
