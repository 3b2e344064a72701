import { OryProxyError } from '../errors.js'
import { printable } from '../log.js'
import { KINDS } from './kinds.js'
import { OPTIONS, type OptionName } from './table.js'

/**
 * The value, if it is of its option's kind.
 *
 * @param source where it was written, as the message names it
 * @throws {OryProxyError} `ORY_PROXY_BAD_OPTION`, `ORY_PROXY_BAD_URL`
 */
export function checked<T>(name: OptionName, value: T, source: string): T {
  const { kind } = OPTIONS[name]
  if (KINDS[kind].test(value)) return value
  const code = kind === 'url' ? 'ORY_PROXY_BAD_URL' : 'ORY_PROXY_BAD_OPTION'
  throw new OryProxyError(code, `${source} must be ${exampleOf(name)}, not ${shown(name, value)}.`)
}

/** What a value should be, with one that is right. */
export function exampleOf(name: OptionName): string {
  const { kind, example } = OPTIONS[name]
  return example ?? KINDS[kind].example
}

/** The wrong value, so that it can be found; never a secret one. */
function shown(name: OptionName, value: unknown): string {
  if (OPTIONS[name].noFlag) return typeName(value)
  if (typeof value === 'number') return String(value)
  const text = Array.isArray(value) ? value.join(', ') : value
  return typeof text === 'string' ? `"${withoutUserinfo(text)}"` : typeName(value)
}

/** What somebody gave, where it must not or cannot be quoted. */
const typeName = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value

const withoutUserinfo = (text: string): string => printable(text.replace(/\/\/[^/@]*@/, '//…@'))
