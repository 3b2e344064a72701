import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number
  readonly head: string
  readonly body: string
}

/** A request whose target and Host are sent as they are, past every client's tidying up. */
export function rawRequest(
  base: string,
  target: string,
  { host = new URL(base).host, method = 'GET', headers = [] as string[], body = '' } = {},
): Promise<RawAnswer> {
  const lines = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...headers]
  return rawBytes(base, `${lines.join('\r\n')}\r\n\r\n${body}`)
}

/** Sends bytes and reads until the other side is done. */
export function rawBytes(base: string, bytes: string | Buffer): Promise<RawAnswer> {
  const { protocol, hostname, port } = new URL(base)
  const to = { port: Number(port), host: hostname === 'localhost' ? '127.0.0.1' : hostname }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const write = (): void => void socket.write(bytes)
    const socket =
      protocol === 'https:' ? connectTls({ ...to, rejectUnauthorized: false }, write) : connect(to, write)
    socket.on('data', chunk => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => {
      const text = Buffer.concat(chunks).toString('latin1')
      const [head = '', ...rest] = text.split('\r\n\r\n')
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0), head, body: rest.join('\r\n\r\n') })
    })
  })
}
