/** Values as JSON, in the layouts that Jsonnet knows. */

import { runtimeError } from '../error.js'
import { measure, step } from './budget.js'
import { numberText } from './numbers.js'
import { Fn, Obj, type Value } from './values.js'

export interface Layout {
  indent: string
  newline: string
  /** Between a name and its value. */
  colon: string
  /** How something empty is written: `[ ]` in a result, `[]` in texts of `std.manifestJson`. */
  empty: (open: string, close: string, inner: string) => string
}
/** What a program's result looks like. */
export const RESULT: Layout = {
  indent: '   ',
  newline: '\n',
  colon: ': ',
  empty: (open, close) => `${open} ${close}`,
}
const ONE_LINE: Layout = { ...RESULT, indent: '', newline: ' ' }

export const quoted = (text: string): string =>
  JSON.stringify(text).replaceAll(
    /[\u007f-\u009f]/g,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** What `std.toString` and `+` make of a value. */
export function asText(value: Value): string {
  if (typeof value === 'string') return value
  return manifest(value, { ...ONE_LINE, newline: '' }, '', ', ')
}

export function manifest(value: Value, layout: Layout, margin = '', comma = `,${layout.newline}`): string {
  step(1)
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'string') return quoted(value)
  if (value instanceof Fn) throw runtimeError("couldn't manifest function as JSON")
  const inner = margin + layout.indent
  const [open, close] = value instanceof Obj ? '{}' : '[]'
  const items =
    value instanceof Obj
      ? fields(value).map(
          ([name, field]) =>
            `${inner}${quoted(name)}${layout.colon}${manifest(field(), layout, inner, comma)}`,
        )
      : value.map(thunk => inner + manifest(thunk.force(), layout, inner, comma))
  if (items.length === 0) return layout.empty(open as string, close as string, margin)
  const text = `${open}${layout.newline}${items.join(comma)}${layout.newline}${margin}${close}`
  measure(text.length)
  return text
}

function fields(object: Obj): [string, () => Value][] {
  object.check()
  return object.names(false).map(name => [name, () => object.get(name)])
}
