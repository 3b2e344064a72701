/** Which namespace a request is for: a browser says it by a cookie, everything else by a header. */
import type { IncomingHttpHeaders } from 'node:http'
import { printable } from '../../log.js'
import { Problem } from './kratos-errors.js'

export const NAMESPACE_COOKIE = 'ory_dev_namespace'
export const NAMESPACE_HEADER = 'ory-dev-namespace'
export const DEFAULT_NAMESPACE = 'default'

const PAIR = new RegExp(`^\\s*${NAMESPACE_COOKIE}=(.*?)\\s*$`)

/**
 * Takes header and cookie off: what Kratos does not know must not be seen by what answers as Kratos does. A native
 * flow, for one, is refused to whoever sends a cookie. The header counts before the cookie.
 */
export function takeNamespace(headers: IncomingHttpHeaders): string | undefined {
  const named = headers[NAMESPACE_HEADER]
  delete headers[NAMESPACE_HEADER]
  const pairs = headers.cookie?.split(';') ?? []
  const inCookie = pairs.map(pair => PAIR.exec(pair)?.[1]).find(value => value !== undefined)
  if (inCookie !== undefined) {
    const others = pairs
      .filter(pair => !PAIR.test(pair))
      .join(';')
      .trim()
    if (others === '') delete headers.cookie
    else headers.cookie = others
  }
  return (named?.toString() || inCookie) ?? undefined
}

/** Never the default one in its place: what looks as if it worked would hide that tests meet each other. */
export function unknownNamespace(name: string, status = 404): Problem {
  const reason = `There is no namespace "${printable(name, 64)}": it was made by a test that has ended, or before a restart.`
  return new Problem(status, { id: 'dev_namespace_unknown', reason })
}
