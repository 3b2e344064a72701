/** Numbers: https://masterminds.github.io/sprig/math.html */
import { Refused } from '../error.js'
import { count, type Functions, takes, text } from '../functions.js'
import type { Value } from '../value.js'

const MANY = Number.POSITIVE_INFINITY

/** Sprig takes anything for a number; what is none is zero. */
function int64(value: Value): bigint {
  if (typeof value === 'bigint') return BigInt.asIntN(64, value)
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n
  if (typeof value === 'boolean') return value ? 1n : 0n
  return typeof value === 'string' && /^[+-]?\d+$/.test(value) ? BigInt(value) : 0n
}
function float64(value: Value): number {
  if (typeof value === 'number') return value
  if (typeof value === 'string') return Number.isNaN(Number(value)) || value.trim() === '' ? 0 : Number(value)
  return Number(int64(value))
}
/** A float of Go that is whole prints as one. */
const folded = (run: (one: bigint, other: bigint) => bigint) =>
  takes(1, MANY, (...args) => args.map(int64).reduce((one, other) => BigInt.asIntN(64, run(one, other))))
const divided = (run: (one: bigint, other: bigint) => bigint) =>
  takes(2, 2, (one, other) => {
    if (int64(other) === 0n) throw new Refused('runtime error: integer divide by zero')
    return run(int64(one), int64(other))
  })
const floats = (run: (one: number, other: number) => number) =>
  takes(1, MANY, (...args) => args.map(float64).reduce(run))

function rounded(value: Value, digits: Value, half: Value = 0.5): number {
  const factor = 10 ** count(digits)
  const scaled = float64(value) * factor
  const part = scaled % 1
  const up = scaled >= 0 ? part >= float64(half) : part <= -float64(half)
  return (Math.trunc(scaled) + (up ? Math.sign(scaled) : 0)) / factor
}

export const NUMBERS: Functions = {
  int: takes(1, 1, int64),
  int64: takes(1, 1, int64),
  float64: takes(1, 1, float64),
  atoi: takes(1, 1, value => (/^[+-]?\d+$/.test(text(value)) ? BigInt(text(value)) : 0n)),
  add1: takes(1, 1, value => int64(value) + 1n),
  add: folded((one, other) => one + other),
  sub: takes(2, 2, (one, other) => int64(one) - int64(other)),
  mul: folded((one, other) => one * other),
  div: divided((one, other) => one / other),
  mod: divided((one, other) => one % other),
  max: folded((one, other) => (one > other ? one : other)),
  biggest: folded((one, other) => (one > other ? one : other)),
  min: folded((one, other) => (one < other ? one : other)),
  addf: floats((one, other) => one + other),
  subf: floats((one, other) => one - other),
  mulf: floats((one, other) => one * other),
  divf: floats((one, other) => one / other),
  maxf: floats(Math.max),
  minf: floats(Math.min),
  ceil: takes(1, 1, value => Math.ceil(float64(value))),
  floor: takes(1, 1, value => Math.floor(float64(value))),
  round: takes(2, 3, rounded),
}
