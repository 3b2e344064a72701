import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

/** What the app behind us received. */
export interface Received {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly rawHeaders: string[]
  readonly body: string
}

/** Answers every request with what it received: the app's view of the world. */
export const echo: RequestListener = (req, res) => {
  const chunks: Buffer[] = []
  req.on('data', chunk => chunks.push(chunk))
  req.on('end', () => {
    const { method, url, headers, rawHeaders } = req
    res.setHeader('content-type', 'application/json')
    res.end(JSON.stringify({ method, url, headers, rawHeaders, body: Buffer.concat(chunks).toString() }))
  })
}

/** An app on a port of its own; its sockets send the headers of their handshake first, then echo. */
export interface EchoApp {
  readonly url: string
  /** What came over the wire: request lines, `UPGRADE` and its target, `GARBAGE` where it was no request. */
  readonly seen: string[]
  close(): Promise<void>
}

export async function startEchoApp(listener: RequestListener = echo, port = 0): Promise<EchoApp> {
  const seen: string[] = []
  const server = createServer(listener)
  server.prependListener('request', req => seen.push(`${req.method} ${req.url}`))
  server.on('upgrade', req => seen.push(`UPGRADE ${req.url}`))
  server.on('clientError', (_error, socket) => {
    seen.push('GARBAGE')
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, req) => {
    socket.send(JSON.stringify(req.headers))
    socket.on('message', data => socket.send(data.toString()))
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close() {
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}
