/** The ways to sign in, a file or a folder each. */
import { code } from './code/index.js'
import { identifierFirst } from './identifier-first.js'
import { link } from './link/index.js'
import { lookupSecret } from './lookup-secret.js'
import type { Method } from './method.js'
import { oidc } from './oidc.js'
import { passkey } from './passkey/index.js'
import { password } from './password.js'
import { profile } from './profile.js'
import { totp } from './totp.js'
import { webauthn } from './webauthn/index.js'

/** All of them, in the order in which Kratos asks: the first that feels addressed gets the submission. */
export const METHODS: readonly Method[] = [
  profile,
  password,
  oidc,
  code,
  link,
  totp,
  passkey,
  webauthn,
  lookupSecret,
  identifierFirst,
]
