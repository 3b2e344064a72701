/** `printf`: https://pkg.go.dev/fmt */
import { kindOf, shown, type Value } from './value.js'

const VERB = /%([-+# 0]*)(\d+|\*)?(?:\.(\d+|\*)?)?([a-zA-Z%])/g

export function sprintf(format: string, args: readonly Value[]): string {
  let used = 0
  const text = format.replace(
    VERB,
    (whole, flags: string, width: string, precision: string, verb: string) => {
      if (verb === '%') return '%'
      const size = width === '*' ? Number(args[used++] ?? 0) : Number(width ?? 0)
      const digits = precision === '*' ? Number(args[used++] ?? 0) : precision
      if (used >= args.length) return `%!${verb}(MISSING)`
      const exact = digits === undefined ? (whole.includes('.') ? 0 : undefined) : Number(digits)
      return padded(formatted(verb, args[used++], flags, exact), flags, size)
    },
  )
  const extra = args.slice(used).map(value => `${kindOf(value)}=${shown(value)}`)
  return extra.length > 0 ? `${text}%!(EXTRA ${extra.join(', ')})` : text
}

function padded(text: string, flags: string, size: number): string {
  const missing = Math.max(0, size - [...text].length)
  if (missing === 0) return text
  if (flags.includes('-')) return text + ' '.repeat(missing)
  if (!flags.includes('0')) return ' '.repeat(missing) + text
  const sign = /^[+-]/.exec(text)?.[0] ?? ''
  return sign + '0'.repeat(missing) + text.slice(sign.length)
}

const signed = (text: string, flags: string): string =>
  flags.includes('+') && !text.startsWith('-')
    ? `+${text}`
    : flags.includes(' ') && !text.startsWith('-')
      ? ` ${text}`
      : text

function formatted(verb: string, value: Value, flags: string, precision: number | undefined): string {
  const wrong = `%!${verb}(${kindOf(value) === 'nil' ? '<nil>' : `${kindOf(value)}=${shown(value)}`})`
  if (verb === 'v') return shown(value)
  if (verb === 'T') return kindOf(value) === 'nil' ? '<nil>' : kindOf(value)
  if (typeof value === 'string') return ofText(verb, value, precision) ?? wrong
  if (typeof value === 'bigint') return ofWhole(verb, value, flags) ?? wrong
  if (typeof value === 'number') return ofFloat(verb, value, flags, precision) ?? wrong
  if (typeof value === 'boolean') return verb === 't' ? String(value) : wrong
  if (Array.isArray(value)) return `[${value.map(one => formatted(verb, one, flags, precision)).join(' ')}]`
  return verb === 's' && value instanceof Map ? shown(value) : wrong
}

const cut = (value: string, precision: number | undefined): string =>
  precision === undefined ? value : [...value].slice(0, precision).join('')

function ofText(verb: string, value: string, precision: number | undefined): string | undefined {
  if (verb === 's') return cut(value, precision)
  if (verb === 'q') return quoted(cut(value, precision))
  if (verb === 'x') return Buffer.from(value).toString('hex')
  return verb === 'X' ? Buffer.from(value).toString('hex').toUpperCase() : undefined
}

/** A Go text in quotes. */
export const quoted = (value: string): string =>
  JSON.stringify(value)
    .replace(/\\u00([01][\da-f])/g, '\\x$1')
    .replace('\\x07', '\\a')
    .replace('\\x0b', '\\v')

function ofWhole(verb: string, value: bigint, flags: string): string | undefined {
  if (verb === 'd') return signed(String(value), flags)
  if (verb === 'x') return value.toString(16)
  if (verb === 'X') return value.toString(16).toUpperCase()
  if (verb === 'o') return value.toString(8)
  if (verb === 'b') return value.toString(2)
  return verb === 'c' ? String.fromCodePoint(Number(value)) : undefined
}

function ofFloat(
  verb: string,
  value: number,
  flags: string,
  precision: number | undefined,
): string | undefined {
  if (verb === 'f' || verb === 'F') return signed(value.toFixed(precision ?? 6), flags)
  if (verb === 'e')
    return signed(value.toExponential(precision ?? 6).replace(/e([+-])(\d)$/, 'e$10$2'), flags)
  return verb === 'g'
    ? signed(shown(precision === undefined ? value : Number(value.toPrecision(precision || 1))), flags)
    : undefined
}
