/**
 * What Kratos has for security keys and passkeys, and the emulator has not: it answers as if switched off,
 * and where the configuration switches them on, that they are missing.
 */

import type { Flow } from '../flows/types.js'
import { decode, fields, obj, str, traitFields } from '../http/decode.js'
import type { Exchange } from '../http/exchange.js'
import { notImplemented } from '../http/kratos-errors.js'
import { flowSchema } from './identifier.js'
import type { Method } from './method.js'
import { disabledEndpoint, requireFields, throwIssues } from './submission.js'

type Name = 'webauthn' | 'passkey'

const NAMES: Record<Name, string> = { webauthn: 'WebAuthn', passkey: 'passkeys' }
const nothing = (): void => undefined

/** Refuses what is for this method: by its name, or by what only its buttons and scripts fill in. */
function refuse(x: Exchange, method: Name, names: string[], methods?: readonly string[]): undefined {
  const given = decode(x, fields('string', ...names), methods ? { methods } : {})
  if (!names.some(name => (name === 'method' ? str(given, name) === method : str(given, name))))
    return undefined
  throw x.core.config.selfservice.methods[method].enabled ? notImplemented(NAMES[method]) : disabledEndpoint()
}

function refuseLogin(x: Exchange, method: Name): undefined {
  try {
    return refuse(x, method, ['method', `${method}_login`])
  } catch (refusal) {
    // Kratos looks at the form before it looks whether the method is on.
    if (method === 'webauthn') requireFields(decode(x, fields('string', 'identifier')), 'identifier')
    throw refusal
  }
}

function refuseSettings(x: Exchange, method: Name): undefined {
  const methods = ['POST', 'GET']
  const name = 'webauthn_register_displayname'
  const given = decode(x, fields('string', 'webauthn_register', name), { methods })
  if (method === 'webauthn' && str(given, 'webauthn_register')) requireFields(given, name)
  const register = method === 'passkey' ? 'passkey_settings_register' : 'webauthn_register'
  return refuse(x, method, [register, `${method}_remove`], methods)
}

/** Signing up with a passkey; Kratos reads the traits of whatever no method before has taken. */
function refusePasskey(x: Exchange, flow: Flow): undefined {
  const schema = flowSchema(x.core, flow)
  throwIssues(schema.validate(obj(decode(x, traitFields(schema)), 'traits')))
  // Ory's React components send "true" where nothing was filled in.
  const register = str(decode(x, fields('string', 'passkey_register')), 'passkey_register')
  return register === 'true' ? undefined : refuse(x, 'passkey', ['passkey_register'])
}

function keys(
  id: Name,
  looksAt: (flow: Flow) => boolean,
  inRegistration: (x: Exchange, flow: Flow) => undefined,
): Method {
  return {
    id,
    group: 'default',
    enabled: () => false,
    login: {
      level: () => 'any',
      completed: () => ({ method: 'password', aal: 'aal1' }),
      submit: async (x, flow) => (looksAt(flow) ? refuseLogin(x, id) : undefined),
    },
    registration: {
      populateProfile: nothing,
      populateCredentials: nothing,
      populateOneStep: nothing,
      submit: async (x, flow) => inRegistration(x, flow),
    },
    settings: {
      populate: nothing,
      read: (x, flow) => (looksAt(flow) ? refuseSettings(x, id) : undefined),
      apply: async () => undefined,
      mend: nothing,
    },
  }
}

const isBrowser = ({ type }: Flow): boolean => type === 'browser'

export const passkey: Method = keys('passkey', () => true, refusePasskey)
/** Its scripts need a browser, and signing up with it an option of its own. */
export const webauthn: Method = keys('webauthn', isBrowser, x =>
  x.core.config.selfservice.methods.webauthn.enabled
    ? refuse(x, 'webauthn', ['webauthn_register'])
    : undefined,
)
