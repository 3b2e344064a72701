/** Files that hold Kratos' configuration somewhere inside, or not at all: a ConfigMap, Helm's values, another program's. */
import type { Json } from '../../store/model.js'
import { CONFIG_KEYS } from '../keys.js'
import { isSection } from '../paths.js'

const KNOWN = new Set(Object.keys(CONFIG_KEYS['properties'] as object))
/** Whoever has one of these at the top means Kratos. */
const CERTAIN = ['selfservice', 'identity', 'serve', 'session', 'courier', 'urls']
const DEEP = 4

/** What to say of a file without a key that only Kratos has; undefined for everything else. */
export function notKratos(value: Json): string | undefined {
  const keys = isSection(value) ? Object.keys(value) : []
  const unknown = keys.filter(key => !KNOWN.has(key))
  if (unknown.length === 0 || keys.some(key => CERTAIN.includes(key))) return undefined
  const inside = placeInside(value, [])
  if (!inside && unknown.length < keys.length) return undefined
  const found =
    inside && `; what looks like one is below ${inside.join(' > ')}: save that as a file of its own`
  return `this is not a configuration of Kratos: ${shown(unknown)} ${unknown.length === 1 ? 'is' : 'are'} none of its keys${found ?? ''}`
}

const shown = (keys: readonly string[]): string =>
  keys.length > 4 ? `${keys.slice(0, 4).join(', ')} and others` : keys.join(', ')

/** Where a section or a text has Kratos' own keys. */
function placeInside(value: Json, path: string[]): string[] | undefined {
  if (typeof value === 'string') return /^selfservice:/m.test(value) ? path : undefined
  if (!isSection(value) || path.length > DEEP) return undefined
  if (path.length > 0 && isSection(value['selfservice'])) return path
  for (const [key, inner] of Object.entries(value)) {
    const found = placeInside(inner, [...path, key])
    if (found) return found
  }
  return undefined
}
