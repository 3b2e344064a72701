/** `DELETE /admin/identities/{id}/credentials/{type}` */

import type { Core } from '../core.js'
import { type Answer, type Exchange, noContent } from '../http/exchange.js'
import { badRequest, Problem } from '../http/kratos-errors.js'
import { countKeys, keepKeys, keysOf, userHandleOf } from '../methods/keys/credentials.js'
import { asList, asObject } from '../schema/fields.js'
import type { Credential, CredentialsType, Identity, JsonObject } from '../store/model.js'
import { knownIdentity, saveChanged } from './identities.js'

export function deleteCredentials(x: Exchange): Answer {
  const identity = knownIdentity(x)
  const type = x.params['type'] ?? ''
  const credential = Object.hasOwn(identity.credentials, type)
    ? identity.credentials[type as CredentialsType]
    : undefined
  if (!credential) throw notFound(`You tried to remove a ${type} but this user have no ${type} set up.`)
  remove(x, identity, credential)
  saveChanged(x.core, identity)
  return noContent()
}

function remove(x: Exchange, identity: Identity, credential: Credential): void {
  switch (credential.type) {
    case 'totp':
    case 'lookup_secret':
      delete identity.credentials[credential.type]
      return
    case 'webauthn':
      removeSecondFactors(x.core, identity)
      return
    case 'password':
      requireAnother(x.core, identity)
      credential.config = {}
      return
    case 'oidc':
    case 'saml':
      requireAnother(x.core, identity)
      removeProvider(credential, x.query.get('identifier') ?? '')
      return
    default:
      throw badRequest(`Credentials type ${credential.type} cannot be deleted.`)
  }
}

function requireAnother(core: Core, identity: Identity): void {
  if (firstFactors(core, identity) < 2)
    throw badRequest('You cannot remove the last first factor credential.')
}

/** Keys that are enough to sign in stay. */
function removeSecondFactors(core: Core, identity: Identity): void {
  const keys = keysOf(identity, 'webauthn').filter(key => key.is_passwordless)
  if (keys.length === 0) delete identity.credentials.webauthn
  else keepKeys(core, identity, 'webauthn', { keys, handle: userHandleOf(identity, 'webauthn') })
}

/** How many ways there are to sign in. */
function firstFactors(core: Core, identity: Identity): number {
  const { password, oidc, code } = identity.credentials
  const byCode =
    core.config.selfservice.methods.code.passwordless_enabled && (code?.identifiers.length ?? 0) > 0
  return [
    Boolean(password?.config['hashed_password']),
    asList(oidc?.config['providers']).length > 0,
    byCode,
    countKeys(identity, 'webauthn', true) > 0,
    countKeys(identity, 'passkey', true) > 0,
  ].filter(Boolean).length
}

function removeProvider(credential: Credential, identifier: string): void {
  if (identifier === '') throw badRequest('You must provide an identifier to delete this credential.')
  const nameOf = (provider: JsonObject): string => `${provider['provider']}:${provider['subject']}`
  const before = asList(credential.config['providers']).map(asObject)
  const after = before.filter(provider => nameOf(provider) !== identifier)
  if (after.length === before.length)
    throw notFound(`The identifier \`${identifier}\` was not found among OIDC credentials.`)
  credential.identifiers = after.map(nameOf)
  credential.config = { ...credential.config, providers: after }
}

const notFound = (reason: string): Problem => new Problem(404, { reason })
