/** Text files that people write for the emulator: YAML or JSON, with places for messages. */
import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'
import type * as Yaml from 'yaml'
import { hasComments } from '../../common/comments.js'
import { OryProxyError, type OryProxyErrorCode } from '../../errors.js'
import { decodeJson } from '../go/json.js'
import type { Json } from '../store/model.js'

export type DocumentPath = readonly (string | number)[]

export interface TextDocument {
  readonly value: Json
  /** `file:line:column` of the value at a path, or of the nearest thing around it. */
  at(path: DocumentPath): string
  /** The error to throw about the value at a path. */
  problem(path: DocumentPath, message: string, cause?: unknown): OryProxyError
  /** Where relative addresses at a path begin. */
  folder(path: DocumentPath): string
}

/**
 * Reads JSON or YAML.
 *
 * @param further told where a second document begins, if one does; where nobody is told, it is a mistake
 * @throws {OryProxyError} with `code`, the file, line and column if the text is broken
 */
export function readDocument(
  text: string,
  file: string,
  code: OryProxyErrorCode,
  further?: (place: string) => void,
): TextDocument {
  // A byte order mark is what Windows editors write; it belongs to no value.
  const plain = text.replace(/^\uFEFF/, '')
  let parsed: YamlText | undefined
  const yaml = (): YamlText => {
    parsed ??= parseYaml(plain)
    return parsed
  }
  const at = (path: DocumentPath): string => `${file}:${yaml().at(path)}`
  const problem = (path: DocumentPath, message: string, cause?: unknown): OryProxyError =>
    new OryProxyError(code, `${at(path)}: ${message}`, { cause })
  const folder = (): string => dirname(resolve(file))
  const json = jsonValue(plain)
  if (json !== undefined) return { value: json, at, problem, folder }
  if (file.endsWith('.json') && hasComments(plain))
    throw new OryProxyError(code, `${file}: JSON has no comments. Take them out.`)
  const { broken, second } = yaml()
  if (broken) throw new OryProxyError(code, `${file}:${broken}`)
  if (second !== undefined) {
    if (!further) throw new OryProxyError(code, `${file}:${second}: ${SECOND}, and one file holds one`)
    further(`${file}:${second}`)
  }
  try {
    return { value: yaml().value(), at, problem, folder }
  } catch (cause) {
    throw problem([], (cause as Error).message, cause)
  }
}

export const SECOND = 'a second document begins here (---)'

/** What is JSON needs no YAML, unless there is something to say about it. */
function jsonValue(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

interface YamlText {
  value(): Json
  /** `line:column` of the value at a path, or of the nearest thing around it. */
  at(path: DocumentPath): string
  /** The first mistake, with its place. */
  broken: string | undefined
  /** Where another document begins that is not empty. */
  second: string | undefined
}

/** Loaded when there is something to read: an emulator with built-in settings starts faster without it. */
function parseYaml(text: string): YamlText {
  const yaml = createRequire(import.meta.url)('yaml') as typeof Yaml
  const lineCounter = new yaml.LineCounter()
  const parsed = yaml.parseDocument(text, { lineCounter, prettyErrors: false, merge: true })
  const place = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset)
    return `${line}:${col}`
  }
  const first = parsed.errors.find(({ code }) => code !== 'MULTIPLE_DOCS')
  const broken = first && (jsonMistake(text) ?? first)
  const another = parsed.errors.find(({ code }) => code === 'MULTIPLE_DOCS')?.pos[0]
  return {
    value: () => parsed.toJS({ maxAliasCount: 100 }) as Json,
    at: path => place(offsetOf(yaml, parsed, path)),
    broken: broken && `${place(broken.pos[0])}: ${broken.message}${ofTemplate(text)}`,
    second: another !== undefined && holdsMore(text.slice(another)) ? place(another) : undefined,
  }
}

/** Whether there is more than comments, markers and blanks. */
const holdsMore = (text: string): boolean =>
  text.split(/\r?\n/).some(line => !/^(?:---|\.\.\.)? *(?:#.*)?$/.test(line.trim()))

/** Helm and Ansible keep templates of files under the names of the files. */
const ofTemplate = (text: string): string =>
  text.includes('{{') ? ' (this is a template, with {{ … }} in it: render it first)' : ''

/** What is wrong with a text that is meant to be JSON: YAML speaks of flow maps and indentation there. */
function jsonMistake(text: string): { pos: [number]; message: string } | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined
  const decoded = decodeJson(text)
  return 'error' in decoded ? { pos: [decoded.at], message: decoded.error } : undefined
}

/** The same for values that never were a text: the path itself is the place. */
export function valueDocument(value: Json, name: string, code: OryProxyErrorCode): TextDocument {
  const at = (path: DocumentPath): string => [name, ...path].join('.')
  const problem = (path: DocumentPath, message: string, cause?: unknown): OryProxyError =>
    new OryProxyError(code, `${at(path)}: ${message}`, { cause })
  return { value, at, problem, folder: () => process.cwd() }
}

function offsetOf(yaml: typeof Yaml, parsed: Yaml.Document, path: DocumentPath): number {
  for (let depth = path.length; depth > 0; depth--) {
    const node = keyNode(yaml, parsed, path.slice(0, depth)) ?? parsed.getIn(path.slice(0, depth), true)
    if (yaml.isNode(node) && node.range) return node.range[0]
  }
  return yaml.isNode(parsed.contents) && parsed.contents.range ? parsed.contents.range[0] : 0
}

/** Where a key is written: that is what people look for, rather than its value. */
function keyNode(yaml: typeof Yaml, parsed: Yaml.Document, path: DocumentPath): unknown {
  const around = path.length === 1 ? parsed.contents : parsed.getIn(path.slice(0, -1), true)
  if (!yaml.isMap(around)) return undefined
  const name = String(path.at(-1))
  return around.items.find(pair => String(yaml.isNode(pair.key) ? pair.key.toJSON() : pair.key) === name)?.key
}
