/** Rules of `protect` and of CORS as the regular expressions (PCRE) of a gateway. */

const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\"]/g, '\\$&')

/** `/app/*` is `/app` and all below it, `*` between slashes one segment; by whole segment. */
export function pathPattern(rule: string): string {
  const path = rule
    .replace(/\/?\*?$/, '')
    .split('*')
    .map(escaped)
    .join('[^/]+')
  return `^${path}${rule.endsWith('/*') ? '(?:/.*)?' : '/?'}$`
}

/** `https://*.app.test` stands for everything below app.test. */
export const originPattern = (rule: string): string =>
  `^${escaped(rule.replace(/\/$/, '').toLowerCase()).replace('://*\\.', '://[\\w.-]+\\.')}$`

/** Exceptions first: the first rule that matches counts. */
export function gateRules(protect: readonly string[]): { pattern: string; gated: boolean }[] {
  const rules = protect.map(rule => ({ rule: rule.replace(/^!/, ''), gated: !rule.startsWith('!') }))
  return [...rules.filter(({ gated }) => !gated), ...rules.filter(({ gated }) => gated)].map(
    ({ rule, gated }) => ({ pattern: pathPattern(rule), gated }),
  )
}
