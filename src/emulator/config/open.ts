/** From what a user names, files or contents, to one document in today's words. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { OryProxyError } from '../../errors.js'
import { isJsonnet, renderDocument } from '../snippets/rendered.js'
import type { Json, JsonObject } from '../store/model.js'
import { DEFAULT_CONFIG } from './defaults.js'
import { readDocument, SECOND, type TextDocument, valueDocument } from './document.js'
import { withEnvironment } from './environment.js'
import { overlay } from './layers.js'
import { isSection } from './paths.js'
import { inTodaysWords } from './renames.js'
import { notKratos } from './told/not-kratos.js'

/** A file (YAML, JSON or Jsonnet) or its content; several are laid over one another in their order. */
export type ConfigSource = string | object | readonly (string | object)[]

export interface OpenConfig {
  readonly document: TextDocument
  /** What it is called in messages. */
  readonly name: string
  /** Absolute. */
  readonly files: readonly string[]
  /** What was understood in another way than it is written. */
  readonly remarks: readonly string[]
  /** Names in the environment that count; where no file is named, none does. */
  readonly variables: readonly string[]
}

/** @throws {OryProxyError} `ORY_PROXY_EMULATOR_CONFIG`, with the file, line and column of the mistake */
export async function openConfig(source: ConfigSource | undefined): Promise<OpenConfig> {
  const sources = source === undefined ? [DEFAULT_CONFIG] : Array.isArray(source) ? source : [source]
  const named = sources.filter(one => typeof one === 'string')
  const name = named.length > 0 ? named.join(', ') : 'config'
  const further: string[] = []
  const read = await Promise.all((sources as (string | object)[]).map(one => openOne(one, further)))
  const [first, ...others] = read.map(inTodaysWords)
  if (!first) throw new OryProxyError('ORY_PROXY_EMULATOR_CONFIG', 'config: the list of files is empty')
  const remarks = [
    ...named.filter(isJsonnet).map(toRender),
    ...further,
    ...[first, ...others].flatMap(renamed => renamed.remarks),
  ]
  const document = overlay([first.document, ...others.map(renamed => renamed.document)])
  const files = named.map(file => resolve(file))
  if (files.length === 0) return { document, name, files, remarks, variables: [] }
  const overlaid = withEnvironment(document, process.env)
  return { ...overlaid, name, files, remarks: [...remarks, ...overlaid.remarks] }
}

const toRender = (file: string): string =>
  `${file}: Kratos itself reads YAML, JSON and TOML, so render it there: jsonnet ${file} > kratos.json`

async function openOne(source: string | object, remarks: string[]): Promise<TextDocument> {
  const document =
    typeof source === 'string'
      ? await readFromFile(source, remarks)
      : valueDocument(plain(source), 'config', CODE)
  const other = notKratos(document.value)
  if (other) throw document.problem([], other)
  if (document.value === null || isSection(document.value)) return document
  throw document.problem(
    [],
    "this is not a configuration of Kratos: it holds a single value, not Kratos' keys",
  )
}

const CODE = 'ORY_PROXY_EMULATOR_CONFIG'

async function readFromFile(file: string, remarks: string[]): Promise<TextDocument> {
  if (/\.toml$/i.test(file)) {
    throw new OryProxyError(CODE, `${file}: TOML is not read here; write it as YAML or JSON`)
  }
  try {
    const text = await readFile(file, 'utf8')
    if (isJsonnet(file)) return await renderDocument(text, file, CODE)
    return readDocument(text, file, CODE, place => {
      remarks.push(`${place}: ${SECOND}, and Kratos reads the first alone`)
    })
  } catch (cause) {
    if (cause instanceof OryProxyError) throw cause
    const { code, message } = cause as NodeJS.ErrnoException
    throw new OryProxyError(CODE, `${file}: ${code === 'ENOENT' ? 'there is no such file' : message}`, {
      cause,
    })
  }
}

/** A configuration is data: what JSON cannot say (functions, cycles) has no meaning in it. */
function plain(source: object): Json {
  try {
    return JSON.parse(JSON.stringify(source)) as JsonObject
  } catch (cause) {
    throw new OryProxyError(CODE, `config: ${(cause as Error).message}`, { cause })
  }
}
