/** Sign in with a password: https://www.ory.com/docs/kratos/passwordless/passwords */

import { type Core, schemaOf } from '../core.js'
import { INVALID, LABEL, LOGIN, REGISTRATION } from '../flows/messages.js'
import { input, password as passwordNode, submit } from '../flows/nodes.js'
import type { Flow } from '../flows/types.js'
import * as ui from '../flows/ui.js'
import { fields, obj, str, traitFields } from '../http/decode.js'
import type { Exchange } from '../http/exchange.js'
import { Invalid, NeedsRefresh, Problem } from '../http/kratos-errors.js'
import { deriveFromTraits, setCredential } from '../identities/identities.js'
import { checkPassword, hashPassword, verifyPassword } from '../identities/passwords.js'
import { isPrivileged } from '../identities/sessions.js'
import type { SignedIn } from '../identities/types.js'
import { normalizeIdentifier } from '../schema/identity-schema.js'
import type { Identity, JsonObject } from '../store/model.js'
import { identifierLabel } from './identifier.js'
import type { LoginMethod, Method, RegistrationMethod, SettingsMethod } from './method.js'
import {
  addressed,
  methodOf,
  missing,
  payloadOf,
  requireFields,
  requireSameBrowser,
  requireValid,
} from './submission.js'

const hashOf = (identity: Identity): string =>
  str(identity.credentials.password?.config ?? {}, 'hashed_password')

const firstFactors = (_core: Core, identity: Identity): number =>
  hashOf(identity) && (identity.credentials.password?.identifiers.length ?? 0) > 0 ? 1 : 0

const submitLogin = (label = LOGIN.password()) => submit('method', 'password', 'password', label)

const login: LoginMethod = {
  level: () => 'aal1',
  completed: () => ({ method: 'password', aal: 'aal1' }),

  populateFirst(x, flow) {
    ui.upsert(
      flow.ui,
      input('identifier', 'text', 'default', { value: '', required: true }, identifierLabel(x.core, flow)),
    )
    ui.setCsrf(flow.ui, x.csrf.token)
    ui.upsert(flow.ui, passwordNode('current-password'))
    ui.append(flow.ui, submitLogin())
  },

  populateRefresh(x, flow, { identity }) {
    const identifier = identity.credentials.password?.identifiers[0]
    if (!identifier || firstFactors(x.core, identity) === 0) return
    ui.setCsrf(flow.ui, x.csrf.token)
    ui.upsert(flow.ui, input('identifier', 'hidden', 'default', { value: identifier }))
    ui.upsert(flow.ui, passwordNode('current-password'))
    ui.append(flow.ui, submitLogin(LOGIN.signIn()))
  },

  populateCredentials(x, flow, person) {
    const has = person !== undefined && firstFactors(x.core, person) > 0
    if (has || x.core.config.security.account_enumeration.mitigate) {
      ui.setCsrf(flow.ui, x.csrf.token)
      ui.upsert(flow.ui, passwordNode('current-password'))
      ui.append(flow.ui, submitLogin())
    }
    return has
  },

  async submit(x, flow) {
    if (!addressed(x.core, password, methodOf(x))) return undefined
    let payload: JsonObject = {}
    try {
      payload = payloadOf(x, flow, fields('string', 'password', 'identifier', 'password_identifier'))
      requireFields(
        payload,
        'password',
        payload['password_identifier'] ? 'password_identifier' : 'identifier',
      )
      requireSameBrowser(x, flow, payload)
      const identity = await authenticate(x.core, identifierOf(payload), str(payload, 'password'))
      flow.active = 'password'
      return { identity }
    } catch (error) {
      ui.resetNodes(flow.ui, id => id === 'password')
      ui.setValue(flow.ui, 'identifier', identifierOf(payload))
      if (flow.type === 'browser') ui.setCsrf(flow.ui, x.csrf.token)
      throw error
    }
  },
}

const identifierOf = (payload: JsonObject): string =>
  str(payload, 'identifier') || str(payload, 'password_identifier')

async function authenticate(core: Core, identifier: string, secret: string): Promise<Identity> {
  const identity = core.state.identityByIdentifier('password', normalizeIdentifier(identifier))
  const hash = identity && hashOf(identity)
  if (identity && !hash && identity.credentials.password?.config['use_password_migration_hook'] === true)
    throw notMigrated()
  if (identity && hash && (await verifyPassword(secret, hash))) return identity
  throw new Invalid({ text: INVALID.credentials() })
}

/** `migrate_hook` is not acted on here; the start says so. */
const notMigrated = (): Problem =>
  new Problem(500, {
    id: 'invalid_configuration',
    message: 'Invalid configuration',
    reason: 'Password migration hook is not enabled but password migration is requested.',
  })

const newPassword = () => passwordNode('new-password')
const submitRegistration = () => submit('method', 'password', 'password', REGISTRATION.signUp())

const registration: RegistrationMethod = {
  populateProfile(x, flow) {
    ui.setCsrf(flow.ui, x.csrf.token)
    ui.removeMatching(flow.ui, newPassword())
    ui.removeMatching(flow.ui, submitRegistration())
  },
  populateCredentials: addCredentialNodes,
  populateOneStep: addCredentialNodes,

  async submit(x, flow, identity) {
    if (!addressed(x.core, password, methodOf(x))) return undefined
    let payload: JsonObject = {}
    try {
      const schema = schemaOf(x.core, identity.schema_id)
      payload = payloadOf(x, flow, [...fields('string', 'password'), ...traitFields(schema)])
      requireValid(
        payload,
        ...(payload['password'] === undefined ? [missing('password')] : []),
        ...schema.validate(payload['traits'] ?? {}),
      )
      requireSameBrowser(x, flow, payload)
      identity.traits = obj(payload, 'traits')
      await setPassword(x.core, identity, str(payload, 'password'))
      return { registered: { method: 'password', aal: 'aal1' } }
    } catch (error) {
      ui.setTraitValues(flow.ui, obj(payload, 'traits'))
      if (flow.type === 'browser') ui.setCsrf(flow.ui, x.csrf.token)
      throw error
    }
  },
}

function addCredentialNodes(x: Exchange, flow: Flow): void {
  ui.setCsrf(flow.ui, x.csrf.token)
  ui.upsert(flow.ui, newPassword(), submitRegistration())
}

/** Checks a password against the policy and keeps its hash. */
async function setPassword(core: Core, identity: Identity, secret: string): Promise<void> {
  setCredential(core, identity, 'password', {})
  deriveFromTraits(core, identity)
  const identifiers = identity.credentials.password?.identifiers ?? []
  if (identifiers.length === 0) throw new Invalid({ text: INVALID.noIdentifier() })
  const objection = checkPassword(secret, identifiers, core.config.selfservice.methods.password.config)
  if (objection) throw new Invalid({ name: 'password', text: objection })
  setCredential(core, identity, 'password', { hashed_password: await hashPassword(secret) })
}

const settings: SettingsMethod = {
  populate(x, flow) {
    ui.setCsrf(flow.ui, x.csrf.token)
    ui.upsert(flow.ui, newPassword())
    ui.append(flow.ui, submit('method', 'password', 'password', LABEL.save()))
  },
  read(x, flow) {
    if (!addressed(x.core, password, methodOf(x))) return undefined
    return payloadOf(x, flow, fields('string', 'password'), { methods: ['POST', 'GET'] })
  },
  async apply(x, flow, who, payload) {
    requireFields(payload, 'password')
    requireSameBrowser(x, flow, payload)
    if (!isPrivileged(x.core, who.session)) throw new NeedsRefresh()
    return { update: await changePassword(x.core, who, str(payload, 'password')) }
  },
  mend: mendForm,
}

async function changePassword(core: Core, { identity }: SignedIn, secret: string): Promise<Identity> {
  const old = hashOf(identity)
  const updated = structuredClone(identity)
  await setPassword(core, updated, secret)
  if (old && (await verifyPassword(secret, old)))
    throw new Invalid({ name: 'password', text: INVALID.samePassword() })
  return updated
}

/** What most methods do with the settings form when a submission was refused. */
export function mendForm(x: Exchange, flow: Flow): void {
  ui.resetMessages(flow.ui)
  ui.setCsrf(flow.ui, x.csrf.token)
}

export const password: Method = {
  id: 'password',
  group: 'password',
  enabled: core => core.config.selfservice.methods.password.enabled,
  login,
  registration,
  settings,
  firstFactors,
}
