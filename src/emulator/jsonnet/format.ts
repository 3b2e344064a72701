import { JsonnetError } from './syntax.js'
import { JsonnetArray, JsonnetObject, toText, typeOf, type Value } from './values.js'

const CODE = /%(?:\(([^)]*)\))?([#0\- +]*)(\*|\d+)?(?:\.(\*|\d+))?([diouxXeEfFgGcs%])/g

/** `std.format` and `string % values`: Python's old formatting. */
export function format(pattern: string, values: Value): string {
  const list = values instanceof JsonnetArray ? values.values() : [values]
  let next = 0
  const take = (): Value => {
    if (next >= list.length) throw new JsonnetError('not enough values to format')
    return list[next++]!
  }
  return pattern.replace(
    CODE,
    (_, key?: string, flags = '', width?: string, precision?: string, code = 's') => {
      if (code === '%') return '%'
      const size = width === '*' ? Number(take()) : Number(width ?? 0)
      const digits =
        precision === '*' ? Number(take()) : precision === undefined ? undefined : Number(precision)
      const value = key === undefined ? take() : field(values, key)
      return pad(convert(value, code as string, digits, flags as string), size, flags as string)
    },
  )
}

function field(values: Value, key: string): Value {
  if (values instanceof JsonnetObject) return values.get(key)
  throw new JsonnetError(`%(${key}) needs an object`)
}

function convert(value: Value, code: string, digits: number | undefined, flags: string): string {
  if (code === 's') return toText(value)
  if (code === 'c') return typeof value === 'number' ? String.fromCodePoint(value) : toText(value)
  if (typeof value !== 'number') throw new JsonnetError(`%${code} needs a number, not ${typeOf(value)}`)
  const sign = value < 0 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const written = magnitude(Math.abs(value), code, digits)
  return sign + written
}

function magnitude(value: number, code: string, digits: number | undefined): string {
  const whole = (radix: number): string =>
    Math.floor(value)
      .toString(radix)
      .padStart(digits ?? 0, '0')
  switch (code) {
    case 'o':
      return whole(8)
    case 'x':
      return whole(16)
    case 'X':
      return whole(16).toUpperCase()
    case 'e':
    case 'E':
      return value
        .toExponential(digits ?? 6)
        .replace(/e([+-])(\d)$/, 'e$10$2')
        [code === 'E' ? 'toUpperCase' : 'toString']()
    case 'f':
    case 'F':
      return value.toFixed(digits ?? 6)
    case 'g':
    case 'G':
      return String(Number(value.toPrecision(digits || 6)))
    default:
      return whole(10)
  }
}

function pad(written: string, size: number, flags: string): string {
  if (flags.includes('-')) return written.padEnd(size)
  if (!flags.includes('0')) return written.padStart(size)
  const [, sign = '', rest = ''] = /^([+\- ]?)(.*)$/s.exec(written) ?? []
  return sign + rest.padStart(size - sign.length, '0')
}
