/** What a message says. */
import type { Core } from '../core.js'
import type { Message } from './message.js'
import { builtInTexts } from './texts.js'

export const subjectAndText = (_core: Core, message: Message): { subject: string; plain: string } =>
  builtInTexts(message)

/** The other form of a mail. */
export const htmlOf = async (_core: Core, message: Message): Promise<string> =>
  builtInTexts(message).html ?? ''
