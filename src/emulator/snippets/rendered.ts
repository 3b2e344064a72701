/** A configuration that is a Jsonnet program: what it comes to is what counts. */
import { dirname, resolve } from 'node:path'
import { OryProxyError, type OryProxyErrorCode } from '../../errors.js'
import type { DocumentPath, TextDocument } from '../config/document.js'
import type { Json } from '../store/model.js'

export const isJsonnet = (file: string): boolean => /\.jsonnet$/i.test(file)

/**
 * @throws {OryProxyError} with `code`, the file, line and column of what does not parse, or fails while it runs; later
 * problems have the path of a value, as it has no line of its own
 */
export async function renderDocument(
  text: string,
  file: string,
  code: OryProxyErrorCode,
): Promise<TextDocument> {
  const { evaluate, JsonnetError } = await import('../../jsonnet/index.js')
  const at = (path: DocumentPath): string => [file, path.join('.')].filter(part => part !== '').join(': ')
  const problem = (path: DocumentPath, message: string, cause?: unknown): OryProxyError =>
    new OryProxyError(code, `${at(path)}: ${message}`, { cause })
  try {
    const value = JSON.parse(evaluate(text.replace(/^\uFEFF/, ''), { file })) as Json
    return { value, at, problem, folder: () => dirname(resolve(file)) }
  } catch (cause) {
    if (!(cause instanceof JsonnetError)) throw cause
    throw new OryProxyError(code, cause.line, { cause })
  }
}
