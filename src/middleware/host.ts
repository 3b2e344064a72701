import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { isListedName } from '../common/caller.js'
import { isLoopbackName } from '../common/loopback.js'
import { OryProxyError } from '../errors.js'
import { printable } from '../log.js'
import type { Exchange, Stage } from './pipeline.js'

/** What decides whether a Host is answered and which origin people see. */
export interface HostRules {
  /** Names allowed besides loopback names and IP addresses; a leading dot allows subdomains, `true` all. */
  readonly allowedHosts: readonly string[] | true
  readonly publicUrl: URL | undefined
  readonly trustForwarded: boolean
}

/**
 * Stage 0: is this request for us at all?
 *
 * A name that is neither loopback, nor an IP address, nor listed is how DNS rebinding looks: a page of
 * another site whose name was pointed at 127.0.0.1 after it loaded. Most dev servers check it for their own
 * routes only, or not at all over https, so we do.
 */
export function hostStage(rules: HostRules): Stage<Exchange> {
  return function oryHost(x) {
    const { req } = x
    if (!req.url?.startsWith('/') && req.url !== '*') throw badRequest('The request target must be a path.')
    if (hidesHeaders(req)) throw badRequest('Too many headers.')
    const host = requestHost(x)
    const name = hostName(host)
    if (name === null) throw badRequest('The Host header is not a host.')
    if (!isAllowedHost(name, rules)) {
      throw new OryProxyError('ORY_PROXY_HOST_NOT_ALLOWED', `Host "${printable(name)}" is not allowed.`)
    }
    x.origin = publicOrigin(req, host, rules)
    x.prefix = prefixOf(req)
    return 'next'
  }
}

/** Headers that Node shows in `headers`, unless the server says otherwise. */
const SHOWN = 1000

/**
 * Behind the last header that it puts into `headers`, Node leaves a few more in `rawHeaders`. A framework that
 * reads those would believe an `Authorization` that nobody here has seen.
 */
function hidesHeaders({ rawHeaders, socket }: IncomingMessage): boolean {
  const { server } = socket as { server?: { maxHeadersCount?: number | null } }
  const shown = server?.maxHeadersCount ?? SHOWN
  return shown > 0 && rawHeaders.length > 2 * shown
}

const badRequest = (message: string): OryProxyError => new OryProxyError('ORY_PROXY_BAD_REQUEST', message)

/** The one Host a request names; HTTP/2 calls it `:authority`. Two of them are an attack, not a choice. */
function requestHost({ req, caller: { host } }: Exchange): string {
  if (typeof req.headers[':authority'] === 'string') {
    // The app behind us reads Host; it must not be another one than we checked (RFC 9113, section 8.3.1).
    if ((req.headers.host ?? host) !== host) throw badRequest('Host and :authority differ.')
    return host
  }
  let count = 0
  for (let i = 0; i < req.rawHeaders.length; i += 2) if (isHostField(req.rawHeaders[i]!)) count++
  if (count > 1) throw badRequest('Two Host headers.')
  return host
}

const isHostField = (name: string): boolean => name.length === 4 && name.toLowerCase() === 'host'

/** A longer one is no name (RFC 1035, section 2.3.4), and it would be repeated with every URL we write. */
const MAX_HOST = 255

const HOST = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i

/** The name in a Host header without port and brackets, lower-cased; null where it is no host. */
export function hostName(host: string): string | null {
  const match = host.length > MAX_HOST ? null : HOST.exec(host)
  return match ? (match[1] ?? match[2]!).toLowerCase().replace(/\.$/, '') : null
}

/** Loopback names (`*.localhost` is, by RFC 6761), IP addresses, and what the rules list. */
export function isAllowedHost(name: string, { allowedHosts, publicUrl }: HostRules): boolean {
  if (allowedHosts === true || isLoopbackName(name) || isIP(name) !== 0) return true
  if (publicUrl?.hostname === name) return true
  return isListedName(name, allowedHosts)
}

function publicOrigin(req: IncomingMessage, host: string, rules: HostRules): string {
  if (rules.publicUrl) return rules.publicUrl.origin
  const scheme = (req.socket as TLSSocket).encrypted === true ? 'https' : 'http'
  if (!rules.trustForwarded) return originOf(scheme, host)
  const named = forwarded(req, 'x-forwarded-host')
  return originOf(
    SCHEMES.get(forwarded(req, 'x-forwarded-proto')) ?? scheme,
    hostName(named) === null ? host : named,
  )
}

/** How proxies in front of us call it; Traefik speaks of `wss` with a handshake. */
const SCHEMES: ReadonlyMap<string, string> = new Map([
  ['http', 'http'],
  ['https', 'https'],
  ['ws', 'http'],
  ['wss', 'https'],
])

/**
 * What connect and Express take off the target when we are mounted somewhere: `app.use('/auth', ory)`. It becomes part
 * of every address, so that it has to be a path of our own origin: `//auth` would be another host.
 */
function prefixOf({ url = '', originalUrl = url }: IncomingMessage & { originalUrl?: string }): string {
  if (originalUrl === url || !originalUrl.endsWith(url)) return ''
  const prefix = originalUrl.slice(0, -url.length)
  return PREFIX.test(prefix) ? prefix : ''
}

const PREFIX = /^(?:\/[\w.~!$&'()*+,;=:@%-]+)+$/

/** Dev servers hear one name, seldom two: the last answer is nearly always the next one. */
let last = { scheme: '', host: '', origin: '' }

function originOf(scheme: string, host: string): string {
  if (host !== last.host || scheme !== last.scheme) {
    const base = `${scheme}://${host}`
    last = { scheme, host, origin: URL.canParse(base) ? new URL(base).origin : base }
  }
  return last.origin
}

/** What the first proxy said; empty where none did. */
function forwarded({ headers }: IncomingMessage, name: string): string {
  return String(headers[name] ?? '')
    .split(',', 1)[0]!
    .trim()
}
