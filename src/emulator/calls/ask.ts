/** One request to a server of the developer's own, as Go's client sends it, and bounded in every direction. */
import { type ClientRequest, type IncomingMessage, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import { lookupFor, mayCall } from './hosts.js'
import type { Prepared } from './request.js'

export interface Asked {
  status: number
  headers: IncomingMessage['headers']
  text: string
  /** Whether there was more of it. */
  cut: boolean
}

export interface Bounds {
  /** Milliseconds until the whole answer is here. */
  patience: number
  /** Characters of the answer; what is behind them is not read. */
  most: number
  /** Where a redirect may lead beside this machine. */
  hosts: readonly string[]
}

/** Go's client gives up then. */
const MOST_REDIRECTS = 10

export class TooLate extends Error {
  override readonly name = 'TooLate'
}

/** @throws {TooLate} where `patience` is over; else what the network says */
export async function ask(prepared: Prepared, bounds: Bounds): Promise<Asked> {
  const until = AbortSignal.timeout(bounds.patience)
  let next = prepared
  for (let i = 0; ; i++) {
    const asked = await once(next, bounds, until)
    const target = redirectOf(next, asked)
    if (!target) return asked
    if (i === MOST_REDIRECTS) throw new Error(`stopped after ${MOST_REDIRECTS} redirects`)
    if (!mayCall(target.url, bounds.hosts))
      throw new Error(`it redirects to ${new URL(target.url).host}, which is not asked`)
    next = target
  }
}

/** 307 and 308 ask the same again, the others for a page (RFC 9110, section 15.4). */
function redirectOf(from: Prepared, { status, headers: { location } }: Asked): Prepared | undefined {
  if (!location || !URL.canParse(location, from.url)) return undefined
  const url = new URL(location, from.url).href
  const isElsewhere = new URL(url).host !== new URL(from.url).host
  const { authorization: _, cookie: __, ...others } = from.headers
  const headers = isElsewhere ? others : from.headers
  if (status === 307 || status === 308) return { ...from, url, headers }
  if (status !== 301 && status !== 302 && status !== 303) return undefined
  return { url, headers, method: from.method === 'HEAD' ? 'HEAD' : 'GET' }
}

function once({ url, method, headers, body }: Prepared, bounds: Bounds, until: AbortSignal): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? overHttps : overHttp
    // A method without a body by nature gets its length said, or the server takes it for the next request.
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const fail = (cause: Error): void =>
      reject(until.aborted ? new TooLate(`no answer within ${bounds.patience} ms`, { cause }) : cause)
    let req: ClientRequest
    try {
      const lookup = lookupFor(bounds.hosts)
      req = send(url, { method, headers: { ...headers, ...length }, agent: false, signal: until, lookup })
    } catch (error) {
      reject(error as Error)
      return
    }
    req.once('error', fail)
    req.once('response', res => {
      read(res, bounds.most).then(({ text, cut }) => {
        resolve({ status: res.statusCode ?? 0, headers: res.headers, text, cut })
        req.destroy()
      }, fail)
    })
    req.end(body)
  })
}

async function read(res: IncomingMessage, most: number): Promise<{ text: string; cut: boolean }> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of res as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > most) break
  }
  return { text: Buffer.concat(chunks).subarray(0, most).toString(), cut: size > most }
}
