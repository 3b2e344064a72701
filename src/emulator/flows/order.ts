/** In which order the nodes of each flow's form stand. */
import type { CompiledSchema } from '../schema/identity-schema.js'
import type { NodeOrder } from './ui.js'

export const LOGIN_ORDER: NodeOrder = {
  groups: ['oidc', 'default', 'webauthn', 'passkey', 'code', 'password', 'totp', 'lookup_secret'],
  keys: ['csrf_token', 'identifier', 'password'],
}

const KEYS = ['webauthn_remove', 'webauthn_register_displayname', 'webauthn_register']

/** The password follows the first trait, which usually is the address. */
export function registrationOrder({ keysInOrder }: CompiledSchema): NodeOrder {
  const [first, ...others] = keysInOrder
  return {
    groups: ['oidc', 'saml', 'default', 'webauthn', 'passkey', 'code', 'password', 'captcha', 'profile'],
    keys: [
      ...(first === undefined ? ['csrf_token', 'password'] : ['csrf_token', first, 'password', ...others]),
      ...KEYS,
    ],
  }
}

export function settingsOrder({ keysInOrder }: CompiledSchema): NodeOrder {
  return {
    groups: ['default', 'profile', 'password', 'oidc', 'lookup_secret', 'webauthn', 'passkey', 'totp'],
    keys: [
      ...keysInOrder,
      'lookup_secret_reveal',
      'lookup_secret_regenerate',
      'lookup_secret_codes',
      'lookup_secret_confirm',
      ...KEYS,
      'passkey_remove',
      'passkey_register',
      'totp_qr',
      'totp_secret_key',
      'totp_unlink',
      'totp_code',
    ],
  }
}
