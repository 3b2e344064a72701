/**
 * Templates of Go with the functions of sprig, as Kratos renders mails and SMS: what of both mails use. In TypeScript
 * and without a dependency, with limits on steps, depth and output.
 */
import { BUILTINS } from './builtins.js'
import { execute } from './exec.js'
import type { Functions } from './functions.js'
import { parseInto, type Templates } from './parse.js'
import { HtmlSink, TextSink } from './sinks.js'
import { SPRIG } from './sprig/index.js'
import type { Value } from './value.js'

export { TemplateError } from './error.js'
export { fromJson, Struct, type Value } from './value.js'

const FUNCTIONS: Functions = { ...BUILTINS, ...SPRIG }
/** In HTML everything is escaped anyhow, so what says so is not escaped twice. */
const HTML_FUNCTIONS: Functions = { ...FUNCTIONS, html: (...args) => FUNCTIONS['print']?.(...args) }
const LIMITS = { steps: 200_000, size: 1024 * 1024, depth: 100 }

export interface Template {
  /** @throws {TemplateError} */
  render(data: Value): string
}

/**
 * Reads a template and those beside it, which it can name.
 *
 * @param name of the one that is rendered
 * @param texts by their names
 * @param html whether what is put in is escaped for where in HTML it stands
 * @throws {TemplateError}
 */
export function load(name: string, texts: ReadonlyMap<string, string>, html: boolean): Template {
  const templates: Templates = new Map()
  for (const [one, text] of texts) parseInto(templates, one, text, known => Object.hasOwn(FUNCTIONS, known))
  return {
    render(data) {
      const sink = html ? new HtmlSink() : new TextSink()
      execute(templates, name, data, sink, { functions: html ? HTML_FUNCTIONS : FUNCTIONS, limits: LIMITS })
      return sink.result()
    },
  }
}
