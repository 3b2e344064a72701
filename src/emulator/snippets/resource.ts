/** A text that a configuration names by its address, wherever it is: a file, the address itself, a server of this machine. */
import { isLoopback } from '../../common/loopback.js'
import { isHostOfContainers } from '../calls/hosts.js'
import type { DocumentPath, TextDocument } from '../config/document.js'
import { NoSource, openSource, schemeOf } from './source.js'

/** It cannot be had, which counts when it is needed, as in Kratos. The message is for the log. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
}

export interface Resource {
  /** What it is called in messages. */
  readonly name: string
  /** Undefined where it is asked for anew each time. */
  readonly text?: string
  /** @throws {Unavailable} */
  read(): Promise<string>
}

export interface Opened {
  readonly resource: Resource
  /** Absolute. */
  readonly file?: string | undefined
  readonly remark?: string | undefined
}

/** @throws {OryProxyError} about an address that can mean nothing */
export async function openResource(
  address: string,
  path: DocumentPath,
  document: TextDocument,
): Promise<Opened> {
  const scheme = schemeOf(address)
  if (scheme === 'http' || scheme === 'https') {
    if (isHere(address)) return { resource: remote(address) }
    return absent(
      address,
      path,
      document,
      `${named(address)} is not asked: the emulator reads from this machine only`,
    )
  }
  try {
    const { text, name, path: file, remark } = await openSource(address, path, document)
    return { resource: { name, text, read: () => Promise.resolve(text) }, file, remark }
  } catch (error) {
    if (error instanceof NoSource) return absent(address, path, document, error.message)
    throw error
  }
}

/** For a line: a password before the host and a token in the query stay out of it. */
function named(address: string): string {
  if (!/^https?:/i.test(address) || !URL.canParse(address)) return address
  const { protocol, host, pathname } = new URL(address)
  return `${protocol}//${host}${pathname}`
}

function isHere(url: string): boolean {
  const { hostname = '' } = URL.canParse(url) ? new URL(url) : {}
  return isLoopback(hostname) || isHostOfContainers(hostname)
}

/** Kratos starts without it, and fails where it is needed. */
function absent(address: string, path: DocumentPath, document: TextDocument, why: string): Opened {
  return {
    resource: { name: named(address), read: () => Promise.reject(new Unavailable(why)) },
    remark: `${document.at(path)}: ${why} (what needs it fails, as in Kratos)`,
  }
}

const MOST = 1024 * 1024
const PATIENCE = 5_000

/** Asked for each time it is needed: whoever serves it may start after us, and is being worked on. */
const remote = (url: string): Resource => ({
  name: named(url),
  async read() {
    const name = named(url)
    let answer: Response
    try {
      answer = await asked(url)
      const text = await answer.text()
      if (answer.status === 200 && text.length <= MOST) return text
    } catch (cause) {
      const { message } = ((cause as Error).cause as Error | undefined) ?? (cause as Error)
      throw new Unavailable(`${name} cannot be read: ${message}`, { cause })
    }
    const what = answer.status === 200 ? 'more than 1 MiB' : `status ${answer.status}`
    throw new Unavailable(`${name} cannot be read: it answers with ${what}`)
  },
})

/** As Go asks: what stands before the host goes as Basic, which `fetch` refuses to take from there. */
function asked(address: string): Promise<Response> {
  const url = new URL(address)
  const user = [url.username, url.password].map(decodeURIComponent).join(':')
  url.username = url.password = ''
  if (isHostOfContainers(url.hostname)) url.hostname = 'localhost'
  const headers = user === ':' ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` }
  // From this machine to another one through a redirect would be a way out.
  return fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(PATIENCE) })
}

/** What Kratos answers where it cannot open something; the reason that people need is in the log. */
export function asGoSaysIt(address: string, why: string): string {
  if (/^https?:/i.test(address)) return why
  const path = address.replace(/^file:\/\//i, '')
  return `unable to open file: ${path}: open ${path}: no such file or directory`
}
