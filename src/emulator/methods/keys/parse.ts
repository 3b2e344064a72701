/** What a browser sends about a key. Whatever is not right in it is told in the words of Kratos. */

import { decodeJson } from '../../go/json.js'
import { asObject } from '../../schema/fields.js'
import type { JsonObject } from '../../store/model.js'

/** What is wrong, for whoever has to say it. */
export class Malformed extends Error {}

export interface Sent {
  id: string
  rawId: string
  type: 'public-key'
  response: Record<string, string>
}

const BASE64URL = /^[\w-]+=*$/

/** The outer form, the same for new keys and for answers. */
export function parseSent(text: string, problem: string): Sent {
  const decoded = decodeJson(text)
  const sent = 'value' in decoded ? asObject(decoded.value) : {}
  const { id, rawId = id, type } = sent
  if (typeof id !== 'string' || !BASE64URL.test(id) || typeof rawId !== 'string' || type !== 'public-key')
    throw new Malformed(problem)
  const response = Object.entries(asObject(sent['response'])).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return { id: unpadded(id), rawId: unpadded(rawId), type, response: Object.fromEntries(response) }
}

const unpadded = (text: string): string => text.replace(/=+$/, '')

/** https://www.w3.org/TR/webauthn-2/#dictionary-client-data */
export function parseClientData(sent: Sent, problem: string): JsonObject {
  const text = Buffer.from(sent.response['clientDataJSON'] ?? '', 'base64url').toString()
  const decoded = decodeJson(text)
  if (!('value' in decoded) || decoded.value === null || typeof decoded.value !== 'object')
    throw new Malformed(problem)
  return asObject(decoded.value)
}

/** The library is loaded by those who have a key, not by every start. */
type Helpers = typeof import('@simplewebauthn/server/helpers')
export const helpers = (): Promise<Helpers> => import('@simplewebauthn/server/helpers')

export type AuthenticatorData = ReturnType<Helpers['parseAuthenticatorData']>
