/** Regular expressions of Go: https://masterminds.github.io/sprig/strings.html */
import { createRequire } from 'node:module'
import type { RE2JS } from 're2js'
import { Refused } from '../error.js'
import { count, type Functions, type TemplateFunction, takes, text } from '../functions.js'
import type { Value } from '../value.js'

let loaded: typeof RE2JS | undefined

/** Loaded when a template has one: most have none. */
function compiled(pattern: Value): RE2JS {
  loaded ??= (createRequire(import.meta.url)('re2js') as { RE2JS: typeof RE2JS }).RE2JS
  try {
    return loaded.compile(text(pattern))
  } catch (cause) {
    throw new Refused(`error parsing regexp: ${(cause as Error).message}`)
  }
}

interface Match {
  start: number
  end: number
  groups: (string | undefined)[]
  names: Record<string, string | undefined>
}

function matches(pattern: Value, value: string, most = Number.POSITIVE_INFINITY): Match[] {
  const regex = compiled(pattern)
  const matcher = regex.matcher(value)
  const names = Object.keys(regex.namedGroups())
  const found: Match[] = []
  while (found.length < most && matcher.find()) {
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? undefined)
    const named = Object.fromEntries(names.map(name => [name, matcher.group(name) ?? undefined]))
    found.push({ start: matcher.start(), end: matcher.end(), groups, names: named })
  }
  return found
}

/** `$1`, `${1}`, `$name` and `$$` of Go: the longest name counts. */
const expanded = (template: string, { groups, names }: Match): string =>
  template.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (_, plain?: string, braced?: string) => {
    const name = plain ?? braced
    if (name === undefined) return '$'
    return (/^\d+$/.test(name) ? groups[Number(name)] : names[name]) ?? ''
  })

function replaced(pattern: Value, value: string, by: (match: Match) => string): string {
  let result = ''
  let at = 0
  for (const match of matches(pattern, value)) {
    result += value.slice(at, match.start) + by(match)
    at = match.end
  }
  return result + value.slice(at)
}

const limit = (n: Value): number => (count(n) < 0 ? Number.POSITIVE_INFINITY : count(n))

function split(pattern: Value, value: Value, n: Value): string[] {
  const most = limit(n)
  if (most === 0) return []
  const all = text(value)
  const parts: string[] = []
  let at = 0
  for (const { start, end } of matches(pattern, all)) {
    if (parts.length === most - 1) break
    if (end === 0) continue
    parts.push(all.slice(at, start))
    at = end
  }
  return [...parts, all.slice(at)]
}

const isMatch: TemplateFunction = takes(2, 2, (pattern, value) => matches(pattern, text(value), 1).length > 0)

/** The one that takes a pattern that is none for one that nothing matches. */
const isMatchOrNot: TemplateFunction = (...args) => {
  try {
    return isMatch(...args)
  } catch (error) {
    if (error instanceof Refused && error.message.startsWith('error parsing')) return false
    throw error
  }
}

const ALL: Functions = Object.fromEntries(
  Object.entries({
    regexMatch: isMatch,
    regexFind: takes(2, 2, (pattern, value) => matches(pattern, text(value), 1)[0]?.groups[0] ?? ''),
    regexFindAll: takes(3, 3, (pattern, value, n) =>
      matches(pattern, text(value), limit(n)).map(({ groups }) => groups[0] ?? ''),
    ),
    regexReplaceAll: takes(3, 3, (pattern, value, by) =>
      replaced(pattern, text(value), match => expanded(text(by), match)),
    ),
    regexReplaceAllLiteral: takes(3, 3, (pattern, value, by) =>
      replaced(pattern, text(value), () => text(by)),
    ),
    regexSplit: takes(3, 3, split),
    regexQuoteMeta: takes(1, 1, value => text(value).replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')),
  }).flatMap(([name, run]) => [
    [name, run],
    [`must${name[0]?.toUpperCase()}${name.slice(1)}`, run],
  ]),
)

export const REGEX: Functions = { ...ALL, regexMatch: isMatchOrNot }
