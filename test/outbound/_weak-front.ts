import { Agent } from 'node:http'
import { type Http2ServerResponse as Base, createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { createSelfSigned } from '../../src/tls/certificate.js'
import { GuardedHttp2Response } from '../../src/tls/http2-response.js'

/** Something in front of the app. */
export interface Front {
  readonly origin: string
  close(): Promise<unknown>
}

/** What is written in an afternoon: it asks who it is, and is a proxy of today's kind behind HTTP/2, on kept connections. */
export async function startWeakFront(app: string, ory: string): Promise<Front> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  const proxy = createProxyMiddleware({ target: app, agent })
  const hosts = ['localhost', '127.0.0.1']
  const { key, cert } = await createSelfSigned({ hosts, owner: 'test', now: new Date() })
  const Http2ServerResponse = GuardedHttp2Response as typeof Base // or it would not even get so far
  const server = createSecureServer({ key, cert, allowHTTP1: true, Http2ServerResponse }, (req, res) => {
    res.on('error', () => {})
    const { cookie = '' } = req.headers
    fetch(`${ory}/sessions/whoami`, { headers: { cookie } }).then(
      () => proxy(req as never, res as never, () => {}),
      () => res.destroy(),
    )
  })
  server.on('sessionError', () => {})
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      agent.destroy()
      server.close()
    },
  }
}
