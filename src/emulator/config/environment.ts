/**
 * Kratos' settings by their names in the environment: `SERVE_PUBLIC_BASE_URL` is `serve.public.base_url`
 * (https://www.ory.com/docs/kratos/configuring#environment-variables).
 */
import { OryProxyError } from '../../errors.js'
import { asList, asObject, resolve } from '../schema/fields.js'
import type { Json, JsonObject } from '../store/model.js'
import type { DocumentPath, TextDocument } from './document.js'
import { CONFIG_KEYS } from './keys.js'
import { set } from './paths.js'
import { RENAMES } from './renames.js'

interface Setting {
  readonly variable: string
  readonly path: readonly string[]
  readonly value: Json
}

/** A document that the environment was laid over. */
export interface Overlaid {
  readonly document: TextDocument
  /** The variables that count, for whoever wonders where a setting comes from. */
  readonly variables: readonly string[]
  readonly remarks: readonly string[]
}

/** What the environment says comes before every file. */
export function withEnvironment(document: TextDocument, env: NodeJS.ProcessEnv): Overlaid {
  const remarks: string[] = []
  const given = Object.entries(env).map(([name, text]): [string, string] => [name, text ?? ''])
  const settings = given.flatMap(
    ([name, text]) => setting(name, text, remarks) ?? older(name, text, env, remarks),
  )
  if (settings.length === 0) return { document, variables: [], remarks }
  const laid: JsonObject = {}
  for (const { path, value } of settings) set(laid, path, value)
  return {
    document: {
      ...document,
      value: laidOver(document.value, laid),
      at: path => variableAt(settings, path) ?? document.at(path),
      problem(path, message, cause) {
        const variable = variableAt(settings, path)
        if (variable === undefined) return document.problem(path, message, cause)
        return new OryProxyError('ORY_PROXY_EMULATOR_CONFIG', `${variable} in the environment: ${message}`, {
          cause,
        })
      },
    },
    variables: settings.map(({ variable }) => variable),
    remarks,
  }
}

/** The variable that a value is from. */
function variableAt(settings: readonly Setting[], path: DocumentPath): string | undefined {
  return settings.findLast(({ path: own }) => own.every((step, i) => step === String(path[i])))?.variable
}

/** Value by value, also of lists: those behind the last given one stay, and those left out before it are null. */
function laidOver(below: Json, above: Json | undefined): Json {
  if (typeof above !== 'object' || above === null) return above ?? null
  const sameKind =
    typeof below === 'object' && below !== null && Array.isArray(below) === Array.isArray(above)
  const kept = sameKind ? below : {}
  const result = Array.isArray(above) ? [...asList(kept as Json)] : { ...kept }
  for (const key of Array.isArray(above) ? above.keys() : Object.keys(above)) {
    const [before, value] = [(kept as JsonObject)[key], (above as JsonObject)[key]]
    ;(result as JsonObject)[key] = laidOver(before ?? null, value)
  }
  return result
}

function setting(variable: string, text: string, remarks: string[]): Setting | undefined {
  const found = find(CONFIG_KEYS, variable.toLowerCase().split('_'), [])
  if (!found) return undefined
  if (found.schema['type'] === 'boolean' && !TRUE.test(text) && !FALSE.test(text))
    remarks.push(`${variable} in the environment is neither "true" nor "false": Kratos takes that as false`)
  return { variable, path: found.path, value: read(text, found.schema) }
}

const variableOf = (key: string): string => key.replaceAll('.', '_').toUpperCase()

/** Names that keys had in older versions, by the variable. */
const OLDER = new Map(
  RENAMES.filter(({ from }) => !from.includes('*')).map(rename => [variableOf(rename.from), rename]),
)

/** A variable with a key's old name means what the key means, unless the new one is there. */
function older(variable: string, text: string, env: NodeJS.ProcessEnv, remarks: string[]): Setting[] {
  const rename = OLDER.get(variable)
  const today = rename && variableOf(rename.to)
  const found = rename && find(CONFIG_KEYS, rename.to.split(/[._]/), [])
  if (!rename || !found || env[today!] !== undefined) return []
  const value = rename.convert ? rename.convert(text) : read(text, found.schema)
  remarks.push(
    `${variable} in the environment is of Kratos ${rename.until} or older: write ${rename.convert ? rename.write : today}`,
  )
  return [{ variable, path: found.path, value }]
}

interface Found {
  readonly path: string[]
  readonly schema: JsonObject
}

/** The key that the words of a name stand for; a number is a place in a list. */
function find(named: JsonObject, words: readonly string[], path: string[]): Found | undefined {
  const schema = resolve(CONFIG_KEYS, named['$ref']) ?? named
  const [word = ''] = words
  if (words.length === 0) return schema['type'] || schema['enum'] ? { path, schema } : undefined
  if (schema['type'] === 'array') {
    return /^\d+$/.test(word) ? find(asObject(schema['items']), words.slice(1), [...path, word]) : undefined
  }
  const keys = { ...asObject(schema['properties']), ...asObject(asObject(schema['then'])['properties']) }
  for (const [key, inner] of Object.entries(keys)) {
    const parts = key.split('_')
    if (!parts.every((part, i) => part === words[i])) continue
    const found = find(asObject(inner), words.slice(parts.length), [...path, key])
    if (found) return found
  }
  return undefined
}

/** Go's `strconv.ParseBool`. */
const TRUE = /^(?:1|t|true)$/i
const FALSE = /^(?:0|f|false)$/i

/** As Kratos reads a text, by the type of its key. */
function read(text: string, schema: JsonObject): Json {
  switch (schema['type']) {
    case 'boolean':
      return TRUE.test(text)
    case 'integer':
      return /^-?\d+$/.test(text) ? Number(text) : text
    case 'object':
      return json(text) ?? text
    case 'array':
      return listOf(text, asObject(schema['items']))
    default:
      return text
  }
}

/** JSON; of texts, a line of comma-separated ones as well. Lists of several kinds of hooks are texts to Kratos. */
function listOf(text: string, items: JsonObject): Json {
  if ('$ref' in items) return text
  return json(text) ?? (items['type'] === 'string' ? commaSeparated(text) : text)
}

function json(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** One line of RFC 4180. */
function commaSeparated(text: string): string[] {
  return [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
  )
}
