/** The accounts elsewhere that a person signs in with. */

import type { Core } from '../core.js'
import { setCredential } from '../identities/identities.js'
import type { CompletedMethod } from '../identities/types.js'
import type { Identity, JsonObject } from '../store/model.js'

export interface LinkedAccount {
  provider: string
  subject: string
}

const uniqueId = ({ provider, subject }: LinkedAccount): string => `${provider}:${subject}`

export function linkedAccounts(identity: Identity): LinkedAccount[] {
  const listed = identity.credentials.oidc?.config['providers']
  const accounts = Array.isArray(listed) ? (listed as JsonObject[]) : []
  return accounts.flatMap(({ provider, subject }) =>
    typeof provider === 'string' && typeof subject === 'string' ? [{ provider, subject }] : [],
  )
}

/** How many of them still let the person in. */
export function countAccounts(identity: Identity): number {
  const identifiers = identity.credentials.oidc?.identifiers ?? []
  return linkedAccounts(identity).filter(account => identifiers.includes(uniqueId(account))).length
}

export const ownerOf = (core: Core, account: LinkedAccount): Identity | undefined =>
  core.state.identityByIdentifier('oidc', uniqueId(account))

/** How a session says that its owner came from there. */
export const signedInWith = ({ provider }: LinkedAccount): CompletedMethod => ({
  method: 'oidc',
  aal: 'aal1',
  provider,
})

/** Tokens of the provider are not kept: nothing in the emulator could use them. */
const stored = ({ provider, subject }: LinkedAccount): JsonObject => ({
  subject,
  provider,
  initial_id_token: '',
  initial_access_token: '',
  initial_refresh_token: '',
})

export function setAccounts(core: Core, identity: Identity, accounts: readonly LinkedAccount[]): void {
  setCredential(core, identity, 'oidc', { providers: accounts.map(stored) }, accounts.map(uniqueId))
}

export function addAccount(core: Core, identity: Identity, account: LinkedAccount): void {
  setAccounts(core, identity, [...linkedAccounts(identity), account])
}
