/** `%` on texts, as Python has it: https://jsonnet.org/ref/stdlib.html#format */

import { runtimeError } from '../error.js'
import { measure } from './budget.js'
import { asText } from './manifest.js'
import { Obj, type Thunk, typeOf, type Value } from './values.js'

interface Directive {
  key: string | undefined
  flags: string
  width: number | '*'
  precision: number | '*' | undefined
  conversion: string
}
const DIRECTIVE = /%(?:\(([^)]*)\))?([#0\- +]*)(\*|[0-9]*)(?:\.(\*|[0-9]*))?[hlL]?([\s\S]?)/g

export function formatted(format: string, given: Value): string {
  const next = given instanceof Obj ? undefined : inOrder(Array.isArray(given) ? given : [given])
  let text = ''
  let end = 0
  for (const match of format.matchAll(DIRECTIVE)) {
    text += format.slice(end, match.index)
    end = match.index + match[0].length
    text += one(directive(match), given, next)
    measure(text.length)
  }
  next?.finish()
  return text + format.slice(end)
}

function directive([, key, flags = '', width = '', precision, conversion = '']: RegExpMatchArray): Directive {
  if (conversion === '') throw runtimeError('Truncated format code.')
  if (!'diouxXeEfFgGcs%'.includes(conversion))
    throw runtimeError(`Unrecognised conversion type: ${conversion}`)
  return {
    key,
    flags,
    width: width === '*' ? '*' : Number(width),
    precision: precision === undefined ? undefined : precision === '*' ? '*' : Number(precision),
    conversion,
  }
}

interface InOrder {
  take: () => Value
  finish: () => void
}
function inOrder(values: readonly (Thunk | Value)[]): InOrder {
  let at = 0
  return {
    take() {
      if (at >= values.length)
        throw runtimeError(`Not enough values to format: ${values.length}, expected more than ${at}`)
      const value = values[at++] as Thunk | Value
      return value !== null && typeof value === 'object' && 'force' in value
        ? value.force()
        : (value as Value)
    },
    finish() {
      if (at < values.length)
        throw runtimeError(`Too many values to format: ${values.length}, expected ${at}`)
    },
  }
}

function one(code: Directive, given: Value, next: InOrder | undefined): string {
  const width = code.width === '*' ? star(next) : code.width
  const precision = code.precision === '*' ? star(next) : code.precision
  measure(Math.max(width, precision ?? 0))
  const text =
    code.conversion === '%' ? '%' : converted(code, argumentOf(code, given, next), width, precision)
  const missing = ' '.repeat(Math.max(0, width - [...text].length))
  return code.flags.includes('-') ? text + missing : missing + text
}

function star(next: InOrder | undefined): number {
  if (!next) throw runtimeError('Cannot use * field width with object.')
  const value = next.take()
  if (typeof value !== 'number') throw runtimeError(`Unexpected type ${typeOf(value)}, expected number`)
  return value
}

function argumentOf({ key }: Directive, given: Value, next: InOrder | undefined): Value {
  if (next) return next.take()
  if (key === undefined) throw runtimeError('Mapping keys required.')
  const object = given as Obj
  if (object.find(key) < 0) throw runtimeError(`No such field: ${key}`)
  return object.get(key)
}

function converted(code: Directive, value: Value, width: number, precision: number | undefined): string {
  const { conversion } = code
  if (conversion === 's') return asText(value)
  if (conversion === 'c') return character(value)
  if (typeof value !== 'number') throw runtimeError(`Format required number at 0, got ${typeOf(value)}`)
  const { prefix, digits } = number(code, value, precision)
  const sign = value < 0 ? '-' : code.flags.includes('+') ? '+' : code.flags.includes(' ') ? ' ' : ''
  const head = sign + prefix
  const zeros =
    code.flags.includes('0') && !code.flags.includes('-')
      ? Math.max(0, width - head.length - digits.length)
      : 0
  return head + '0'.repeat(zeros) + digits
}

function character(value: Value): string {
  if (typeof value === 'number') return String.fromCodePoint(value)
  if (typeof value === 'string' && [...value].length === 1) return value
  throw runtimeError(
    typeof value === 'string'
      ? `%c expected 1-sized string got: ${[...value].length}`
      : `%c expected number / string, got: ${typeOf(value)}`,
  )
}

function number(
  { conversion, flags }: Directive,
  value: number,
  precision = -1,
): { prefix: string; digits: string } {
  const size = Math.abs(value)
  const alternate = flags.includes('#')
  switch (conversion) {
    case 'o':
    case 'x':
    case 'X':
      return { ...radix(conversion, Math.floor(size), alternate, precision) }
    case 'd':
    case 'i':
    case 'u':
      return { prefix: '', digits: BigInt(Math.floor(size)).toString().padStart(precision, '0') }
    default:
      return { prefix: '', digits: floating(conversion, size, precision < 0 ? 6 : precision, alternate) }
  }
}

function radix(
  conversion: string,
  size: number,
  alternate: boolean,
  precision: number,
): { prefix: string; digits: string } {
  const digits = BigInt(size)
    .toString(conversion === 'o' ? 8 : 16)
    .padStart(precision, '0')
  const upper = conversion === 'X'
  const prefix = !alternate ? '' : conversion === 'o' ? '0' : '0x'
  return { prefix: upper ? prefix.toUpperCase() : prefix, digits: upper ? digits.toUpperCase() : digits }
}

function floating(conversion: string, size: number, precision: number, alternate: boolean): string {
  const kind = conversion.toLowerCase()
  const text =
    kind === 'f'
      ? fixed(size, precision, alternate)
      : kind === 'e'
        ? scientific(size, precision, alternate)
        : general(size, precision, alternate)
  return conversion === kind ? text : text.toUpperCase()
}

function fixed(size: number, precision: number, alternate: boolean): string {
  const whole = Math.floor(size)
  const scale = 10 ** precision
  const numerator = size * scale + 0.5
  const carried = Math.floor(numerator / scale)
  const fraction = Math.floor(numerator) - carried * scale
  const base = Number.isFinite(numerator) ? carried : whole
  if (precision === 0) return BigInt(base).toString() + (alternate ? '.' : '')
  return `${BigInt(base)}.${BigInt(Math.max(0, Number.isFinite(fraction) ? fraction : 0))
    .toString()
    .padStart(precision, '0')}`
}

function scientific(size: number, precision: number, alternate: boolean): string {
  const exponent = size === 0 ? 0 : Math.floor(Math.log(size) / Math.log(10))
  const mantissa = exponent === -324 ? (size * 10) / 10 ** (exponent + 1) : size / 10 ** exponent
  return `${fixed(mantissa, precision, alternate)}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

function general(size: number, precision: number, alternate: boolean): string {
  const exponent = size === 0 ? 0 : Math.floor(Math.log(size) / Math.log(10))
  if (exponent < -4 || exponent >= precision)
    return stripped(scientific(size, precision - 1, alternate), alternate)
  const digits = Math.max(1, exponent + 1)
  return stripped(fixed(size, precision - digits, alternate), alternate)
}
function stripped(text: string, alternate: boolean): string {
  if (alternate) return text
  const [mantissa = '', exponent] = text.split('e')
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa
  return exponent === undefined ? short : `${short}e${exponent}`
}
