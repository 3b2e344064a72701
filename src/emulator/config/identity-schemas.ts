/** Identity schemas named by a configuration: files beside it or written into it. */
import { compileSchema, InvalidSchema } from '../schema/identity-schema.js'
import { NoSource, openSource, type Source, schemeOf } from '../snippets/source.js'
import type { JsonObject } from '../store/model.js'
import { readDocument, type TextDocument } from './document.js'
import type { IdentitySchemaSource } from './model.js'

type Named = Omit<IdentitySchemaSource, 'schema'>

export interface LoadedSchema {
  source: IdentitySchemaSource
  /** The file it is from, where it is from one. */
  path?: string
  /** Why it is from there. */
  remark?: string
}

/** Reads and checks the schema at `identity.schemas.<index>`. */
export async function loadIdentitySchema(
  named: Named,
  index: number,
  document: TextDocument,
): Promise<LoadedSchema> {
  const { text, name, ...origin } = await read(named, ['identity', 'schemas', index, 'url'], document)
  const parsed = readDocument(text, name, 'ORY_PROXY_EMULATOR_CONFIG')
  if (parsed.value === null || typeof parsed.value !== 'object' || Array.isArray(parsed.value)) {
    throw parsed.problem([], `The identity schema "${named.id}" is not a JSON object`)
  }
  const schema: JsonObject = parsed.value
  try {
    compileSchema(named.id, schema)
  } catch (error) {
    if (!(error instanceof InvalidSchema)) throw error
    throw parsed.problem(error.path, error.message, error)
  }
  return { source: { ...named, schema }, ...origin }
}

async function read({ id, url }: Named, path: (string | number)[], document: TextDocument): Promise<Source> {
  const scheme = schemeOf(url)
  if (scheme === 'http' || scheme === 'https') {
    throw document.problem(
      path,
      `The emulator makes no outgoing connection: save ${url} as a file and write "file://./<name>.json"`,
    )
  }
  try {
    return await openSource(url, path, document)
  } catch (cause) {
    if (!(cause instanceof NoSource)) throw cause
    throw document.problem(path, `The identity schema "${id}": ${cause.message}`, cause)
  }
}
