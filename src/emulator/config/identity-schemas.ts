/** Identity schemas named by a configuration: files beside it or written into it. */
import { readFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileSchema, InvalidSchema } from '../schema/identity-schema.js'
import type { JsonObject } from '../store/model.js'
import { readDocument, type TextDocument } from './document.js'
import type { IdentitySchemaSource } from './model.js'

type Named = Omit<IdentitySchemaSource, 'schema'>

/** Reads and checks the schema at `identity.schemas.<index>`. `directory` is where relative files start. */
export async function loadIdentitySchema(
  named: Named,
  index: number,
  document: TextDocument,
  directory: string,
): Promise<IdentitySchemaSource> {
  const path = ['identity', 'schemas', index, 'url']
  const { text, name } = await read(named, path, document, directory)
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
  return { ...named, schema }
}

async function read(
  named: Named,
  path: (string | number)[],
  document: TextDocument,
  directory: string,
): Promise<{ text: string; name: string }> {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(named.url)?.[1]?.toLowerCase()
  if (scheme === 'base64') {
    const text = Buffer.from(named.url.slice('base64://'.length), 'base64').toString()
    return { text, name: `${document.at(path)} (decoded)` }
  }
  if (scheme === 'http' || scheme === 'https') {
    throw document.problem(
      path,
      `The emulator makes no outgoing connection: save ${named.url} as a file and write "file://./<name>.json"`,
    )
  }
  if (scheme !== undefined && scheme !== 'file') {
    throw document.problem(path, `An identity schema is file:// or base64://, not ${scheme}://`)
  }
  const file = scheme === 'file' ? filePath(named.url, directory) : resolve(directory, named.url)
  try {
    return { text: await readFile(file, 'utf8'), name: relative(process.cwd(), file) || file }
  } catch (cause) {
    const reason =
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : (cause as Error).message
    throw document.problem(path, `The identity schema "${named.id}", ${file}, ${reason}`, cause)
  }
}

/** `file://./x` is not a URL by the letter, but how Kratos' users write "beside the configuration". */
function filePath(url: string, directory: string): string {
  if (/^file:\/\/\//i.test(url)) return fileURLToPath(url)
  return resolve(directory, decodeURIComponent(url.slice('file://'.length)))
}
