/** Tells whether a request target lies behind the guard. */
export type IsProtected = (target: string) => boolean

/**
 * Rules as `/app/*`, `/members` and `!/api/health`, matched by whole path segment: `/app/*` is `/app` and everything
 * below it, `*` between slashes is any one segment, a rule without a star is that one path. What an exception names
 * is never protected.
 *
 * Servers behind us read a path in ways of their own (`/%6dembers`, `//members`, `/x/../Members;a`). A path counts as
 * protected if any of its readings is, and as an exception only where it is written exactly so (CWE-289).
 */
export function protectedPaths(rules: readonly string[]): IsProtected {
  const protecting = rules.filter(rule => !rule.startsWith('!')).map(rule => patternOf(rule, 'i'))
  const exceptions = rules.filter(rule => rule.startsWith('!')).map(rule => patternOf(rule.slice(1), ''))
  const named = rules.some(rule => rule.startsWith('/@'))
  return target => {
    const path = /^[^?#]*/.exec(target)![0]
    return readingsOf(path).some(
      reading =>
        protecting.some(pattern => pattern.test(reading)) &&
        !exceptions.some(pattern => pattern.test(reading)) &&
        (named || !DEV_SERVER.test(reading)),
    )
  }
}

/** What a dev server serves for itself, like `/@vite/client` and `/@react-refresh`. */
const DEV_SERVER = /^\/@(?!.*\/\.\.?(?:\/|$))/

function patternOf(rule: string, flags: string): RegExp {
  const path = encodeURI(rule.replace(/\/?\*?$/, '')).replaceAll(/%(?:25|5b|5d|7c)/gi, decodeURIComponent)
  const segments = path.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${segments.join('[^/]+')}${rule.endsWith('/*') ? '(?:/.*)?' : '/?'}$`, flags)
}

/** Nothing in it that two servers could read differently. */
const PLAIN = /^(?:\/[\w~@!$&'()*+,:=-][\w.~@!$&'()*+,:=-]*)*\/?$/

/** Nobody decodes more often than this. */
const MOST_DECODED = 3

function readingsOf(path: string): readonly string[] {
  if (PLAIN.test(path)) return [path]
  const readings = new Set<string>()
  let text = path
  for (let times = 0; times <= MOST_DECODED; times++) {
    readings.add(text)
    readings.add(resolved(text))
    readings.add(resolved(text.replaceAll(/;[^/]*/g, '')))
    const next = decoded(text)
    if (next === text) break
    text = next
  }
  return [...readings]
}

/** ASCII only: the bytes of other letters stay spelled as a rule spells them. */
const decoded = (path: string): string =>
  path.replaceAll(/%([0-7][\da-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

/** As servers tidy up: a backslash is a slash, several are one, dots climb, and what follows `?` or `#` is no path. */
function resolved(path: string): string {
  const kept: string[] = []
  for (const segment of path.replace(/[?#].*$/s, '').split(/[/\\]+/)) {
    if (segment === '..') kept.pop()
    else if (segment !== '.' && segment !== '') kept.push(segment)
  }
  return `/${kept.join('/')}`
}
