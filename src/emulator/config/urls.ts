/** URLs of a configuration, made absolute and, if another address is asked for, pointed there. */

import { asList, asObject } from '../schema/fields.js'
import type { Json, JsonObject } from '../store/model.js'
import type { DocumentPath, TextDocument } from './document.js'

export interface UrlResolver {
  /** Where the public API is for browsers, without a slash at the end. */
  readonly base: string
  /** One of our own pages, for flows whose page the configuration does not name. */
  page(name: string): string
  optional(url: Json | undefined): string | undefined
  /** The list of where a `return_to` may lead, without repetitions. */
  allowed(urls: readonly string[]): string[]
}

/**
 * @param own the address in the file, if it names one
 * @param published the address that people really use, if it is another one
 * @param listening the address of the socket
 */
export function urlResolver(
  own: string | undefined,
  published: string | undefined,
  listening: string,
): UrlResolver {
  const base = trimmed(published ?? own ?? listening)
  const from = published !== undefined && own !== undefined ? trimmed(own) : undefined
  const absolute = (url: string): string => {
    const full = URL.canParse(url) ? url : new URL(url, `${base}/`).href
    return from !== undefined && lies(full, from) ? base + full.slice(from.length) : full
  }
  return {
    base,
    page: name => `${base}/ui/${name}`,
    optional: url => (typeof url === 'string' && url !== '' ? absolute(url) : undefined),
    allowed: urls => [...new Set(urls.map(absolute))],
  }
}

const trimmed = (url: string): string => url.replace(/\/+$/, '')

/** By whole segments: `http://a:44330` does not lie on `http://a:4433`. */
function lies(url: string, base: string): boolean {
  return url.startsWith(base) && ['', '/', '?', '#'].includes(url.charAt(base.length))
}

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
  const base = asObject(asObject(raw['serve'])['public'])['base_url']
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

function* urlsIn(value: Json, path: (string | number)[]): Generator<[DocumentPath, string]> {
  for (const [key, inner] of Object.entries(asObject(value))) {
    const at = [...path, key]
    if (!URL_KEYS.has(key)) yield* urlsIn(inner, at)
    else if (typeof inner === 'string' && inner !== '') yield [at, inner]
    for (const [i, item] of asList(inner).entries()) {
      if (URL_KEYS.has(key) && typeof item === 'string') yield [[...at, i], item]
    }
  }
}
