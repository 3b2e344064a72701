/** What functions look like, and how they take their arguments. */
import { Refused } from './error.js'
import { kindOf, shown, type Value } from './value.js'

/** A function of templates; what it refuses it throws as {@link Refused}. */
export type TemplateFunction = (...args: Value[]) => Value
export type Functions = Readonly<Record<string, TemplateFunction>>

/** Refuses a call with too few or too many arguments. */
export const takes =
  (least: number, most: number, run: TemplateFunction): TemplateFunction =>
  (...args) => {
    if (args.length < least || args.length > most)
      throw new Refused(
        `wrong number of args: want ${least === most ? least : `${least} to ${most}`} got ${args.length}`,
      )
    return run(...args)
  }

export const wrongType = (expected: string, value: Value): Refused =>
  new Refused(`wrong type for value; expected ${expected}; got ${kindOf(value)}`)

export function text(value: Value): string {
  if (typeof value !== 'string') throw wrongType('string', value)
  return value
}
export function whole(value: Value): bigint {
  if (typeof value !== 'bigint') throw wrongType('int', value)
  return value
}
export const count = (value: Value): number => Number(whole(value))
export function list(value: Value): readonly Value[] {
  if (!Array.isArray(value)) throw wrongType('[]interface {}', value)
  return value as readonly Value[]
}
export function map(value: Value): Map<string, Value> {
  if (!(value instanceof Map)) throw wrongType('map[string]interface {}', value)
  return value
}

/** What sprig takes anything for that it makes a text of. */
export const anyText = (value: Value): string => (value === undefined || value === null ? '' : shown(value))
