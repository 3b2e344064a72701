import type { Seen } from './answers.js'
import type { DiagnosisBook } from './book.js'

/** A quotation mark within the JSON that is a value of a flow's JSON. */
const Q = String.raw`\\+"`
const RP_ID = new RegExp(
  `rpId${Q}:${Q}([\\w.-]+)|rp${Q}:\\{${Q}name${Q}:.{0,200}?${Q},${Q}id${Q}:${Q}([\\w.-]+)`,
)
/** What Kratos says of an answer that is not right, in a form that asks for a key and for no code. */
const REFUSED = /"id":4000008,/
const ASKS_FOR_KEY = /"(?:passkey_challenge|webauthn_login_trigger)"/

/**
 * Why a passkey or security key does not work at our origin. The browser signs the origin and the host, so nothing on
 * the way can mend it: Ory's configuration has to name ours, and neither Ory nor most pages say so.
 */
export function noteKeys(book: DiagnosisBook, { text = '', origin }: Seen): void {
  if (!text.includes('publicKey')) return
  const { hostname } = new URL(origin)
  const [, ofRequest, ofCreation] = RP_ID.exec(text) ?? []
  const id = ofRequest ?? ofCreation
  if (id !== undefined && hostname !== id && !hostname.endsWith(`.${id}`))
    return book.note('KEY_OTHER_HOST', `${id} ${hostname}`, otherHost(id, origin))
  const refused = REFUSED.test(text) && ASKS_FOR_KEY.test(text) && !text.includes('"totp_code"')
  if (refused) noteOrigin(book, origin, 'may have refused')
}

function otherHost(id: string, origin: string): string {
  const { hostname, port, protocol } = new URL(origin)
  const open = `Open ${protocol}//${id}${port && `:${port}`} instead`
  const isAddress = /^[\d.]+$|^\[/.test(hostname)
  const mend = isAddress ? `${open}: browsers take no IP address.` : `${open}, or let rp.id be "${hostname}".`
  return `Ory's passkeys and security keys are for "${id}", and browsers do not use them at ${origin}. ${mend}`
}

/** @param what how sure it is */
export function noteOrigin(book: DiagnosisBook, origin: string, what = 'refused'): void {
  book.note(
    'KEY_ORIGIN',
    origin,
    `Ory ${what} a passkey or security key, as it does not expect any at ${origin}.`,
  )
}
