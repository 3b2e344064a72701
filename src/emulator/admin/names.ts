import type { Json, JsonObject } from '../store/model.js'

/** The names of a struct as Go's decoder finds them: exactly, or else in any case; what comes last counts. */
export function foldNames(value: JsonObject, names: readonly string[]): JsonObject {
  const known = new Map(names.map(name => [name.toLowerCase(), name]))
  const folded: Record<string, Json> = {}
  for (const [key, inner] of Object.entries(value)) folded[known.get(key.toLowerCase()) ?? key] = inner
  return folded
}
