import { createHash } from 'node:crypto'
import { parseAllDocuments } from 'yaml'
import { runtimeError } from '../error.js'
import { measure } from '../run/budget.js'
import { toArray, toInteger, toText } from '../run/expect.js'
import { type Thunk, typeOf, type Value } from '../run/values.js'
import { fromData, type Library, made } from './define.js'

const hash = (algorithm: string): Library[string] => [
  's',
  s =>
    createHash(algorithm)
      .update(toText((s as Thunk).force()))
      .digest('hex'),
]

/** Numbers from 0 to 255. */
function bytes(value: Value): Buffer {
  return Buffer.from(
    toArray(value).map(thunk => {
      const byte = thunk.force()
      if (typeof byte !== 'number' || byte < 0 || byte > 255 || !Number.isInteger(byte))
        throw runtimeError(
          `base64 encountered invalid codepoint value in the array (must be 0 <= X <= 255), got ${typeof byte === 'number' ? byte : typeOf(byte)}`,
        )
      return byte
    }),
  )
}

function encoded(value: Value): string {
  if (typeof value !== 'string' && !Array.isArray(value))
    throw runtimeError(`base64 can only base64 encode strings / arrays of single bytes, got ${typeOf(value)}`)
  const whole = typeof value === 'string' ? made([...value].map(char => char.codePointAt(0) ?? 0)) : value
  return bytes(whole).toString('base64')
}
function decoded(value: Value): Buffer {
  const text = toText(value)
  if (
    !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text.replaceAll(/[\r\n]/g, ''))
  )
    throw runtimeError('failed to decode: illegal base64 data')
  return Buffer.from(text, 'base64')
}

function json(text: string): Value {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (error) {
    throw runtimeError(`failed to parse JSON: ${(error as Error).message}`)
  }
  return fromData(data)
}

function yaml(text: string): Value {
  measure(text.length)
  try {
    const documents = parseAllDocuments(text, { version: '1.1', uniqueKeys: true })
    const all = Array.isArray(documents)
      ? documents.map(document => {
          const [error] = document.errors
          if (error) throw error
          return document.toJS({ maxAliasCount: 100 }) as unknown
        })
      : []
    return all.length === 1 && !/^---/m.test(text)
      ? fromData(all[0])
      : all.length === 0
        ? null
        : fromData(all.length === 1 ? all : all)
  } catch (error) {
    throw runtimeError(`failed to parse YAML: ${(error as Error).message}`)
  }
}

export const CODECS: Library = {
  base64: ['input', input => encoded(input.force())],
  base64Decode: ['str', str => decoded(str.force()).toString('utf8')],
  base64DecodeBytes: ['str', str => made([...decoded(str.force())])],
  decodeUTF8: [
    'arr',
    arr => Buffer.from(toArray(arr.force()).map(thunk => toInteger(thunk.force()))).toString('utf8'),
  ],
  encodeUTF8: ['str', str => made([...Buffer.from(toText(str.force()))])],
  md5: hash('md5'),
  sha1: hash('sha1'),
  sha256: hash('sha256'),
  sha512: hash('sha512'),
  sha3: hash('sha3-512'),
  parseJson: ['str', str => json(toText(str.force()))],
  parseYaml: ['str', str => yaml(toText(str.force()))],
}
