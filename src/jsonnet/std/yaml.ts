import { runtimeError } from '../error.js'
import { quoted } from '../run/manifest.js'
import { numberText } from '../run/numbers.js'
import { Fn, Obj, type Value } from '../run/values.js'

/** Words that YAML would read as something else than text. */
const RESERVED = /^(?:true|false|yes|no|on|off|y|n|null|~|\.nan|[-+]?\.inf|-|---|''|)$/i
/** What would be read as a number or a date. */
const NUMERIC =
  /^(?:[-+]?[0-9._]+(?:e[-+]?[0-9]+)?|[-+]?0[xob][0-9a-f_]+|[0-9]+-[0-9]+-[0-9]+|[-+]?[0-9]+(?::[0-9]+)+)$/i
const bareKey = (key: string): boolean =>
  /^[a-zA-Z0-9_/.-]+$/.test(key) && !RESERVED.test(key) && !NUMERIC.test(key)

export function yamlText(value: Value, indentLists: boolean, quoteKeys: boolean): string {
  const write = (one: Value, margin: string): string => {
    if (one === null || typeof one === 'boolean') return String(one)
    if (typeof one === 'number') return plainNumber(one)
    if (typeof one === 'string') return text(one, margin)
    if (one instanceof Fn) throw runtimeError("couldn't manifest function as YAML")
    if (Array.isArray(one))
      return one.length === 0 ? '[]' : one.map(thunk => item(thunk.force(), margin)).join(`\n${margin}`)
    const names = one.names(false)
    if (names.length === 0) return '{}'
    return names.map(name => field(name, one.get(name), margin)).join(`\n${margin}`)
  }
  const isFull = (one: Value): boolean =>
    Array.isArray(one) ? one.length > 0 : one instanceof Obj && one.names(false).length > 0
  const item = (one: Value, margin: string): string => {
    const inner = `${margin}  `
    if (Array.isArray(one) && isFull(one)) return `-\n${inner}${write(one, inner)}`
    return `- ${write(one, isFull(one) || typeof one !== 'string' ? inner : margin)}`
  }
  const field = (name: string, one: Value, margin: string): string => {
    const key = !quoteKeys && bareKey(name) ? name : quoted(name)
    if (!isFull(one)) return `${key}: ${write(one, margin)}`
    const inner = Array.isArray(one) && !indentLists ? margin : `${margin}  `
    return `${key}:\n${inner}${write(one, inner)}`
  }
  return write(value, '')
}

/** Several lines are a block. */
function text(value: string, margin: string): string {
  if (!value.endsWith('\n')) return quoted(value)
  const lines = value.slice(0, -1).split('\n')
  return `|${lines.map(line => `\n${margin}  ${line}`).join('')}`
}

/** As short as it reads back; the reference writes YAML's numbers unlike JSON's. */
const plainNumber = (number: number): string =>
  Number.isInteger(number) ? numberText(number) : String(number)
