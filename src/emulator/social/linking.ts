/**
 * Somebody signs up with a provider, and the address is taken: they prove that the account is theirs by
 * signing in to it, and the provider is added. https://www.ory.com/docs/kratos/social-signin/account-linking
 */

import type { Core } from '../core.js'
import { flowJson, returnToAfter, saveFlow, uiUrl } from '../flows/flow.js'
import { INVALID, LOGIN } from '../flows/messages.js'
import type { Flow } from '../flows/types.js'
import * as ui from '../flows/ui.js'
import { type Answer, acceptsJson, type Exchange, json, redirect } from '../http/exchange.js'
import { Invalid } from '../http/kratos-errors.js'
import { withQuery } from '../http/urls.js'
import { Duplicate } from '../identities/identities.js'
import { completedAt } from '../identities/sessions.js'
import { isoTime } from '../store/clock.js'
import type { Identity, JsonObject, Session, UiContainer, UiNode } from '../store/model.js'
import { addAccount, type LinkedAccount, signedInWith } from './credential.js'
import { socialProvider } from './providers.js'

/** Where a login flow keeps what is to be linked; Kratos' name. */
const NOTE = 'registration_duplicate_credentials'

interface Waiting extends LinkedAccount {
  identifier: string
}

/** Turns the fresh login flow into one that asks for the account the address belongs to. */
export function offerLinking(
  x: Exchange,
  flow: Flow,
  account: LinkedAccount,
  taken: { error: Duplicate; identifier: string },
): Answer {
  const note: Waiting = { ...account, identifier: taken.identifier }
  flow.internal[NOTE] = note as unknown as JsonObject
  flow.active = 'oidc'
  showLinking(x, flow, account.provider, taken)
  saveFlow(x.core, flow)
  if (acceptsJson(x)) return json(400, flowJson(x.core, flow))
  const home = x.core.config.selfservice.default_browser_return_url
  const page =
    flow.type === 'api'
      ? withQuery(returnToAfter(x.core, flow, home), { flow: flow.id })
      : uiUrl(x.core, flow)
  return redirect(x, withQuery(page, { no_org_ui: 'true' }))
}

function showLinking(
  x: Exchange,
  flow: Flow,
  provider: string,
  { error, identifier }: { error: Duplicate; identifier: string },
): void {
  const { core } = x
  const hints = core.config.selfservice.flows.registration.login_hints
  const context = error.issues[0]?.text.context ?? {}
  const types = hints ? texts(context['available_credential_types']) : []
  const providers = hints ? texts(context['available_oidc_providers']) : []
  flow.ui.nodes = flow.ui.nodes.filter(
    node => isAlwaysShown(node) || isUseful(node, provider, hints ? { types, providers } : undefined),
  )
  relabel(flow.ui)
  hideIdentifier(flow.ui, identifier)
  const { config } = socialProvider(core, provider)
  const loginUrl = core.config.selfservice.flows.login.ui_url
  ui.resetMessages(flow.ui)
  ui.addMessage(flow.ui, LOGIN.link(identifier, config.label || config.provider, loginUrl, types, providers))
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
const isAlwaysShown = (node: UiNode): boolean => !node.meta.label || node.group === 'default'

/** Not the provider one comes from; with login hints, only what that person really has. */
function isUseful(node: UiNode, used: string, hints?: { types: string[]; providers: string[] }): boolean {
  const id = String(node.meta.label?.context?.['provider_id'] ?? '')
  if (node.group === 'oidc' && (id === used || (hints && !hints.providers.includes(id)))) return false
  return !hints || hints.types.includes(node.group)
}

function relabel({ nodes }: UiContainer): void {
  for (const { group, meta } of nodes) {
    if (group === 'default') continue
    if (meta.label?.id === LOGIN.signIn().id) meta.label = LOGIN.andLink()
    else if (meta.label?.id === 1010002)
      meta.label = LOGIN.withAndLink(String(meta.label.context?.['provider'] ?? ''))
  }
}

function hideIdentifier({ nodes }: UiContainer, value: string): void {
  const node = nodes.find(({ attributes }) => 'name' in attributes && attributes.name === 'identifier')
  if (node && 'name' in node.attributes) node.attributes = { ...node.attributes, type: 'hidden', value }
}

export const isLinking = (flow: Flow): boolean => NOTE in flow.internal

/** Adds what waits in this flow to whoever has just signed in with it; they must be who it was about. */
export function linkWaiting(core: Core, flow: Flow, identity: Identity, session: Session): void {
  const waiting = flow.internal[NOTE] as unknown as Waiting | undefined
  if (!waiting) return
  const identifiers = Object.values(identity.credentials).flatMap(credential => credential.identifiers)
  if (!identifiers.includes(waiting.identifier)) throw new Invalid({ text: INVALID.linkedCredentials() })
  addAccount(core, identity, waiting)
  if (core.state.conflict(identity)) throw new Duplicate({ text: INVALID.duplicate() })
  identity.updated_at = isoTime(core.now())
  core.state.putIdentity(identity)
  session.authentication_methods.push(completedAt(signedInWith(waiting), identity.updated_at))
}
