/** Backup codes, each good for one sign-in: https://www.ory.com/docs/kratos/mfa/lookup-secrets */

import type { Core } from '../core.js'
import { INVALID, LOGIN, SETTINGS } from '../flows/messages.js'
import { submit, textNode } from '../flows/nodes.js'
import type { Flow } from '../flows/types.js'
import * as ui from '../flows/ui.js'
import { fields } from '../http/decode.js'
import { badRequest, Invalid, NeedsRefresh } from '../http/kratos-errors.js'
import { setCredential } from '../identities/identities.js'
import { isPrivileged } from '../identities/sessions.js'
import type { SignedIn } from '../identities/types.js'
import { isoTime } from '../store/clock.js'
import { LOWER_ALPHANUMERIC } from '../store/ids.js'
import type { Identity, JsonObject, UiNode } from '../store/model.js'
import type { Method, SettingsMethod } from './method.js'
import { mendForm } from './password.js'
import { addFactor, secondFactorLogin } from './second-factor.js'
import { addressed, payloadOf, requireBooleans, requireSameBrowser, requireValid } from './submission.js'

interface BackupCode {
  code: string
  used_at?: string
}

const COUNT = 12
const LENGTH = 8
const PENDING = 'lookup_secret_regenerated'
const NODES = ['regenerate', 'reveal', 'disable', 'codes', 'confirm'].map(name => `lookup_secret_${name}`)

function codesOf(identity: Identity): BackupCode[] {
  const codes = identity.credentials.lookup_secret?.config['recovery_codes']
  return Array.isArray(codes) ? (codes as unknown as BackupCode[]) : []
}
const secondFactors = (_core: Core, identity: Identity): number => (codesOf(identity).length > 0 ? 1 : 0)

function keep(core: Core, identity: Identity, codes: BackupCode[]): void {
  const config = { recovery_codes: codes as unknown as JsonObject[] }
  setCredential(core, identity, 'lookup_secret', config, [identity.id])
}

const login = secondFactorLogin(() => lookupSecret, {
  id: 'lookup_secret',
  field: 'lookup_secret',
  label: LOGIN.lookupLabel,
  button: LOGIN.lookup,
  check(core, identity, code) {
    if (!identity?.credentials.lookup_secret) throw new Invalid({ text: INVALID.noLookup() })
    useUp(core, identity, code)
  },
})

function useUp(core: Core, identity: Identity, given: string): void {
  const codes = codesOf(identity)
  const match = codes.find(({ code }) => code === given)
  if (!match) throw new Invalid({ text: INVALID.lookupWrong() })
  if (match.used_at) throw new Invalid({ text: INVALID.lookupUsed() })
  match.used_at = isoTime(core.now())
  keep(core, identity, codes)
  core.state.putIdentity(identity)
}

const button = (action: string, label: Parameters<typeof submit>[3]): UiNode =>
  submit(`lookup_secret_${action}`, 'true', 'lookup_secret', label)
const revealButton = () => button('reveal', SETTINGS.revealLookup())
const regenerateButton = () => button('regenerate', SETTINGS.regenerateLookup())
const disableButton = () => button('disable', SETTINGS.disableLookup())

function codesNode(codes: readonly BackupCode[]): UiNode {
  const secrets = codes.map(({ code, used_at }) =>
    used_at ? SETTINGS.lookupSecretUsed(used_at) : SETTINGS.lookupSecret(code),
  )
  const list = SETTINGS.lookupList(
    codes.map(({ code, used_at }) => (used_at ? 'used' : code)),
    secrets,
  )
  return textNode('lookup_secret_codes', list, 'lookup_secret', SETTINGS.lookupLabel())
}

const ACTIONS = ['confirm', 'reveal', 'disable', 'regenerate'] as const
type Action = (typeof ACTIONS)[number]

const settings: SettingsMethod = {
  populate(x, flow, identity) {
    ui.setCsrf(flow.ui, x.csrf.token)
    if (codesOf(identity).length > 0) ui.upsert(flow.ui, revealButton(), disableButton())
    else ui.upsert(flow.ui, regenerateButton())
  },

  read(x, flow) {
    const names = ACTIONS.map(action => `lookup_secret_${action}`)
    const payload = payloadOf(x, flow, fields('boolean', ...names))
    requireBooleans(x, payload, 'updateSettingsFlowWithLookupMethod', ...names)
    requireValid(payload)
    if (!names.some(name => payload[name])) return undefined
    return addressed(x.core, lookupSecret, 'lookup_secret') ? payload : undefined
  },

  async apply(x, flow, who, payload) {
    requireSameBrowser(x, flow, payload)
    if (!isPrivileged(x.core, who.session)) throw new NeedsRefresh()
    const action = ACTIONS.find(name => payload[`lookup_secret_${name}`])
    return action && PERFORM[action](x.core, flow, who)
  },
  mend: mendForm,
}

function replaceNodes(flow: Flow, ...nodes: UiNode[]): { show: true } {
  ui.remove(flow.ui, ...NODES)
  ui.upsert(flow.ui, ...nodes)
  return { show: true }
}

type Perform = (core: Core, flow: Flow, who: SignedIn) => { update: Identity } | { show: true }

const PERFORM: Record<Action, Perform> = {
  reveal(_core, flow, { identity }) {
    const codes = codesOf(identity)
    if (codes.length === 0) throw badRequest('Can not reveal lookup codes because you have none.')
    return replaceNodes(flow, codesNode(codes), disableButton(), regenerateButton())
  },
  regenerate(core, flow) {
    const codes = Array.from({ length: COUNT }, () => ({ code: core.ids.secret(LENGTH, LOWER_ALPHANUMERIC) }))
    flow.internal[PENDING] = codes
    return replaceNodes(flow, codesNode(codes), button('confirm', SETTINGS.confirmLookup()))
  },
  confirm(core, flow, who) {
    const codes = flow.internal[PENDING]
    if (!Array.isArray(codes) || codes.length !== COUNT)
      throw badRequest('You must (re-)generate recovery backup codes before you can save them.')
    const update = structuredClone(who.identity)
    keep(core, update, codes as unknown as BackupCode[])
    delete flow.internal[PENDING]
    addFactor(core, who, 'lookup_secret')
    return { update }
  },
  disable(_core, flow, { identity }) {
    const update = structuredClone(identity)
    delete update.credentials.lookup_secret
    delete flow.internal[PENDING]
    replaceNodes(flow, regenerateButton())
    return { update }
  },
}

export const lookupSecret: Method = {
  id: 'lookup_secret',
  group: 'lookup_secret',
  enabled: core => core.config.selfservice.methods.lookup_secret.enabled,
  login,
  settings,
  secondFactors,
}
