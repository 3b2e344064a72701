/** Kratos' messages (https://www.ory.com/docs/kratos/concepts/ui-user-interface#ui-error-codes) for traits that do not fit. */
import { INVALID } from '../flows/messages.js'
import type { Json, JsonObject, UiText } from '../store/model.js'
import type { Failure } from './failures.js'

/** What is wrong with one field. */
export interface SchemaIssue {
  /** The field's name, `traits.email`; a form without such a field grows one that only carries the message. */
  name: string
  text: UiText
}

export function toIssues(failure: Failure): SchemaIssue[] {
  if (failure.keyword !== 'required') return [{ name: dotted(failure.instance), text: toText(failure) }]
  return (failure.params['properties'] as string[]).map(property => ({
    name: dotted([...failure.instance, property]),
    text: INVALID.required(property),
  }))
}

function toText(failure: Failure): UiText {
  const { message, params } = failure
  const limit = params['limit'] ?? null
  const actual = params['actual'] ?? null
  switch (lastKeyword(failure)) {
    case 'minLength':
      return error(4000003, message, { min_length: limit, actual_length: actual })
    case 'maxLength':
      return error(4000017, message, { max_length: limit, actual_length: actual })
    case 'pattern':
      return error(4000004, message, { pattern: params['pattern'] ?? null })
    case 'minimum':
      return error(4000018, message, { minimum: limit, actual })
    case 'exclusiveMinimum':
      return error(4000019, message, { minimum: limit, actual })
    case 'maximum':
      return error(4000020, message, { maximum: limit, actual })
    case 'exclusiveMaximum':
      return error(4000021, message, { maximum: limit, actual })
    case 'multipleOf':
      return error(4000022, message, { base: limit, actual })
    case 'maxItems':
      return error(4000023, message, { max_items: limit, actual_items: actual })
    case 'minItems':
      return error(4000024, message, { min_items: limit, actual_items: actual })
    case 'uniqueItems':
      return error(4000025, message, { index_a: params['a'] ?? null, index_b: params['b'] ?? null })
    case 'type':
      return error(4000026, message, { allowed_types: params['allowed'] ?? [], actual_type: actual })
    case 'const':
      return constText(params)
    case 'format':
      return formatText(message)
    default:
      return INVALID.generic(message)
  }
}

/** What the extension finds may be said about one of the schema's own keywords. */
const lastKeyword = (failure: Failure): string =>
  failure.keyword === 'extension' ? (failure.schema.at(-1) ?? '') : failure.keyword

function constText(params: JsonObject): UiText {
  if (params['generic']) return { id: 4000030, text: 'const failed', type: 'error' }
  const expected = params['expected'] ?? null
  return error(4000029, `must be equal to constant ${expected}`, { expected })
}

/** Kratos takes the value out of the validator's message, escapes and all, where it finds it there. */
function formatText(message: string): UiText {
  const [, value = '', format] = /"([^"]+)"\s+is not valid\s+"([^"]+)"/.exec(message) ?? []
  if (format === 'email') return error(4000040, 'Enter a valid email address', { value })
  if (format === 'tel') return error(4000041, 'Enter a valid phone number', { value })
  return INVALID.generic(message)
}

function dotted(segments: readonly string[]): string {
  // Kratos does not resolve the pointer to the whole document, it uses it as a name.
  return segments.length === 0 ? '#' : segments.map(s => s.replaceAll('.', '\\.')).join('.')
}

function error(id: number, text: string, context: { [key: string]: Json }): UiText {
  return { id, text, type: 'error', context }
}
