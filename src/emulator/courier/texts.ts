/**
 * What is sent where no template of the configuration says otherwise. People find a mail by its subject and by the
 * line with the code or the link, so these are Kratos'; the other words are ours.
 */
import { escapeHtml } from '../../look/html.js'
import type { JsonObject } from '../store/model.js'
import type { Message } from './message.js'
import type { TemplateType } from './template-type.js'

export interface Texts {
  /** Empty for an SMS. */
  subject: string
  plain: string
  /** Undefined for an SMS. */
  html?: string
}

const SUBJECT: Record<TemplateType, (code: string) => string> = {
  login_code_valid: code => `Use code ${code} to log in`,
  registration_code_valid: code => `Use code ${code} to complete your account registration`,
  recovery_code_valid: code => `Use code ${code} to recover access to your account`,
  verification_code_valid: code => `Use code ${code} to verify your account`,
  recovery_valid: () => 'Recover access to your account',
  verification_valid: () => 'Please verify your email address',
  recovery_code_invalid: () => 'Account access attempted',
  recovery_invalid: () => 'Account access attempted',
  verification_code_invalid: () => 'Someone tried to verify this email address',
  verification_invalid: () => 'Someone tried to verify this email address',
}

const PURPOSE = {
  login: 'sign in',
  registration: 'finish signing up',
  recovery: 'get back into your account',
  verification: 'confirm your address',
}

const purposeOf = (type: TemplateType): string => PURPOSE[type.split('_')[0] as keyof typeof PURPOSE]

export const codeOf = (data: JsonObject): string =>
  String(Object.entries(data).find(([name]) => name.endsWith('_code'))?.[1] ?? '')

export const linkOf = (data: JsonObject): string =>
  String(data['verification_url'] ?? data['recovery_url'] ?? '')

export function builtInTexts(message: Message): Texts {
  if (message.via === 'sms') return { subject: '', plain: smsText(message) }
  const lines = mailLines(message)
  return {
    subject: SUBJECT[message.type](codeOf(message.data)),
    plain: `${lines.map(({ text }) => text).join('\n\n')}\n`,
    html: `${lines.map(htmlOf).join('\n')}\n`,
  }
}

function smsText({ type, data }: Message): string {
  const code = codeOf(data)
  const domain = data['request_url_domain']
  const kind = type.split('_')[0]
  // https://wicg.github.io/sms-one-time-codes/: the last line, by which a phone offers the code to the page
  const bound = domain === undefined ? '' : `\n@${String(domain)} #${code}\n`
  return `Your ${kind} code is: ${code}\n\nIt works for ${data['expires_in_minutes']} minutes.\n${bound}`
}

interface Line {
  text: string
  isLink?: true
}

function mailLines({ type, data }: Message): Line[] {
  if (type.endsWith('_invalid'))
    return [{ text: 'Somebody asked for an account with this address, but there is none.' }]
  const code = codeOf(data)
  const link = linkOf(data)
  const purpose = purposeOf(type)
  return [
    ...(code ? [{ text: `To ${purpose}, enter this code:` }, { text: code }] : []),
    ...(link
      ? [
          { text: code ? 'or open this link:' : `To ${purpose}, open this link:` },
          { text: link, isLink: true as const },
        ]
      : []),
    { text: `It expires in ${data['expires_in_minutes']} minutes.` },
  ]
}

function htmlOf({ text, isLink }: Line): string {
  const safe = escapeHtml(text)
  return `<p>\n${isLink ? `<a href="${safe}">${safe}</a>` : safe}\n</p>`
}

/** What the log says of a message: that is where a developer looks. */
export function lineOf({ type, data }: Message): string {
  if (type.endsWith('_invalid')) return 'nobody has this address'
  const code = codeOf(data)
  const link = linkOf(data)
  if (!code) return `open ${link} to ${purposeOf(type)}`
  return `code ${code} to ${purposeOf(type)}${link && `, or open ${link}`}`
}
