/**
 * The tree of reasons that Kratos' admin API answers with, one line a failure:
 * `I[#/traits] S[#/properties/traits] validation failed` and, two blanks deeper, what it consists of.
 */
import { type Failure, pointer } from './failures.js'

interface Reason {
  instance: string[]
  schema: string[]
  message: string
  causes: Reason[]
  /** What a reason without causes stands for. */
  failure?: Failure
}

/** Keywords that lead from a schema to one of several schemas in it: they take two segments, the others one. */
const STEPS = new Map([
  ['properties', 2],
  ['patternProperties', 2],
  ['definitions', 2],
  ['allOf', 2],
  ['anyOf', 2],
  ['oneOf', 2],
])
const TAKES_INSTANCE = new Set(['properties', 'patternProperties', 'additionalProperties', 'items'])
const ALTERNATIVES = new Set(['anyOf', 'oneOf'])
const WRAPPED = new Map([
  ['allOf', 'allOf failed'],
  ['then', 'if-then failed'],
  ['else', 'if-else failed'],
])

/** In which order the rules of one schema are checked; the schemas inside count as `properties`. */
const ORDER = [
  ...['type', 'const', 'enum', 'format', 'not', 'allOf', 'anyOf', 'oneOf', 'then', 'else'],
  ...[
    'minProperties',
    'maxProperties',
    'required',
    'properties',
    'patternProperties',
    'additionalProperties',
  ],
  ...['dependencies', 'minItems', 'maxItems', 'uniqueItems', 'items', 'additionalItems'],
  ...['minLength', 'maxLength', 'pattern', 'minimum', 'exclusiveMinimum', 'maximum', 'exclusiveMaximum'],
  ...['multipleOf', 'extension'],
]
const rank = (keyword: string): number => {
  const at = ORDER.indexOf(keyword)
  return at < 0 ? ORDER.length : at
}

/** Failures in the order in which Kratos tells them. */
export function inOrder(failures: readonly Failure[]): Failure[] {
  return reasonsAt(failures, [], []).flatMap(leaves)
}

/** The whole text, or undefined if nothing failed. */
export function reasonText(failures: readonly Failure[]): string | undefined {
  const top = collapse(reasonsAt(failures, [], []), [], [])
  return top && lines(top).join('\n')
}

const leaves = (reason: Reason): Failure[] =>
  reason.failure ? [reason.failure] : reason.causes.flatMap(leaves)

function reasonsAt(failures: readonly Failure[], schema: string[], instance: string[]): Reason[] {
  const groups = new Map<string, Failure[]>()
  for (const failure of failures) {
    const key = groupKey(failure, schema.length, instance.length)
    groups.set(key, [...(groups.get(key) ?? []), failure])
  }
  const ordered = [...groups.values()].sort(
    (a, b) => rankAt(a[0]!, schema.length) - rankAt(b[0]!, schema.length),
  )
  return ordered.flatMap(group => {
    const keyword = group[0]!.schema[schema.length]
    if (keyword === undefined) return group.map(leaf)
    if (ALTERNATIVES.has(keyword)) return [alternatives(group, schema, instance, keyword)]
    const within = descend(group[0]!, schema, instance)
    const cause = collapse(reasonsAt(group, within.schema, within.instance), within.schema, within.instance)
    if (!cause) return []
    const message = WRAPPED.get(keyword)
    return message ? [{ ...within, message, causes: [cause] }] : [cause]
  })
}

/** `anyOf` and `oneOf` fail once, for as many causes as there are branches. */
function alternatives(group: Failure[], schema: string[], instance: string[], keyword: string): Reason {
  const branches = new Set(group.map(f => f.schema[schema.length + 1]!))
  const causes = [...branches].flatMap(branch => {
    const within = [...schema, keyword, branch]
    const own = group.filter(f => f.schema[schema.length + 1] === branch)
    return collapse(reasonsAt(own, within, instance), within, instance) ?? []
  })
  return { schema: [...schema, keyword], instance, message: `${keyword} failed`, causes }
}

function leaf(failure: Failure): Reason {
  const { instance, message } = failure
  const schema = failure.keyword === 'extension' ? failure.schema : [...failure.schema, failure.keyword]
  return { instance, schema, message, causes: [], failure }
}

function descend(
  failure: Failure,
  schema: string[],
  instance: string[],
): Pick<Reason, 'schema' | 'instance'> {
  const keyword = failure.schema[schema.length]!
  const taken = takes(failure, schema.length)
  const deeper = TAKES_INSTANCE.has(keyword) ? failure.instance.slice(0, instance.length + 1) : instance
  return { schema: failure.schema.slice(0, schema.length + taken), instance: deeper }
}

/** `items` is followed by an index where the schema lists one schema per position. */
function takes(failure: Failure, at: number): number {
  const keyword = failure.schema[at]!
  if (keyword === 'items' && /^\d+$/.test(failure.schema[at + 1] ?? '')) return 2
  return STEPS.get(keyword) ?? 1
}

function groupKey(failure: Failure, at: number, depth: number): string {
  const keyword = failure.schema[at]
  if (keyword === undefined) return `${failure.keyword} ${failure.message}`
  if (ALTERNATIVES.has(keyword)) return keyword
  const own = failure.schema.slice(at, at + takes(failure, at)).join('/')
  return TAKES_INSTANCE.has(keyword) ? `${own} ${failure.instance.slice(0, depth + 1).join('/')}` : own
}

/** The extension is asked last, even where it speaks about one of the schema's own keywords. */
function rankAt(failure: Failure, at: number): number {
  const ownKeyword = failure.keyword === 'extension' && failure.schema.length <= at + 1
  return rank(ownKeyword ? 'extension' : (failure.schema[at] ?? failure.keyword))
}

function collapse(reasons: Reason[], schema: string[], instance: string[]): Reason | undefined {
  if (reasons.length <= 1) return reasons[0]
  return { schema, instance, message: 'validation failed', causes: reasons }
}

function lines(reason: Reason): string[] {
  const own = `I[${pointer(reason.instance)}] S[${pointer(reason.schema)}] ${reason.message}`
  return [own, ...reason.causes.flatMap(cause => lines(cause).map(line => `  ${line}`))]
}
