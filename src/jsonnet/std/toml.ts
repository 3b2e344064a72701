import { runtimeError } from '../error.js'
import { quoted } from '../run/manifest.js'
import { numberText } from '../run/numbers.js'
import { Fn, Obj, type Thunk, typeOf, type Value } from '../run/values.js'

const bare = (key: string): string => (/^[A-Za-z0-9_-]+$/.test(key) ? key : quoted(key))
const isTables = (value: Value): value is Thunk[] =>
  Array.isArray(value) && value.length > 0 && value.every(thunk => thunk.force() instanceof Obj)

/** Tables below a table get a heading of their own, each a step further in. */
export function tomlText(table: Obj, indent: string): string {
  return tableBody(table, [], '', indent)
}

function tableBody(table: Obj, path: readonly string[], margin: string, indent: string): string {
  const all = table.names(false).map(name => [name, table.get(name)] as const)
  const plain = all.filter(([, value]) => !(value instanceof Obj) && !isTables(value))
  const tables = all.filter(([, value]) => value instanceof Obj || isTables(value))
  const lines = plain
    .map(([name, value]) => `${margin}${bare(name)} = ${inline(value, margin, indent, false)}`)
    .join('\n')
  const sections = tables.map(([name, value]) => section(value, [...path, name], margin, indent))
  return [lines, ...sections]
    .filter((part, at) => at > 0 || part !== '' || sections.length === 0)
    .join('\n\n')
}

function section(value: Value, path: readonly string[], margin: string, indent: string): string {
  const heading = path.map(bare).join('.')
  if (value instanceof Obj) return headed(`${margin}[${heading}]`, value, path, margin, indent)
  return (value as Thunk[])
    .map(thunk => headed(`${margin}[[${heading}]]`, thunk.force() as Obj, path, margin, indent))
    .join('\n\n')
}
function headed(
  heading: string,
  table: Obj,
  path: readonly string[],
  margin: string,
  indent: string,
): string {
  const names = table.names(false)
  if (names.length === 0) return heading
  const onlyTables = names.every(name => table.get(name) instanceof Obj || isTables(table.get(name)))
  return `${heading}${onlyTables ? '\n\n' : '\n'}${tableBody(table, path, margin + indent, indent)}`
}

function inline(value: Value, margin: string, indent: string, nested: boolean): string {
  if (value === null) throw runtimeError('Tried to manifest "null"')
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return numberText(value)
  if (value instanceof Fn) throw runtimeError(`Tried to manifest function (${typeOf(value)})`)
  if (Array.isArray(value)) return list(value, margin, indent, nested)
  const fields = value
    .names(false)
    .map(name => `${bare(name)} = ${inline(value.get(name), '', indent, true)}`)
  return fields.length === 0 ? '{  }' : `{ ${fields.join(', ')} }`
}
function list(all: Thunk[], margin: string, indent: string, nested: boolean): string {
  if (all.length === 0) return '[]'
  const [between, inner, end] = nested ? [' ', '', ' '] : ['\n', margin + indent, `\n${margin}`]
  const items = all.map(thunk => inner + inline(thunk.force(), '', indent, true))
  return `[${nested ? ' ' : '\n'}${items.join(`,${between}`)}${end}]`
}
