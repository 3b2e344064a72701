/** Values by their path in a configuration. */
import type { Json, JsonObject } from '../store/model.js'

export type Steps = readonly string[]

export const isSection = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function get(value: Json | undefined, path: Steps): Json | undefined {
  let here: Json | undefined = value
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined
    here = (here as JsonObject)[step]
  }
  return here
}

/** Makes what is missing on the way: lists where a step is a number, else sections. */
export function set(value: JsonObject, path: Steps, to: Json): void {
  let here = value
  for (const [i, step] of path.slice(0, -1).entries()) {
    const next = Object.hasOwn(here, step) ? here[step] : undefined
    if (typeof next !== 'object' || next === null) here[step] = /^\d+$/.test(path[i + 1]!) ? [] : {}
    here = here[step] as JsonObject
  }
  here[path.at(-1)!] = to
}

export function take(value: JsonObject, path: Steps): Json {
  const around = get(value, path.slice(0, -1)) as JsonObject
  const taken = around[path.at(-1)!] as Json
  delete around[path.at(-1)!]
  return taken
}

export interface Match {
  path: string[]
  /** What the stars of the pattern stand for. */
  stars: string[]
}

/** Every place that a pattern means; `*` is any key or place of a list. */
export function matches(value: Json | undefined, pattern: Steps): Match[] {
  const [step, ...rest] = pattern
  if (step === undefined) return value === undefined ? [] : [{ path: [], stars: [] }]
  if (typeof value !== 'object' || value === null) return []
  const inner = (key: string): Match[] =>
    matches((value as JsonObject)[key], rest).map(({ path, stars }) => ({
      path: [key, ...path],
      stars: step === '*' ? [key, ...stars] : stars,
    }))
  if (step === '*') return Object.keys(value).flatMap(inner)
  return Object.hasOwn(value, step) ? inner(step) : []
}

/** How many steps of a path there are in a value. */
export function depthOf(value: Json | undefined, path: readonly (string | number)[]): number {
  const missing = path.findIndex((_, i) => get(value, path.slice(0, i + 1).map(String)) === undefined)
  return missing < 0 ? path.length : missing
}
