import { connect as connectHttp2, type OutgoingHttpHeaders } from 'node:http2'
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
  if (OVER_HTTP2.has(new URL(base).origin)) return http2Request(base, target, host, method, headers, body)
  const lines = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...headers]
  return rawBytes(base, `${lines.join('\r\n')}\r\n\r\n${body}`)
}

/** Origins whose requests go over HTTP/2; bytes that are sent as they are do not. */
export const OVER_HTTP2: Set<string> = new Set()

/** Nothing of it can be said over HTTP/2 (RFC 9113, section 8.2.2). */
const OF_HTTP1 = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'http2-settings'])

/** The same over HTTP/2; what its client refuses to send, or the server to read, is a bad request. */
function http2Request(
  base: string,
  target: string,
  host: string,
  method: string,
  lines: readonly string[],
  body: string,
): Promise<RawAnswer> {
  const headers: OutgoingHttpHeaders = { ':method': method, ':path': target, ':authority': host }
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    if (OF_HTTP1.has(name)) continue
    headers[name] = [...[headers[name] ?? []].flat().map(String), line.slice(colon + 1).trim()]
  }
  const { protocol, port } = new URL(base)
  return new Promise(resolve => {
    const session = connectHttp2(`${protocol}//127.0.0.1:${port}`, { rejectUnauthorized: false })
    const answer = { status: 400, head: '', body: '' }
    const done = (): void => {
      session.destroy()
      resolve(answer)
    }
    session.on('error', done)
    try {
      const stream = session.request(headers, { endStream: body === '' })
      stream.on('response', ({ ':status': status = 0, ...fields }) => {
        answer.status = status
        const pairs = Object.entries(fields).flatMap(([name, value]) =>
          [value ?? []].flat().map(v => `${name}: ${v}`),
        )
        answer.head = [`HTTP/2 ${status}`, ...pairs].join('\r\n')
      })
      stream.setEncoding('latin1').on('data', chunk => {
        answer.body += chunk
      })
      stream.on('error', () => {}).on('close', done)
      if (body !== '') stream.end(body, 'latin1')
    } catch {
      done()
    }
  })
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

/** Begins a request whose answer nobody will wait for; the returned function goes away. */
export function rawLeaving(base: string, target: string, headers: Record<string, string>): () => void {
  const { protocol, host, port } = new URL(base)
  if (OVER_HTTP2.has(new URL(base).origin)) {
    const session = connectHttp2(`${protocol}//127.0.0.1:${port}`, { rejectUnauthorized: false })
    session.on('error', () => {})
    session.request({ ':path': target, ':authority': host, ...headers }).on('error', () => {})
    return () => session.destroy()
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const bytes = `${[`GET ${target} HTTP/1.1`, `Host: ${host}`, ...lines].join('\r\n')}\r\n\r\n`
  const to = { port: Number(port), host: '127.0.0.1' }
  const write = (): void => void socket.write(bytes)
  const socket =
    protocol === 'https:' ? connectTls({ ...to, rejectUnauthorized: false }, write) : connect(to, write)
  socket.on('error', () => {})
  return () => void socket.destroy()
}
