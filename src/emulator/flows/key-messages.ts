/** What forms say about security keys and passkeys. */
import type { UiText } from '../store/model.js'
import { error, info } from './messages.js'

export const KEY = {
  signIn: (): UiText => info(1010008, 'Sign in with hardware key'),
  prepare: (): UiText =>
    info(
      1010012,
      'Prepare your WebAuthn device (e.g. security key, biometrics scanner, ...) and press continue.',
    ),
  continue: (): UiText => info(1010013, 'Continue'),
  signUp: (): UiText => info(1040004, 'Sign up with security key'),
  add: (): UiText => info(1050012, 'Add security key'),
  name: (): UiText => info(1050013, 'Name of the security key'),
  remove: (name: string, at: string): UiText => removal(1050018, 'security key', name, at),
  none: (): UiText => error(4000013, 'You have no WebAuthn device set up.'),
  noUser: (): UiText => error(4000015, 'This account does not exist or has no security key set up.'),
}

export const PASSKEY = {
  signIn: (): UiText => info(1010021, 'Sign in with passkey'),
  signUp: (): UiText => info(1040007, 'Sign up with passkey'),
  add: (): UiText => info(1050019, 'Add passkey'),
  remove: (name: string, at: string): UiText => removal(1050020, 'passkey', name, at),
}

const removal = (id: number, what: string, name: string, at: string): UiText =>
  info(id, `Remove ${what} "${name}"`, {
    added_at: at,
    added_at_unix: Math.floor(Date.parse(at) / 1000),
    display_name: name,
  })
