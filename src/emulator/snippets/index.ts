/**
 * Jsonnet of a configuration: mappers of social sign-in, bodies of web hooks and of the courier's channels, claims of
 * tokens. What does not parse ends the start; what fails while it runs is told to whoever runs it.
 */
import { isLoopback } from '../../common/loopback.js'
import type { DocumentPath, TextDocument } from '../config/document.js'
import { matches } from '../config/paths.js'
import type { JsonObject } from '../store/model.js'
import { compiled, missing, remote, type Snippet } from './snippet.js'
import { NoSource, openSource, schemeOf } from './source.js'

export { type Snippet, SnippetFailed, type SnippetInput } from './snippet.js'

/** By their addresses, as the configuration has them. */
export type Snippets = ReadonlyMap<string, Snippet>

export interface LoadedSnippets {
  readonly snippets: Snippets
  /** The files that were read; absolute. */
  readonly files: readonly string[]
  readonly remarks: readonly string[]
}

/** Where a configuration has the address of a program. */
const PLACES = [
  'selfservice.methods.oidc.config.providers.*.mapper_url',
  'selfservice.flows.*.before.hooks.*.config.body',
  'selfservice.flows.*.after.hooks.*.config.body',
  'selfservice.flows.*.after.*.hooks.*.config.body',
  'session.whoami.tokenizer.templates.*.claims_mapper_url',
  'courier.http.request_config.body',
  'courier.channels.*.request_config.body',
].map(place => place.split('.'))

/** @throws {OryProxyError} `ORY_PROXY_EMULATOR_CONFIG`, with file, line and column of what does not parse */
export async function loadSnippets(raw: JsonObject, document: TextDocument): Promise<LoadedSnippets> {
  const snippets = new Map<string, Snippet>()
  const files: string[] = []
  const remarks: string[] = []
  for (const [address, path] of addressesIn(raw)) {
    const { snippet, file, remark } = await loadSnippet(address, path, document)
    snippets.set(address, snippet)
    if (file !== undefined) files.push(file)
    if (remark !== undefined) remarks.push(remark)
  }
  return { snippets, files, remarks }
}

/** Each once, with the first place it is at. */
function addressesIn(raw: JsonObject): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { path } of PLACES.flatMap(place => matches(raw, place))) {
    const address = at(raw, path)
    if (typeof address === 'string' && address !== '' && !found.has(address)) found.set(address, path)
  }
  return found
}

const at = (raw: JsonObject, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, step) => (value as JsonObject)[step], raw)

interface Loaded {
  snippet: Snippet
  file?: string | undefined
  remark?: string | undefined
}

async function loadSnippet(address: string, keys: string[], document: TextDocument): Promise<Loaded> {
  // Loaded when there is something to run: most configurations have nothing.
  const { load, JsonnetError } = await import('../../jsonnet/index.js')
  const path: DocumentPath = keys.map(key => (/^\d+$/.test(key) ? Number(key) : key))
  const scheme = schemeOf(address)
  if (scheme === 'http' || scheme === 'https') {
    if (isHere(address)) return { snippet: remote(address, load) }
    return absent(
      address,
      path,
      document,
      `${address} is not asked: the emulator reads from this machine only`,
    )
  }
  try {
    const { text, name, path: file, remark } = await openSource(address, path, document)
    return { snippet: compiled(load(text, name)), file, remark }
  } catch (error) {
    if (error instanceof NoSource) return absent(address, path, document, error.message)
    if (error instanceof JsonnetError) throw document.problem(path, error.line, error)
    throw error
  }
}

const isHere = (url: string): boolean => URL.canParse(url) && isLoopback(new URL(url).hostname)

/** Kratos starts without it, and fails where it is needed. */
function absent(address: string, path: DocumentPath, document: TextDocument, why: string): Loaded {
  return {
    snippet: missing(address, why),
    remark: `${document.at(path)}: ${why} (what needs it fails, as in Kratos)`,
  }
}
