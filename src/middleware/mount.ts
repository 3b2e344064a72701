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

/**
 * A segment that climbs, a separator in a spelling that a server behind us might undo, or what no target can
 * hold (RFC 9112, section 3.2) and a parser of URLs leaves out. To such a server `#` may end a path and `;` a
 * segment.
 */
const CLIMBING = /(^|\/)(\.|%2e){1,2}([/;#]|$)|%2f|%5c|\\|[\0-\x20\x7f]/i

/** Whether a path under the mount could leave it, or the path prefix of Ory's address, on Ory's side. */
export function climbs(path: string): boolean {
  const query = path.indexOf('?')
  return CLIMBING.test(query < 0 ? path : path.slice(0, query))
}
