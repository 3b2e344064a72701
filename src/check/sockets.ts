/** WebSockets as a browser opens them, with the headers that a question wants. */
import WebSocket from 'ws'
import type { Subject } from './types.js'
import { tlsOptions } from './wire.js'
import { Wrong } from './wrong.js'

/** A handshake's way through: refused with a status, or what the app got of it. */
export interface Handshake {
  readonly refused?: number
  readonly headers: Readonly<Record<string, string | undefined>>
  /** What came back when something was said. */
  readonly heard?: string
}

const DEADLINE = 10_000

/** Opens one to the app, says something, and ends it. */
export function shake({ base, path }: Subject, headers: Record<string, string>): Promise<Handshake> {
  const url = new URL(path('/check-socket'), base)
  url.protocol = url.protocol.replace('http', 'ws')
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers, handshakeTimeout: DEADLINE, ...tlsOptions(base) })
    const timer = setTimeout(() => socket.terminate(), DEADLINE)
    const heard: string[] = []
    socket.on('unexpected-response', (_req, res) => {
      resolve({ refused: res.statusCode ?? 0, headers: {} })
      socket.terminate()
    })
    socket.on('error', error => reject(new Wrong(`no socket: ${error.message}`)))
    socket.on('message', data => {
      heard.push(String(data))
      if (heard.length === 1) return socket.send('hello')
      resolve({ headers: JSON.parse(heard[0]!) as Record<string, string>, heard: heard[1]! })
      return socket.close()
    })
    socket.on('close', () => {
      clearTimeout(timer)
      reject(new Wrong('the socket was closed before the app had answered'))
    })
  })
}
