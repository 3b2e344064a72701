/** Which state of the emulator a request is for: a browser says it by a cookie, everything else by a header. */
import type { IncomingHttpHeaders } from 'node:http'

export const NAMESPACE_COOKIE = 'ory_dev_namespace'
export const NAMESPACE_HEADER = 'ory-dev-namespace'
export const DEFAULT_NAMESPACE = 'default'

const PAIR = new RegExp(`^\\s*${NAMESPACE_COOKIE}=(.*?)\\s*$`)

/** The header counts before the cookie; undefined is the default one. */
export function namespaceIn({ cookie, [NAMESPACE_HEADER]: named }: IncomingHttpHeaders): string | undefined {
  if (named) return named.toString()
  if (!cookie?.includes(NAMESPACE_COOKIE)) return undefined
  const pairs = cookie.split(';').map(pair => PAIR.exec(pair)?.[1])
  return pairs.find(value => value !== undefined)
}

/** The `Cookie` header without it; undefined where nothing else is in it. */
export function withoutNamespace(cookie: string | undefined): string | undefined {
  if (!cookie?.includes(NAMESPACE_COOKIE)) return cookie
  const others = cookie.split(';').filter(pair => !PAIR.test(pair))
  return others.join(';').trim() || undefined
}

/**
 * The only namespace whose sessions this request can change; undefined where it may be any of them: what people do at
 * the dev server, and what makes and deletes namespaces. The emulator decodes a path, so an encoded one is looked at
 * no further.
 */
export function namespaceChangedBy(headers: IncomingHttpHeaders, path: string): string | undefined {
  if (/^\/dev\/namespaces|%/.test(path.split('?', 1)[0]!)) return undefined
  const name = namespaceIn(headers)
  return name === DEFAULT_NAMESPACE ? undefined : name
}
