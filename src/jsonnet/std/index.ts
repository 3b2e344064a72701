/** `std`: https://jsonnet.org/ref/stdlib.html, as go-jsonnet has it. */

import { runtimeError } from '../error.js'
import { toText } from '../run/expect.js'
import { type Field, Obj, type Value } from '../run/values.js'
import { ARRAYS } from './arrays.js'
import { CODECS } from './codecs.js'
import { fn, type Library } from './define.js'
import { LAYOUTS } from './layouts.js'
import { MATH } from './math.js'
import { OBJECTS } from './objects.js'
import { SETS } from './sets.js'
import { STRINGS } from './strings.js'

/** What a program is given from outside. */
export interface Surroundings {
  readonly file: string
  readonly extVar: (name: string) => Value | undefined
  /** Gets what `std.trace` says. */
  readonly trace: (text: string) => void
}

const PURE: Library = { ...ARRAYS, ...CODECS, ...LAYOUTS, ...MATH, ...OBJECTS, ...SETS, ...STRINGS }
const functions = new Map(Object.entries(PURE).map(([name, [params, run]]) => [name, fn(params, run)]))

export function standardLibrary({ file, extVar, trace }: Surroundings): Obj {
  const all = new Map<string, Value>([...functions, ['pi', Math.PI], ['thisFile', file]])
  all.set(
    'extVar',
    fn('x', x => {
      const name = toText(x.force())
      const value = extVar(name)
      if (value === undefined) throw runtimeError(`Undefined external variable: ${name}`)
      return value
    }),
  )
  all.set(
    'native',
    fn('x', () => null),
  )
  all.set(
    'trace',
    fn('str rest', (str, rest) => {
      trace(toText(str.force()))
      return rest.force()
    }),
  )
  const fields = new Map<string, Field>()
  for (const [name, value] of all) fields.set(name, { visibility: '::', value: () => value })
  return new Obj([{ fields, asserts: [] }])
}
