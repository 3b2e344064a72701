/** What a gateway in production does the same way as the dev server, from the same settings. */
import { isLoopback } from '../common/loopback.js'
import { OryProxyError } from '../errors.js'
import type { ResolvedOptions } from '../options/resolve.js'

/** What only an export is told. */
export interface ExportFlags {
  /** Where the app listens, as the gateway sees it. */
  readonly app?: string | undefined
  /** What people type. */
  readonly publicUrl?: string | undefined
  /** Ory has a domain of its own: `/.ory` is not on the app's origin. */
  readonly oryDomain?: boolean | undefined
}

/** Everything a configuration is written from. */
export interface Gateway {
  readonly ory: URL
  readonly app: URL
  readonly publicUrl: URL
  readonly oryDomain: boolean
  readonly protect: readonly string[]
  readonly corsOrigins: readonly string[]
  readonly corsHeaders: readonly string[]
  /** Seconds for which an answer of whoami is believed. */
  readonly sessionCache: number
  /** Port that the engine listens on. */
  readonly listen: number
  /** Address of this machine that it listens on; every one where none is named. */
  readonly listenHost?: string
  /** Port of this machine that a signer of its own listens on, beside an engine that does not sign itself. */
  readonly signerPort: number
}

/** Files of a folder by their names. */
export type Folder = Readonly<Record<string, string>>

/** What a listed origin may do. */
export const CORS_METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']
/** What its requests may carry, as in development. */
export const CORS_HEADERS: readonly string[] = [
  'Accept',
  'Authorization',
  'Content-Type',
  'X-CSRF-Token',
  'X-Request-Id',
  'X-Session-Token',
]

/** Where TLS ends in front, the engine is behind it. */
const BEHIND_TLS = 8080
/** Of this machine only. */
const SIGNER = 8081

/** The port an engine listens on: people's own where that is plain http. */
export const listenOf = ({ protocol, port }: URL): number =>
  protocol === 'https:' ? BEHIND_TLS : Number(port) || 80

/** Seconds; what is handed out of a gateway's cache has to live for a while yet. */
const LONGEST_CACHE = 50

const impossible = (message: string): OryProxyError => new OryProxyError('ORY_PROXY_EXPORT', message)

/**
 * @throws {OryProxyError} `ORY_PROXY_EXPORT` for what cannot be meant for production: no Ory, a public address or an
 * app that only this machine has
 */
export function gatewayOf(options: ResolvedOptions, ory: URL | 'emulator', flags: ExportFlags): Gateway {
  if (ory === 'emulator') {
    throw impossible('No Ory is named, and the emulator is for development. Name yours: --sdk-url https://…')
  }
  const publicUrl = options.publicUrl ?? addressOf('--public-url', flags.publicUrl)
  if (isLoopback(publicUrl.hostname)) {
    throw impossible(`--public-url ${publicUrl.origin} is this machine only: give the address people type.`)
  }
  if (options.tokenizeAs !== undefined) {
    throw impossible(
      `tokenizeAs "${options.tokenizeAs}" is for development: an exported gateway signs with a key of its own. Leave it out here.`,
    )
  }
  const cookieDomain = options.cookieDomain?.replace(/^\./, '')
  if (cookieDomain !== undefined && !`.${publicUrl.hostname}`.endsWith(`.${cookieDomain}`)) {
    throw impossible(`cookieDomain ${cookieDomain} is not a domain of ${publicUrl.hostname}.`)
  }
  return {
    ory,
    publicUrl,
    app: addressOf('--app', flags.app),
    oryDomain: flags.oryDomain ?? false,
    ...rulesOf(options),
    listen: listenOf(publicUrl),
    signerPort: SIGNER,
  }
}

/**
 * What does not depend on where a gateway is.
 *
 * @throws {OryProxyError} `ORY_PROXY_EXPORT`
 */
export function rulesOf(
  options: ResolvedOptions,
): Pick<Gateway, 'protect' | 'corsOrigins' | 'corsHeaders' | 'sessionCache'> {
  if (options.sessionCache > LONGEST_CACHE) {
    throw impossible(
      `sessionCache ${options.sessionCache} is too long: a token that is kept lives 60 s, so ${LONGEST_CACHE} at most.`,
    )
  }
  return {
    protect: options.protect,
    corsOrigins: options.allowedCorsOrigins,
    corsHeaders: options.additionalCorsHeaders,
    sessionCache: options.sessionCache,
  }
}

function addressOf(flag: string, text: string | undefined): URL {
  if (text === undefined) throw impossible(`${flag} is missing.`)
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text)
  throw impossible(`${flag} must be a whole address, like https://app.example.com.`)
}
