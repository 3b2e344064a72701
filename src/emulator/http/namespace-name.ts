/** The namespace of a request to the emulator. */
import type { IncomingHttpHeaders } from 'node:http'
import { NAMESPACE_HEADER, namespaceIn, withoutNamespace } from '../../common/namespace.js'
import { printable } from '../../log.js'
import { Problem } from './kratos-errors.js'

/**
 * Takes header and cookie off: what Kratos does not know must not be seen by what answers as Kratos does. A native
 * flow, for one, is refused to whoever sends a cookie.
 */
export function takeNamespace(headers: IncomingHttpHeaders): string | undefined {
  const name = namespaceIn(headers)
  delete headers[NAMESPACE_HEADER]
  const others = withoutNamespace(headers.cookie)
  if (others === undefined) delete headers.cookie
  else headers.cookie = others
  return name
}

/** Never the default one in its place: what looks as if it worked would hide that tests meet each other. */
export function unknownNamespace(name: string, status = 404): Problem {
  const reason = `There is no namespace "${printable(name, 64)}": it was made by a test that has ended, or before a restart.`
  return new Problem(status, { id: 'dev_namespace_unknown', reason })
}
