import http, { type ClientRequest, type IncomingMessage } from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { isLoopback, lookupLoopback } from '../common/loopback.js'

/** The way of WebSocket handshakes to the app. */
export interface Handshakes {
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void
  close(): void
}

/** What a handshake's way depends on. */
export interface HandshakeRules {
  readonly app: URL
  readonly rewriteHost: boolean
  /** The app did not answer. */
  onFailure(error: NodeJS.ErrnoException, socket: Duplex): void
}

/** A handshake cannot be sent again, so it never goes out on a connection that the app may be closing. */
export function createHandshakes({ app, rewriteHost, onFailure }: HandshakeRules): Handshakes {
  const { Agent } = app.protocol === 'https:' ? https : http
  const agent = new Agent({ lookup: lookupLoopback, autoSelectFamily: true })
  const opened = new WeakSet<Duplex>()
  const proxy = createProxyMiddleware({
    target: app,
    agent,
    changeOrigin: rewriteHost,
    xfwd: true,
    secure: !isLoopback(app.hostname), // a dev server's own certificate is nobody's to check
    ejectPlugins: true, // its own error page would come before ours
    plugins: [
      server => {
        server.on('proxyReqWs', (request, _req, socket) => watch(request, socket, opened))
        server.on('error', ((error: NodeJS.ErrnoException, _req: unknown, socket: Duplex) => {
          if (opened.has(socket))
            socket.destroy() // it speaks no HTTP any more
          else onFailure(error, socket)
        }) as never)
      },
    ],
  })
  return {
    upgrade: (req, socket, head) => void proxy.upgrade(req, socket as Socket, head),
    close: () => agent.destroy(),
  }
}

/**
 * A client that leaves before the app has answered is gone for the app, too. Nobody reads its socket until then, so that
 * its end has to be looked for; what it sends meanwhile stays there.
 */
function watch(request: ClientRequest, socket: Duplex, opened: WeakSet<Duplex>): void {
  const look = (): void => {
    if (socket.readableLength > 0) return
    socket.destroy()
    request.destroy()
  }
  socket.on('readable', look)
  request.once('response', answer => {
    answer.httpVersion = '1.1' // it is ours that the client hears, whatever the app speaks (RFC 9110, section 2.5)
  })
  request.once('upgrade', () => {
    socket.off('readable', look)
    opened.add(socket)
  })
}
