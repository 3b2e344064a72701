import type { Middleware } from './pipeline.js'

/** Where Ory lives on the app's origin. Ory's own tools fix this path; front ends count on it. */
export const MOUNT = '/.ory'

/** Where Ory is to be found on an origin: below {@link MOUNT}, or, for a tunnel, at its root. */
export type Mount = typeof MOUNT | ''

/** A tunnel's requests, so that the same stages answer them. */
export function atRoot(stages: Middleware): Middleware {
  return (req, res, next) => {
    if (req.url?.startsWith('/')) req.url = MOUNT + req.url
    stages(req, res, next)
  }
}

/** The path today's tools grew out of; old front ends still call it. */
const ALIAS = '/.ory/api/kratos/public'

/**
 * The part of a request target below `/.ory`, query included, or null where the app is meant.
 *
 * Decided on the raw target, by whole segment: `/.oryx`, `/.ory.json`, `/.ORY` and `/%2eory` are the app's.
 * `/.ory` itself is `/`.
 */
export function belowMount(target: string): string | null {
  if (!target.startsWith(MOUNT)) return null
  const path = below(ALIAS, target) ?? below(MOUNT, target)
  return path === null ? null : path.startsWith('/') ? path : `/${path}`
}

function below(mount: string, target: string): string | null {
  if (!target.startsWith(mount)) return null
  const rest = target.slice(mount.length)
  return rest === '' || rest[0] === '/' || rest[0] === '?' ? rest : null
}

/** What no target can hold (RFC 9112, section 3.2) and a parser of URLs leaves out; and a separator to some of them. */
const UNSENDABLE = /[\0-\x20\x7f\\]/

/** A segment that climbs. To a server behind us `#` or `?` may end a path and `;` a segment, and `\` be a separator. */
const CLIMBING = /(^|\/)\.{1,2}([/;#?]|$)|\\/

/** Nobody encodes more often on purpose. */
const MAX_DECODINGS = 5

/**
 * Whether a path under the mount could leave it, or the path prefix of Ory's address, on Ory's side: as it is, or as a
 * server reads it that decodes it, once or more.
 */
export function climbs(path: string): boolean {
  const query = path.indexOf('?')
  let plain = query < 0 ? path : path.slice(0, query)
  if (UNSENDABLE.test(plain)) return true
  for (let i = 0; i < MAX_DECODINGS; i++) {
    if (CLIMBING.test(plain)) return true
    if (!plain.includes('%')) return false
    const decoded = plain.replace(ENCODED, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    if (decoded === plain) return false
    plain = decoded
  }
  return true
}

const ENCODED = /%([\da-f]{2})/gi
