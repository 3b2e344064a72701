/** Lists and dictionaries: https://masterminds.github.io/sprig/lists.html, dicts.html */
import { Refused } from '../error.js'
import { anyText, count, type Functions, list, map, takes, text } from '../functions.js'
import { shown, sortedEntries, truth, type Value } from '../value.js'

const MANY = Number.POSITIVE_INFINITY

const key = (value: Value): string => `${typeof value} ${shown(value)}`

/** Sprig works on lists with its own names, and fails on anything else in its `must…` twins alone: templates stop in both. */
const twins = (functions: Functions): Functions =>
  Object.fromEntries(
    Object.entries(functions).flatMap(([name, run]) => [
      [name, run],
      [`must${name[0]?.toUpperCase()}${name.slice(1)}`, run],
    ]),
  )

const LISTS = twins({
  first: takes(1, 1, value => list(value)[0] ?? null),
  last: takes(1, 1, value => list(value).at(-1) ?? null),
  rest: takes(1, 1, value => list(value).slice(1)),
  initial: takes(1, 1, value => list(value).slice(0, -1)),
  push: takes(2, 2, (value, one) => [...list(value), one]),
  append: takes(2, 2, (value, one) => [...list(value), one]),
  prepend: takes(2, 2, (value, one) => [one, ...list(value)]),
  reverse: takes(1, 1, value => list(value).toReversed()),
  compact: takes(1, 1, value => list(value).filter(truth)),
  uniq: takes(1, 1, value => {
    const seen = new Set<string>()
    return list(value).filter(one => !seen.has(key(one)) && seen.add(key(one)))
  }),
  without: takes(1, MANY, (value, ...others) => {
    const gone = new Set(others.map(key))
    return list(value).filter(one => !gone.has(key(one)))
  }),
  has: takes(2, 2, (one, value) =>
    value === null || value === undefined ? false : list(value).some(other => key(other) === key(one)),
  ),
  slice: takes(1, 3, (value, from = 0n, to) =>
    list(value).slice(count(from), to === undefined ? undefined : count(to)),
  ),
  chunk: takes(2, 2, (size, value) => {
    const n = count(size)
    if (n < 1) throw new Refused('chunk needs a size above zero')
    const all = list(value)
    return Array.from({ length: Math.ceil(all.length / n) }, (_, i) => all.slice(i * n, i * n + n))
  }),
  merge: takes(1, MANY, (first, ...others) => {
    const merged = map(first)
    for (const other of others)
      for (const [name, value] of map(other)) if (!truth(merged.get(name))) merged.set(name, value)
    return merged
  }),
  mergeOverwrite: takes(1, MANY, (first, ...others) => {
    const merged = map(first)
    for (const other of others) for (const [name, value] of map(other)) merged.set(name, value)
    return merged
  }),
  deepCopy: takes(1, 1, value => copy(value)),
})

const copy = (value: Value): Value => {
  if (Array.isArray(value)) return value.map(copy)
  return value instanceof Map ? new Map([...value].map(([name, one]) => [name, copy(one)])) : value
}

function dict(...args: Value[]): Map<string, Value> {
  const made = new Map<string, Value>()
  for (let i = 0; i < args.length; i += 2) made.set(anyText(args[i]), i + 1 < args.length ? args[i + 1] : '')
  return made
}

function dig(...args: Value[]): Value {
  const from = args.at(-1)
  const byDefault = args.at(-2)
  let value: Value = map(from)
  for (const name of args.slice(0, -2)) {
    value = value instanceof Map ? value.get(text(name)) : undefined
    if (value === undefined) return byDefault
  }
  return value
}

const chosen = (value: Value, names: readonly Value[], keeps: boolean): Map<string, Value> => {
  const listed = new Set(names.map(text))
  return new Map([...map(value)].filter(([name]) => listed.has(name) === keeps))
}

const MOST = 10_000
function steps(from: bigint, to: bigint, by: bigint): Value[] {
  if (by === 0n) return []
  const n = Number((to - from) / by) + ((to - from) % by === 0n ? 0 : 1)
  if (n > MOST) throw new Refused(`a list of ${n} is too long`)
  return Array.from({ length: Math.max(0, n) }, (_, i) => from + BigInt(i) * by)
}

export const COLLECTIONS: Functions = {
  ...LISTS,
  list: (...args) => args,
  tuple: (...args) => args,
  concat: (...args) => args.flatMap(value => list(value)),
  dict,
  get: takes(2, 2, (value, name) => map(value).get(text(name)) ?? ''),
  set: takes(3, 3, (value, name, one) => map(value).set(text(name), one)),
  unset: takes(2, 2, (value, name) => {
    map(value).delete(text(name))
    return value
  }),
  hasKey: takes(2, 2, (value, name) => map(value).has(text(name))),
  keys: (...args) => args.flatMap(value => sortedEntries(map(value)).map(([name]) => name)),
  values: takes(1, 1, value => sortedEntries(map(value)).map(([, one]) => one)),
  pick: takes(1, MANY, (value, ...names) => chosen(value, names, true)),
  omit: takes(1, MANY, (value, ...names) => chosen(value, names, false)),
  pluck: takes(1, MANY, (name, ...maps) =>
    maps.flatMap(value => (map(value).has(text(name)) ? [map(value).get(text(name))] : [])),
  ),
  dig: takes(3, MANY, dig),
  until: takes(1, 1, to => steps(0n, BigInt(count(to)), count(to) < 0 ? -1n : 1n)),
  untilStep: takes(3, 3, (from, to, by) => steps(BigInt(count(from)), BigInt(count(to)), BigInt(count(by)))),
}
