/** What an address in a configuration stands for: `file://`, a bare path, or `base64://`. */
import type { DocumentPath, TextDocument } from '../config/document.js'
import { readNamedFile, shown } from '../config/files.js'

export interface Source {
  readonly text: string
  /** What the text is called in messages. */
  readonly name: string
  /** The file it is from, where it is from one. */
  readonly path?: string
  /** Why it is from there, where the configuration names another. */
  readonly remark?: string
}

/** The file that an address means is nowhere. */
export class NoSource extends Error {
  override readonly name = 'NoSource'
}

export const schemeOf = (address: string): string | undefined =>
  /^([a-z][a-z0-9+.-]*):\/\//i.exec(address)?.[1]?.toLowerCase()

/**
 * @param path where the configuration has the address
 * @throws {OryProxyError} about an address that can mean nothing
 * @throws {NoSource} where there is no such file, or one that cannot be read
 */
export async function openSource(
  address: string,
  path: DocumentPath,
  document: TextDocument,
): Promise<Source> {
  const scheme = schemeOf(address)
  if (scheme === 'base64')
    return { text: decoded(address, path, document), name: `${document.at(path)} (decoded)` }
  if (scheme !== undefined && scheme !== 'file') {
    throw document.problem(path, `what is read is at file:// or base64://, not ${scheme}://`)
  }
  try {
    const file = await readNamedFile(address, document.folder(path))
    const remark = file.remark && `${document.at(path)}: ${file.remark}`
    return { text: file.text, name: shown(file.path), path: file.path, ...(remark && { remark }) }
  } catch (cause) {
    throw new NoSource((cause as Error).message, { cause })
  }
}

/** Go's decoder refuses what Node's passes over. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

function decoded(address: string, path: DocumentPath, document: TextDocument): string {
  const encoded = address.slice('base64://'.length).replaceAll(/[\r\n]/g, '')
  if (!BASE64.test(encoded)) throw document.problem(path, 'what stands after base64:// is not base64')
  return Buffer.from(encoded, 'base64').toString()
}
