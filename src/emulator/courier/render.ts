/** What a message says: by a template of the configuration, or in our own words. */
import type { Value } from '../../gotemplate/index.js'
import { printable } from '../../log.js'
import type { Core } from '../core.js'
import { PlainFailure } from '../http/kratos-errors.js'
import type { Message } from './message.js'
import { dataOf } from './template-data.js'
import { keyOf, type Part } from './templates.js'
import { builtInTexts } from './texts.js'

/** @throws {PlainFailure} where a template fails: nothing is sent then, and the log says why */
export function subjectAndText(core: Core, message: Message): { subject: string; plain: string } {
  const own = builtInTexts(message)
  try {
    if (message.via === 'sms') return { subject: '', plain: rendered(core, message, 'sms') ?? own.plain }
    const subject = rendered(core, message, 'subject')?.trim() ?? own.subject
    return { subject, plain: rendered(core, message, 'plain') ?? own.plain }
  } catch (cause) {
    core.log.error(`[mail] to ${printable(message.to)} is not sent: ${lineOf(cause)}`)
    throw new PlainFailure('template: the message could not be made', { cause })
  }
}

/** The other form of a mail; without it where its template fails, as in Kratos. */
export function htmlOf(core: Core, message: Message): string {
  try {
    return rendered(core, message, 'html') ?? builtInTexts(message).html ?? ''
  } catch (error) {
    core.log.error(`[mail] to ${printable(message.to)} has no HTML: ${lineOf(error)}`)
    return ''
  }
}

const lineOf = (error: unknown): string => printable((error as Error).message)

function rendered(core: Core, message: Message, part: Part): string | undefined {
  const template = core.config.courier.templates.get(keyOf(message.type, part))
  const data = (): Value => dataOf(message)
  return template?.render(data())
}
