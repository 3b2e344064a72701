import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import { lingerForUpload } from './linger.js'

/**
 * What is open on an entry, so that it can be closed: an HTTP/2 server has neither `closeIdleConnections` nor
 * `closeAllConnections`.
 */
export class Connections {
  readonly #raw = new Set<Socket>()
  readonly #sessions = new Set<ServerHttp2Session>()
  /** HTTP/1.1 connections and the number of answers that are under way on each: none on a WebSocket. */
  readonly #answers = new Map<Socket, number>()
  #closing = false

  /** A TCP connection, before anything is known of it. */
  addRaw(socket: Socket): void {
    this.#raw.add(socket)
    socket.once('close', () => this.#raw.delete(socket))
    ignoreErrors(socket)
  }

  addSession(session: ServerHttp2Session): void {
    if (this.#closing) return void session.destroy()
    this.#sessions.add(session)
    session.once('close', () => this.#sessions.delete(session))
  }

  /** A connection that speaks HTTP/1.1, with or without TLS. */
  addHttp1(socket: Socket): void {
    ignoreErrors(socket)
    if (this.#closing) return void socket.destroy()
    this.#answers.set(socket, 0)
    socket.once('close', () => this.#answers.delete(socket))
  }

  addAnswer(req: IncomingMessage, res: ServerResponse): void {
    if (req.httpVersionMajor !== 1) return
    const { socket } = req
    lingerForUpload(req)
    this.#count(socket, +1)
    res.on('close', () => {
      this.#count(socket, -1)
      if (this.#closing && this.#answers.get(socket) === 0) socket.destroySoon()
    })
  }

  /** No new requests; what is being answered goes on. A WebSocket is no answer: it has no end to wait for. */
  closeIdle(): void {
    this.#closing = true
    for (const session of this.#sessions) session.close()
    for (const [socket, answers] of this.#answers) if (answers === 0) socket.destroy()
    for (const socket of this.#raw) if (socket.bytesRead === 0) socket.destroy()
  }

  destroyAll(): void {
    for (const session of this.#sessions) session.destroy()
    for (const socket of [...this.#answers.keys(), ...this.#raw]) socket.destroy()
  }

  /**
   * Lets go of connections that the system has given up. Where a write over TLS fails while HTTP/2 waits for it before it
   * reads on, Node tells nobody (20 to 24): what was asked on that connection would go on for ever.
   */
  destroyLost(): void {
    for (const socket of this.#raw) if (isLost(socket)) socket.destroy()
  }

  #count(socket: Socket, change: number): void {
    const answers = this.#answers.get(socket)
    if (answers !== undefined) this.#answers.set(socket, answers + change)
  }
}

/** What `remoteAddress` asks the system; that keeps the first answer. */
interface Handle {
  getpeername?(out: object): number
}

/** A connection that was reset has nobody at its other end. */
function isLost(socket: Socket): boolean {
  const { _handle: handle } = socket as unknown as { readonly _handle?: Handle | null }
  return handle?.getpeername !== undefined && handle.getpeername({}) !== 0
}

/** Without a listener, a reset at the wrong moment (after a WebSocket handshake, say) would end the process. */
function ignoreErrors(socket: Socket): void {
  socket.on('error', () => {})
}
