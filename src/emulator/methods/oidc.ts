/** Social sign-in: https://www.ory.com/docs/kratos/social-signin/overview */

import { schemaOf } from '../core.js'
import { INVALID, LOGIN, REGISTRATION, SETTINGS } from '../flows/messages.js'
import { submit } from '../flows/nodes.js'
import type { Flow } from '../flows/types.js'
import * as ui from '../flows/ui.js'
import { fields, str } from '../http/decode.js'
import type { Exchange } from '../http/exchange.js'
import { Invalid, NeedsRefresh, notImplemented, Problem } from '../http/kratos-errors.js'
import { isPrivileged } from '../identities/sessions.js'
import type { SignedIn } from '../identities/types.js'
import { countAccounts, linkedAccounts, setAccounts } from '../social/credential.js'
import { type SocialProvider, socialProvider, socialProviders } from '../social/providers.js'
import { START_OPTIONS, startFields, startSignIn } from '../social/start.js'
import type { Identity, JsonObject, UiText } from '../store/model.js'
import { countFirstFactors } from './factors.js'
import { flowSchema } from './identifier.js'
import type { LoginMethod, Method, RegistrationMethod, SettingsMethod } from './method.js'
import { mendForm } from './password.js'
import { disabledEndpoint, payloadOf } from './submission.js'

type Label = (provider: string, id: string) => UiText

function addProviders(x: Exchange, flow: Flow, label: Label, among?: readonly string[]): void {
  ui.setCsrf(flow.ui, x.csrf.token)
  for (const [id, { label: name }] of socialProviders(x.core)) {
    if (among && !among.includes(id)) continue
    const button = submit('provider', id, 'oidc', label(name, id))
    ui.removeMatching(flow.ui, button)
    ui.append(flow.ui, button)
  }
}

function removeProviders(flow: Flow): void {
  flow.ui.nodes = flow.ui.nodes.filter(
    ({ group, attributes }) => group !== 'oidc' || !('name' in attributes) || attributes.name !== 'provider',
  )
}

const providersOf = (identity: Identity): string[] =>
  linkedAccounts(identity).map(account => account.provider)

/** The provider a form asks for; nothing if it is for another method. */
function requested(x: Exchange, flow: Flow): { provider: string; payload: JsonObject } | undefined {
  const own = [
    ...fields('string', 'provider', 'id_token', 'id_token_nonce'),
    ...startFields(flowSchema(x.core, flow)),
  ]
  const payload = payloadOf(x, flow, own, START_OPTIONS)
  const provider = str(payload, 'provider')
  const method = str(payload, 'method').toLowerCase()
  if (provider === '' || (method !== '' && method !== 'oidc')) return undefined
  if (!oidc.enabled(x.core)) throw disabledEndpoint()
  if (str(payload, 'id_token')) throw notImplemented('sign-in with an id_token of a native SDK')
  return { provider, payload }
}

async function start(x: Exchange, flow: Flow) {
  const asked = requested(x, flow)
  return asked && { answer: await startSignIn(x, flow, asked.provider, asked.payload) }
}

const login: LoginMethod = {
  level: () => 'aal1',
  completed: () => ({ method: 'oidc', aal: 'aal1' }),
  populateFirst: (x, flow) => addProviders(x, flow, LOGIN.with),
  populateIdentification: (x, flow) => addProviders(x, flow, LOGIN.with),
  populateRefresh: (x, flow, { identity }) => addProviders(x, flow, LOGIN.with, providersOf(identity)),
  populateCredentials(x, flow, person) {
    const linked = person ? providersOf(person) : []
    // With mitigation on, the buttons must not tell whether there is such a person.
    if (x.core.config.security.account_enumeration.mitigate) return linked.length > 0
    if (person) removeProviders(flow)
    if (linked.length === 0) return false
    addProviders(x, flow, LOGIN.with, linked)
    return true
  },
  submit: start,
}

const registration: RegistrationMethod = {
  populateProfile: (x, flow) => addProviders(x, flow, REGISTRATION.with),
  populateCredentials: (x, flow) => addProviders(x, flow, REGISTRATION.with),
  populateOneStep: (x, flow) => addProviders(x, flow, REGISTRATION.with),
  async submit(x, flow) {
    try {
      return await start(x, flow)
    } catch (error) {
      // Kratos leaves nothing but a button to go on with.
      flow.ui.nodes = []
      ui.setCsrf(flow.ui, x.csrf.token)
      ui.append(flow.ui, submit('provider', '', 'oidc', REGISTRATION.continue()))
      throw error
    }
  },
}

const settings: SettingsMethod = {
  populate(x, flow, identity) {
    const linked = providersOf(identity)
    const all = [...socialProviders(x.core)]
    ui.setCsrf(flow.ui, x.csrf.token)
    const button = (name: 'link' | 'unlink', [id, { label }]: [string, SocialProvider]): void =>
      ui.append(
        flow.ui,
        submit(
          name,
          id,
          'oidc',
          name === 'link' ? SETTINGS.linkProvider(label) : SETTINGS.unlinkProvider(label),
        ),
      )
    for (const one of all.filter(([id]) => !linked.includes(id))) button('link', one)
    // The last way in cannot be taken away.
    if (countFirstFactors(x.core, identity) < 2) return
    for (const id of linked) {
      const provider = socialProviders(x.core).get(id)
      if (provider) button('unlink', [id, provider])
    }
  },
  read(x, flow, { identity }) {
    const own = [...fields('string', 'link', 'unlink'), ...startFields(schemaOf(x.core, identity.schema_id))]
    const payload = payloadOf(x, flow, own, START_OPTIONS)
    if (!str(payload, 'link') && !str(payload, 'unlink')) return undefined
    if (!oidc.enabled(x.core)) throw disabledEndpoint()
    return payload
  },
  async apply(x, flow, who, payload) {
    const link = str(payload, 'link')
    const unlink = str(payload, 'unlink')
    if (link && unlink) throw refusal('it is not possible to link and unlink providers in the same request')
    if (link) {
      requireLinkable(x, who, link)
      if (!isPrivileged(x.core, who.session)) throw new NeedsRefresh()
      return { answer: await startSignIn(x, flow, link, payload) }
    }
    if (!isPrivileged(x.core, who.session)) throw new NeedsRefresh()
    return { update: without(x, who.identity, unlink) }
  },
  mend: mendForm,
}

const refusal = (reason: string): Invalid => new Invalid({ text: INVALID.generic(reason) })

/** Only a provider that is configured and not linked yet. */
export function requireLinkable(x: Exchange, { identity }: SignedIn, id: string): void {
  if (!socialProviders(x.core).has(id) || providersOf(identity).includes(id))
    throw refusal('can not link unknown or already existing OpenID Connect connection')
  socialProvider(x.core, id)
}

function without(x: Exchange, identity: Identity, id: string): Identity {
  if (!identity.credentials.oidc)
    throw new Problem(404, { reason: 'identity does not have credential type oidc' })
  if (countFirstFactors(x.core, identity) < 2)
    throw refusal(
      'can not unlink OpenID Connect connection because it is the last remaining first factor credential',
    )
  if (!providersOf(identity).includes(id) || !socialProviders(x.core).has(id))
    throw refusal('can not unlink non-existing OpenID Connect connection')
  const update = structuredClone(identity)
  setAccounts(
    x.core,
    update,
    linkedAccounts(identity).filter(account => account.provider !== id),
  )
  return update
}

export const oidc: Method = {
  id: 'oidc',
  group: 'oidc',
  enabled: core => core.config.selfservice.methods.oidc.enabled,
  login,
  registration,
  settings,
  firstFactors: (_core, identity) => countAccounts(identity),
}
