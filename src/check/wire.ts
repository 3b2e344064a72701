/** Requests as they are written: paths, header names and repetitions that a tidy client would not send. */
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { isLoopback } from '../common/loopback.js'
import { Wrong } from './wrong.js'

/** How something is asked. */
export interface Asked {
  readonly method?: string
  /** Lines like `Cookie: a=b`. */
  readonly headers?: readonly string[]
  readonly body?: string | Buffer
}

/** What came back, read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  readonly text: string
}

/** Milliseconds an answer may take. */
const DEADLINE = 15_000

/** On this machine a certificate is nobody's proof. */
export const tlsOptions = ({ hostname }: URL): { rejectUnauthorized?: false; servername?: string } =>
  isLoopback(hostname) ? { rejectUnauthorized: false } : {}

/** Starts a request on a connection of its own; resolves at the answer's head. */
export function open(base: URL, target: string, asked: Asked = {}): Promise<IncomingMessage> {
  const { method = 'GET', headers = [], body } = asked
  const length = body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))]
  const options = {
    method,
    path: target,
    hostname: base.hostname.replace(/^\[|\]$/g, ''),
    port: base.port || (base.protocol === 'https:' ? 443 : 80),
    headers: ['Host', base.host, ...headers.flatMap(pairOf), ...length],
    agent: false as const,
    timeout: DEADLINE,
    ...tlsOptions(base),
  }
  return new Promise((resolve, reject) => {
    const send = base.protocol === 'https:' ? requestHttps : requestHttp
    const req = send(options, resolve)
    req.on('error', error => reject(new Wrong(`no answer: ${error.message}`)))
    req.on('timeout', () => req.destroy(new Error(`nothing for ${DEADLINE / 1000} s`)))
    req.end(body)
  })
}

function pairOf(line: string): [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon), line.slice(colon + 1).trim()]
}

/** Asks, and reads the answer to its end. */
export async function ask(base: URL, target: string, asked?: Asked): Promise<Answer> {
  const res = await open(base, target, asked)
  const chunks: Buffer[] = []
  try {
    for await (const chunk of res) chunks.push(chunk as Buffer)
  } catch (error) {
    throw new Wrong(`the answer broke off: ${(error as Error).message}`)
  }
  const body = Buffer.concat(chunks)
  const { statusCode = 0, headers, rawHeaders } = res
  return { status: statusCode, headers, rawHeaders, body, text: body.toString() }
}

/** Sends bytes that no client would write, and reads until the other side is done or silent. */
export function bytes(base: URL, sent: string): Promise<string> {
  const port = Number(base.port) || (base.protocol === 'https:' ? 443 : 80)
  const host = base.hostname.replace(/^\[|\]$/g, '')
  const secure = base.protocol === 'https:'
  return new Promise((resolve, reject) => {
    const write = (): void => void socket.write(sent)
    const socket = secure
      ? connectTls({ port, host, ...tlsOptions(base) }, write)
      : connect({ port, host }, write)
    let text = ''
    socket.setEncoding('latin1').setTimeout(DEADLINE, () => socket.destroy())
    socket.on('data', chunk => {
      text += chunk
    })
    socket.on('error', error => (text === '' ? reject(new Wrong(`no answer: ${error.message}`)) : null))
    socket.on('close', () => resolve(text))
  })
}
