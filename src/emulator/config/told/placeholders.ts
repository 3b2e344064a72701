/** Addresses in which a template's placeholder is left: neither Kratos nor the emulator fills one in. */
import type { JsonObject } from '../../store/model.js'
import type { DocumentPath, TextDocument } from '../document.js'
import { urlsIn } from '../urls.js'

const PLACEHOLDER = /\$\{[^}]*\}|\{\{.*?\}\}/

/**
 * One line for each that is behind the host, or in place of one: Kratos takes it as it is written.
 *
 * @throws {OryProxyError} for a host, which Kratos refuses as well
 */
export function unfilledUrls(document: TextDocument, raw: JsonObject): string[] {
  return [...urlsIn(raw, [])].flatMap(([path, url]) => {
    const [placeholder] = PLACEHOLDER.exec(url) ?? []
    if (placeholder === undefined) return []
    const what = `"${path.join('.')}" is ${JSON.stringify(url)}, and nothing fills ${placeholder} in, here or in Kratos`
    if (!PLACEHOLDER.test(hostOf(path, url))) return `${document.at(path)}: ${what}`
    const variable = path.join('_').toUpperCase()
    throw document.problem(path, `${what}: write the address itself, or set ${variable} in the environment`)
  })
}

/** With a scheme, what stands before the path; without one only a base has to be an address. */
function hostOf(path: DocumentPath, url: string): string {
  const [, authority] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url) ?? []
  return authority ?? (path.at(-1) === 'base_url' || /^\{\{.*?\}\}:/.test(url) ? url : '')
}
