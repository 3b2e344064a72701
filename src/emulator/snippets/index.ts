/**
 * Jsonnet of a configuration: mappers of social sign-in, bodies of web hooks and of the courier's channels, claims of
 * tokens. What does not parse ends the start; what fails while it runs is told to whoever runs it.
 */
import type { DocumentPath, TextDocument } from '../config/document.js'
import { get, matches } from '../config/paths.js'
import type { JsonObject } from '../store/model.js'
import { type Opened, openResource, type Resource } from './resource.js'
import { type Snippet, snippetOf } from './snippet.js'

export { asGoSaysIt, type Resource, Unavailable } from './resource.js'
export { type Snippet, SnippetFailed, type SnippetInput } from './snippet.js'

/** By their addresses, as the configuration has them. */
export type Snippets = ReadonlyMap<string, Snippet>
export type Resources = ReadonlyMap<string, Resource>

interface Loaded<T> {
  readonly found: ReadonlyMap<string, T>
  /** The files that were read; absolute. */
  readonly files: readonly string[]
  readonly remarks: readonly string[]
}

/** Where a configuration has the address of a program. */
const PROGRAMS = [
  'selfservice.methods.oidc.config.providers.*.mapper_url',
  'selfservice.flows.*.before.hooks.*.config.body',
  'selfservice.flows.*.after.hooks.*.config.body',
  'selfservice.flows.*.after.*.hooks.*.config.body',
  'session.whoami.tokenizer.templates.*.claims_mapper_url',
  'courier.http.request_config.body',
  'courier.channels.*.request_config.body',
]

/** Where it has that of keys. */
const KEY_SETS = ['session.whoami.tokenizer.templates.*.jwks_url']

/** @throws {OryProxyError} `ORY_PROXY_EMULATOR_CONFIG`, with file, line and column of what does not parse */
export async function loadSnippets(raw: JsonObject, document: TextDocument): Promise<Loaded<Snippet>> {
  if (addressesIn(raw, PROGRAMS).size === 0) return { found: new Map(), files: [], remarks: [] }
  // Loaded when there is something to run: most configurations have nothing.
  const { load, JsonnetError } = await import('../../jsonnet/index.js')
  return loadAll(raw, document, PROGRAMS, (resource, path) => {
    try {
      return snippetOf(resource, load)
    } catch (error) {
      if (error instanceof JsonnetError) throw document.problem(path, error.line, error)
      throw error
    }
  })
}

/** The keys that sessions become tokens with. What is in them is looked at when one is signed, as in Kratos. */
export const loadKeySets = (raw: JsonObject, document: TextDocument): Promise<Loaded<Resource>> =>
  loadAll(raw, document, KEY_SETS, resource => resource)

async function loadAll<T>(
  raw: JsonObject,
  document: TextDocument,
  places: readonly string[],
  made: (resource: Resource, path: DocumentPath) => T,
): Promise<Loaded<T>> {
  const found = new Map<string, T>()
  const opened: Opened[] = []
  for (const [address, keys] of addressesIn(raw, places)) {
    const path = keys.map(key => (/^\d+$/.test(key) ? Number(key) : key))
    const one = await openResource(address, path, document)
    opened.push(one)
    found.set(address, made(one.resource, path))
  }
  return {
    found,
    files: opened.flatMap(({ file }) => file ?? []),
    remarks: opened.flatMap(({ remark }) => remark ?? []),
  }
}

/** Each once, with the first place it is at. */
function addressesIn(raw: JsonObject, places: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { path } of places.flatMap(place => matches(raw, place.split('.')))) {
    const address = get(raw, path)
    if (typeof address === 'string' && address !== '' && !found.has(address)) found.set(address, path)
  }
  return found
}
