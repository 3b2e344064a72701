/** The challenge of a flow, between the form and its answer. */

import type { Flow } from '../../flows/types.js'
import { Problem } from '../../http/kratos-errors.js'
import type { JsonObject } from '../../store/model.js'
import type { KeyType } from './credentials.js'
import type { Begun, Ceremony } from './options.js'

const sessionKey = (type: KeyType): string => `${type}_session_data`

/** Keeps the challenge, gives the options as the text of a form's value. */
export function remember(flow: Flow, type: KeyType, { options, ceremony }: Begun): string {
  flow.internal[sessionKey(type)] = ceremony as unknown as JsonObject
  return JSON.stringify(options)
}

export const pending = (flow: Flow, type: KeyType): Ceremony | undefined =>
  flow.internal[sessionKey(type)] as unknown as Ceremony | undefined

/** As {@link pending}, when a key is to answer it; in Kratos' words for one that was answered already. */
export function requirePending(flow: Flow, type: KeyType): Ceremony {
  const ceremony = pending(flow, type)
  if (ceremony) return ceremony
  throw new Problem(500, {
    reason: 'Expected WebAuthN in internal context to be an object but got: unexpected end of JSON input',
  })
}

/** A challenge is good for one answer. */
export function forget(flow: Flow, type: KeyType): void {
  delete flow.internal[sessionKey(type)]
}

/** The options of signing up stay the same on both of its pages. */
export function onceForFlow(flow: Flow, type: KeyType, make: () => string): string {
  const key = `${type}_session_options`
  const known = flow.internal[key]
  if (typeof known === 'string') return known
  const made = make()
  flow.internal[key] = made
  return made
}
