import { connect } from 'node:http2'
import { rawBytes, rawRequest } from '../../_raw.js'

/** An answer. */
export interface Seen {
  readonly status: number
  readonly body: string
  header(name: string): string
}

/** What a request carries. */
export interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends a request with its target as it is. */
export type Request = (base: string, path: string, sent?: Sent) => Promise<Seen>

/** Over HTTP/1.1. */
export const request1: Request = async (base, path, { method = 'GET', headers = {} } = {}) => {
  const { host = new URL(base).host, ...others } = headers
  const lines = Object.entries(others).map(([name, value]) => `${name}: ${value}`)
  const { status, head, body } = await rawRequest(base, path, { method, host, headers: lines })
  return { status, body, header: name => new RegExp(`^${name}: (.*?)\r?$`, 'im').exec(head)?.[1] ?? '' }
}

/** Over HTTP/2. */
export const request2: Request = (base, path, { method = 'GET', headers = {} } = {}) => {
  const session = connect(base, { rejectUnauthorized: false })
  return new Promise<Seen>((resolve, reject) => {
    session.on('error', reject)
    const stream = session.request({ ':method': method, ':path': path, ...headers })
    let body = ''
    let answered: Record<string, unknown> = {}
    stream.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    stream.on('response', given => (answered = given as Record<string, unknown>))
    stream.on('error', reject)
    stream.on('end', () =>
      resolve({ status: Number(answered[':status']), body, header: name => String(answered[name] ?? '') }),
    )
    stream.end()
  }).finally(() => session.close())
}

/** An empty close frame (RFC 6455, section 5.5.1): the other side answers it and hangs up. */
const CLOSE_FRAME = '\x88\x80\0\0\0\0'

/** What a WebSocket handshake is answered with. */
export async function statusOfSocket(
  base: string,
  path: string,
  cookie?: string,
  more: Readonly<Record<string, string>> = {},
): Promise<number> {
  const headers = [
    `Origin: ${base}`,
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...Object.entries(more).map(([name, value]) => `${name}: ${value}`),
    ...(cookie === undefined ? [] : [`Cookie: ${cookie}`]),
  ]
  const lines = [`GET ${path} HTTP/1.1`, `Host: ${new URL(base).host}`, 'Connection: Upgrade', ...headers]
  const bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\n${CLOSE_FRAME}`, 'latin1')
  return (await rawBytes(base, bytes)).status
}
