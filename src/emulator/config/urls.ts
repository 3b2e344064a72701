/** URLs of a configuration, made absolute and, if another address is asked for, pointed there. */

import { isLoopback } from '../../common/loopback.js'
import { asList, asObject } from '../schema/fields.js'
import type { Json, JsonObject } from '../store/model.js'
import type { DocumentPath, TextDocument } from './document.js'
import { get } from './paths.js'

/** Where answers say that things are. */
export interface Place {
  /** The public address: every page and return address of the file that lies on the file's own is pointed here. */
  readonly base: string
  /** Whether another server's pages are there; where not, ours take their place. @default they all are */
  readonly isUp?: (origin: string) => boolean
  /** Whether a dev server is in front, where Ory is below `/.ory` and nowhere else. */
  readonly embedded?: boolean | undefined
}

export interface UrlResolver {
  /** Where the public API is for browsers, without a slash at the end. */
  readonly base: string
  /** One of our own pages. */
  page(name: string): string
  /** The page of a flow: the one that is named, if it is there, else ours. */
  ui(url: Json | undefined, name: string): string
  /** Where to go afterwards; undefined if nothing is named. */
  back(url: Json | undefined): string | undefined
  /** Where providers of social sign-in send people back to. */
  callbacks(url: Json): string
  /** Where links in mails begin. */
  mails(url: Json | undefined): string
  /** The list of where a `return_to` may lead, without repetitions. */
  allowed(urls: readonly string[]): string[]
}

/** The address in the file, if it names one. */
export interface Own {
  readonly baseUrl: string | undefined
  /** Whether that is Kratos itself, not a server in front of it, which may have pages of its own. */
  readonly isDirect: boolean
}

/** What of a URL is behind the file's own address; undefined where that means somebody else's page. */
function behindOwn(url: string, { baseUrl, isDirect }: Own): string | undefined {
  const rest = baseUrl === undefined ? undefined : below(url, trimmed(baseUrl))
  return rest !== undefined && (isDirect || /^\/(?:ui|self-service)\//.test(rest)) ? rest : undefined
}

/** @param raw the configuration, whose pages are looked up */
export function urlResolver({ base: given, isUp, embedded }: Place, own: Own, raw: JsonObject): UrlResolver {
  const base = trimmed(given)
  const absolute = (url: string): string => {
    const full = URL.canParse(url) ? url : new URL(url, `${base}/`).href
    const rest = behindOwn(full, own)
    return rest === undefined ? full : base + rest
  }
  const page = (name: string): string => `${base}/ui/${name}`
  const isThere = (url: string): boolean => {
    const origin = below(url, base) === undefined ? webOrigin(url) : undefined
    return origin === undefined || isUp === undefined || isUp(origin)
  }
  const pages = pagesOf(raw)
  /** What a server in front of Kratos has, it has here as well. */
  const alsoHere = (url: string): string[] => {
    const rest = own.baseUrl === undefined ? undefined : below(url, trimmed(own.baseUrl))
    return rest === undefined ? [] : [base + rest]
  }
  const optional = (url: Json | undefined): string | undefined =>
    typeof url === 'string' && url !== '' ? absolute(url) : undefined
  const served = (url: string): string => {
    const named = absolute(url)
    return isThere(named) ? named : base
  }
  return {
    base,
    page,
    ui(url, name) {
      const named = optional(url)
      return named !== undefined && isThere(named) ? named : page(name)
    },
    back(url) {
      const named = optional(url)
      return named === undefined || isThere(named) ? named : page(pages.get(url as string) ?? 'welcome')
    },
    callbacks: url => served(String(url)),
    mails: url => (typeof url === 'string' && url !== '' && !embedded ? trimmed(served(url)) : base),
    allowed: urls => [...new Set(urls.flatMap(url => [absolute(url), ...alsoHere(url)]))],
  }
}

/**
 * On this machine, at the port that Kratos is told to listen on: that is the server itself, so where we really listen.
 * Any other address is a server in front of us.
 */
export function isDirect(baseUrl: string, port: number): boolean {
  const { hostname, port: given, pathname, protocol } = new URL(baseUrl)
  return protocol === 'http:' && isLoopback(hostname) && Number(given || 80) === port && pathname === '/'
}

/** The pages of flows by their address: a sign-out that leads to somebody's login page leads to ours without it. */
function pagesOf(raw: JsonObject): Map<string, string> {
  const flows = asObject(get(raw, ['selfservice', 'flows']))
  return new Map(Object.entries(flows).map(([name, flow]) => [String(asObject(flow)['ui_url']), name]))
}

export const trimmed = (url: string): string => url.replace(/\/+$/, '')

/**
 * What of a URL is behind a base, undefined if it does not lie there. By whole segments: `http://a:44330` does not
 * lie on `http://a:4433`. All names of this machine are the same.
 */
function below(url: string, base: string): string | undefined {
  const [one, other] = [localName(url), localName(base)]
  if (!one.startsWith(other) || !['', '/', '?', '#'].includes(one.charAt(other.length))) return undefined
  return one.slice(other.length)
}

const localName = (url: string): string =>
  url.replace(/^(https?:\/\/)(?:localhost|127\.0\.0\.1|\[::1\])(?=[:/?#]|$)/i, '$1localhost')

/** Undefined for what browsers do not open themselves, like the scheme of an app on a phone. */
function webOrigin(url: string): string | undefined {
  return /^https?:/i.test(url) && URL.canParse(url) ? new URL(url).origin : undefined
}

/** Another server that the configuration leads people to. */
export interface FrontEnd {
  readonly origin: string
  /** The first key that names it. */
  readonly key: string
  /** Whether it can be asked: the emulator makes no connection to other machines. */
  readonly isLocal: boolean
}

/** Each once. */
export function frontEndsOf(raw: JsonObject, own: Own): FrontEnd[] {
  const found = new Map<string, FrontEnd>()
  for (const [path, value] of urlsIn(raw, [])) {
    const origin = webOrigin(value)
    const isOurs = behindOwn(value, own) !== undefined
    if (origin === undefined || isOurs || found.has(origin) || !LEADS_PEOPLE.test(path.join('.'))) continue
    found.set(origin, { origin, key: path.join('.'), isLocal: isLoopback(new URL(origin).hostname) })
  }
  return [...found.values()]
}

const LEADS_PEOPLE = /\.(ui_url|default_browser_return_url|base_redirect_uri|link\.config\.base_url)$/

/** Throws for the first URL of the configuration that is none. */
export function checkUrls(document: TextDocument, raw: JsonObject): void {
  for (const [path, value] of urlsIn(raw, [])) {
    if (!URL.canParse(value, 'http://relative.invalid/')) {
      throw document.problem(path, `"${path.join('.')}" is not a URL: ${JSON.stringify(value)}`)
    }
    if (URL.canParse(value) && !/^https?:$/.test(new URL(value).protocol) && ABSOLUTE.test(path.join('.'))) {
      throw document.problem(
        path,
        `"${path.join('.')}" must be an http or https URL, not ${JSON.stringify(value)}`,
      )
    }
  }
  const base = get(raw, ['serve', 'public', 'base_url'])
  if (typeof base === 'string' && !URL.canParse(base)) {
    throw document.problem(
      ['serve', 'public', 'base_url'],
      `"serve.public.base_url" must be absolute, not ${JSON.stringify(base)}`,
    )
  }
}

/** Browsers are sent there; apps on phones have schemes of their own, so return URLs may be anything. */
const ABSOLUTE = /\.(base_url|ui_url)$/
const URL_KEYS = new Set([
  'base_url',
  'ui_url',
  'default_browser_return_url',
  'base_redirect_uri',
  'allowed_return_urls',
])

export function* urlsIn(value: Json, path: (string | number)[]): Generator<[DocumentPath, string]> {
  for (const [key, inner] of Object.entries(asObject(value))) {
    const at = [...path, key]
    if (!URL_KEYS.has(key)) yield* urlsIn(inner, at)
    else if (typeof inner === 'string' && inner !== '') yield [at, inner]
    for (const [i, item] of asList(inner).entries()) {
      if (URL_KEYS.has(key) && typeof item === 'string') yield [[...at, i], item]
    }
  }
}
