import { runtimeError } from '../error.js'
import { finite, toBoolean, toInteger, toNumber } from '../run/expect.js'
import { modulo } from '../run/operators.js'
import { typeOf } from '../run/values.js'
import type { Library } from './define.js'

const one = (run: (x: number) => number): Library[string] => [
  'x',
  x => finite(run(toNumber((x as NonNullable<typeof x>).force()))),
]

const round = (x: number): number => (x < 0 ? -Math.round(-x) : Math.round(x))

/** `mantissa * 2 ** exponent`, the mantissa from a half to one. */
function split(x: number): { mantissa: number; exponent: number } {
  if (x === 0) return { mantissa: x, exponent: 0 }
  let exponent = Math.max(-1023, Math.floor(Math.log2(Math.abs(x))) + 1)
  let mantissa = x * 2 ** -exponent
  for (; Math.abs(mantissa) < 0.5; exponent--) mantissa *= 2
  for (; Math.abs(mantissa) >= 1; exponent++) mantissa /= 2
  return { mantissa, exponent }
}

export const MATH: Library = {
  abs: one(Math.abs),
  acos: one(Math.acos),
  asin: one(Math.asin),
  atan: one(Math.atan),
  atan2: ['y x', (y, x) => finite(Math.atan2(toNumber(y.force()), toNumber(x.force())))],
  ceil: one(Math.ceil),
  clamp: [
    'x minVal maxVal',
    (x, low, high) => {
      const [value, least, most] = [toNumber(x.force()), toNumber(low.force()), toNumber(high.force())]
      return value < least ? least : value > most ? most : value
    },
  ],
  cos: one(Math.cos),
  deg2rad: one(x => (x * Math.PI) / 180),
  exp: one(Math.exp),
  exponent: one(x => split(x).exponent),
  floor: one(Math.floor),
  hypot: ['a b', (a, b) => finite(Math.hypot(toNumber(a.force()), toNumber(b.force())))],
  isDecimal: ['x', x => !Number.isInteger(toNumber(x.force()))],
  isEven: ['x', x => Math.trunc(toNumber(x.force())) % 2 === 0],
  isInteger: ['x', x => Number.isInteger(toNumber(x.force()))],
  isOdd: ['x', x => Math.abs(Math.trunc(toNumber(x.force())) % 2) === 1],
  log: one(Math.log),
  log10: one(Math.log10),
  log2: one(Math.log2),
  mantissa: one(x => split(x).mantissa),
  max: [
    'a b',
    (a, b) => {
      const [left, right] = numbers('max', a.force(), b.force())
      return Math.max(left, right)
    },
  ],
  min: [
    'a b',
    (a, b) => {
      const [left, right] = numbers('min', a.force(), b.force())
      return Math.min(left, right)
    },
  ],
  mod: ['a b', (a, b) => modulo(a.force(), b.force())],
  modulo: [
    'x y',
    (x, y) => {
      const [a, b] = [toNumber(x.force()), toNumber(y.force())]
      if (b === 0) throw runtimeError('Division by zero.')
      return finite(a % b)
    },
  ],
  pow: ['x n', (x, n) => finite(toNumber(x.force()) ** toNumber(n.force()))],
  rad2deg: one(x => (x * 180) / Math.PI),
  round: one(round),
  sign: one(Math.sign),
  sin: one(Math.sin),
  sqrt: one(Math.sqrt),
  tan: one(Math.tan),
  xnor: ['x y', (x, y) => toBoolean(x.force()) === toBoolean(y.force())],
  xor: ['x y', (x, y) => toBoolean(x.force()) !== toBoolean(y.force())],
  char: [
    'n',
    n => {
      const code = toInteger(n.force())
      if (code < 0 || code > 0x10ffff)
        throw runtimeError(`Codepoints must be between 0 and 0x10ffff, got ${code}`)
      return String.fromCodePoint(code)
    },
  ],
}

function numbers(name: string, a: unknown, b: unknown): [number, number] {
  if (typeof a !== 'number')
    throw runtimeError(`std.${name} first param expected number, got ${typeOf(a as never)}`)
  if (typeof b !== 'number')
    throw runtimeError(`std.${name} second param expected number, got ${typeOf(b as never)}`)
  return [a, b]
}
