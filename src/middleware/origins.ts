import type { Exchange } from './pipeline.js'

/** Methods that change nothing (RFC 9110, section 9.2.1): a link from another site may be followed signed in. */
const SAFE: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/**
 * Whether a page of another origin wants to change something with the cookies of whoever looks at it.
 *
 * An app that is sent bearer tokens need not expect that (CWE-352), as no browser sends them along by itself; we
 * make one of a cookie, which browsers do send: to every port of a host, whatever `SameSite` says. Sec-Fetch-Site
 * is believed before Origin, which is `null` for a form of our own under `Referrer-Policy: no-referrer`.
 */
export function isForeignWrite({ req, caller, origin: own }: Exchange, listed: readonly string[]): boolean {
  if (SAFE.has(req.method)) return false
  const { page: origin, site } = caller
  if (origin === own || (origin !== undefined && isListedOrigin(origin, listed))) return false
  return site === undefined ? origin !== undefined : site !== 'same-origin' && site !== 'none'
}

/** Whether an origin is one of those listed; `https://*.app.test` stands for everything below app.test. */
export function isListedOrigin(origin: string, listed: readonly string[]): boolean {
  return listed.some(rule => {
    const star = rule.indexOf('://*.')
    if (star < 0) return rule.replace(/\/$/, '').toLowerCase() === origin
    const end = rule.slice(star + '://*'.length).toLowerCase()
    const name = origin.slice(star + '://'.length, -end.length)
    return (
      origin.startsWith(rule.slice(0, star + '://'.length)) && origin.endsWith(end) && /^[\w.-]+$/.test(name)
    )
  })
}
