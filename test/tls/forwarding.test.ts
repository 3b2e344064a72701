import { once } from 'node:events'
import { type ClientHttp2Session, connect } from 'node:http2'
import { type AddressInfo, createServer } from 'node:net'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { expect, test } from 'vitest'
import { createSelfSigned } from '../../src/tls/certificate.js'
import { createSecureEntry } from '../../src/tls/server.js'

/** What an upstream may answer over HTTP/1.1, and a proxy copies; each of these ended a process over HTTP/2. */
const ANSWERS = [
  'HTTP/1.1 200 Fine\r\nKeep-Alive: timeout=5\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\nProxy-Connection: keep-alive\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Keep-Alive\r\n\r\n2\r\nok\r\n0\r\nKeep-Alive: x\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 999 Odd\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.0 200 OK\r\n\r\nok',
]

async function bodyOf(session: ClientHttp2Session): Promise<string> {
  const stream = session.request({ ':path': '/' })
  let text = ''
  for await (const chunk of stream) text += chunk
  return text
}

test.for(ANSWERS)('a proxy behind HTTP/2 passes on %j', async answer => {
  const upstream = createServer(socket => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end(answer))
  })
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const target = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
  const proxy = createProxyMiddleware({ target })
  const hosts = ['localhost', '127.0.0.1']
  const { key, cert } = await createSelfSigned({ hosts, owner: 'test', now: new Date() })
  const entry = createSecureEntry({
    key,
    cert,
    onRequest: (req, res) => void proxy(req, res, () => res.end()),
  })
  const { port } = await entry.listen(0, '127.0.0.1')
  const session = connect(`https://127.0.0.1:${port}`, { ca: cert })
  expect([await bodyOf(session), await bodyOf(session)]).toEqual(['ok', 'ok'])
  session.close()
  await entry.close(0)
  upstream.close()
})
