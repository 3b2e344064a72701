import { saveFlow, uiUrl } from '../../flows/flow.js'
import { KEY } from '../../flows/key-messages.js'
import { INVALID } from '../../flows/messages.js'
import { input, submit } from '../../flows/nodes.js'
import type { Flow } from '../../flows/types.js'
import * as ui from '../../flows/ui.js'
import { fields, str } from '../../http/decode.js'
import { type Answer, type Exchange, isJson, problem, redirect } from '../../http/exchange.js'
import { Invalid, locationChangeRequired } from '../../http/kratos-errors.js'
import type { SignedIn } from '../../identities/types.js'
import { normalizeIdentifier } from '../../schema/identity-schema.js'
import type { Aal, Identity, JsonObject, UiText } from '../../store/model.js'
import { identifierLabel } from '../identifier.js'
import { isRightAnswer, parseAnswer } from '../keys/answer.js'
import { forget, remember, requirePending } from '../keys/ceremony.js'
import { countKeys, type Key, keysOf, userHandleOf } from '../keys/credentials.js'
import { hidden, scriptNode, trigger } from '../keys/nodes.js'
import { beginRequest } from '../keys/options.js'
import type { LoginMethod } from '../method.js'
import { addressed, payloadOf, requireFields, requireSameBrowser } from '../submission.js'
import { isPasswordless, levelOf, WEBAUTHN } from './switch.js'

const keysFor = (identity: Identity, level: Aal): Key[] =>
  keysOf(identity, 'webauthn').filter(key => key.is_passwordless === (level === 'aal1'))

const askForIt = (x: Exchange, flow: Flow): void => {
  ui.setCsrf(flow.ui, x.csrf.token)
  ui.append(flow.ui, submit('method', 'webauthn', 'webauthn', KEY.signIn()))
}

/** The button that signs our challenge; false if this person has no key for it. */
function showKey(x: Exchange, flow: Flow, identity: Identity, label: UiText, level: Aal): boolean {
  const keys = keysFor(identity, level)
  if (keys.length === 0) return false
  const begun = beginRequest(x.core, 'webauthn', { handle: userHandleOf(identity, 'webauthn'), keys })
  const options = remember(flow, 'webauthn', begun)
  const [identifier] = identity.credentials.webauthn?.identifiers ?? []
  if (identifier) ui.upsert(flow.ui, input('identifier', 'hidden', 'default', { value: identifier }))
  ui.setCsrf(flow.ui, x.csrf.token)
  const button = { call: 'oryWebAuthnLogin', label, options }
  ui.upsert(
    flow.ui,
    scriptNode(x.core),
    trigger('webauthn', 'webauthn_login_trigger', button),
    hidden('webauthn', 'webauthn_login', ''),
  )
  return true
}

export const login: LoginMethod = {
  level: () => 'any',
  completed: core => ({ method: 'webauthn', aal: levelOf(core) }),

  populateFirst(x, flow) {
    if (flow.type !== 'browser' || !isPasswordless(x.core)) return
    const options = { value: '', required: true, autocomplete: 'username webauthn' }
    ui.upsert(flow.ui, input('identifier', 'text', 'default', options, identifierLabel(x.core, flow)))
    askForIt(x, flow)
  },

  populateRefresh(x, flow, { identity }) {
    if (flow.type !== 'browser' || !identity.credentials.webauthn?.identifiers[0]) return
    showKey(x, flow, identity, KEY.signIn(), flow.requested_aal ?? 'aal1')
  },

  populateCredentials(x, flow, person) {
    if (flow.type !== 'browser' || !isPasswordless(x.core)) return false
    const has = person !== undefined && countKeys(person, 'webauthn', true) > 0
    if (has || x.core.config.security.account_enumeration.mitigate) askForIt(x, flow)
    return has
  },

  populateSecond(x, flow, who) {
    if (flow.refresh) login.populateRefresh?.(x, flow, who)
    else if (flow.type === 'browser' && !isPasswordless(x.core))
      showKey(x, flow, who.identity, KEY.signIn(), 'aal2')
  },

  async submit(x, flow, who) {
    if (flow.type !== 'browser') return undefined
    try {
      const payload = read(x, flow)
      if (!payload) return undefined
      const level = flow.requested_aal ?? 'aal1'
      const first = isPasswordless(x.core) || (flow.refresh === true && level === 'aal1')
      if (level !== (first ? 'aal1' : 'aal2')) return undefined
      return first ? await signIn(x, flow, payload) : await stepUp(x, flow, who, payload)
    } catch (error) {
      ui.setCsrf(flow.ui, x.csrf.token)
      throw error
    }
  },
}

function read(x: Exchange, flow: Flow): JsonObject | undefined {
  const payload = payloadOf(x, flow, fields('string', 'webauthn_login', 'identifier'))
  const asked = Boolean(payload['webauthn_login']) || payload['method'] === 'webauthn'
  requireFields(payload, ...(asked ? ['identifier'] : []))
  if (!asked) return undefined
  addressed(x.core, WEBAUTHN, 'webauthn')
  requireSameBrowser(x, flow, payload)
  return payload
}

type Outcome = { answer: Answer } | { identity: Identity }

async function signIn(x: Exchange, flow: Flow, payload: JsonObject): Promise<Outcome> {
  const identifier = str(payload, 'identifier')
  const identity = x.core.state.identityByIdentifier('webauthn', normalizeIdentifier(identifier))
  if (!identity) throw new Invalid({ text: KEY.noUser() })
  const sent = str(payload, 'webauthn_login')
  if (!sent) return { answer: prepare(x, flow, identity, identifier) }
  return verify(x, flow, identity, sent, 'aal1')
}

/** The same flow, now with nothing but the button of the key: the person is known. */
function prepare(x: Exchange, flow: Flow, identity: Identity, identifier: string): Answer {
  const before = flow.ui.nodes
  flow.ui.nodes = []
  if (!showKey(x, flow, identity, KEY.continue(), 'aal1')) {
    flow.ui.nodes = before
    throw new Invalid({ text: KEY.noUser() })
  }
  ui.addMessage(flow.ui, KEY.prepare())
  ui.upsert(flow.ui, input('identifier', 'hidden', 'default', { value: identifier, required: true }))
  saveFlow(x.core, flow)
  const to = uiUrl(x.core, flow)
  return isJson(x) ? problem(locationChangeRequired(to)) : redirect(x, to)
}

async function stepUp(
  x: Exchange,
  flow: Flow,
  who: SignedIn | undefined,
  payload: JsonObject,
): Promise<Outcome> {
  if (!who) throw new Invalid({ text: KEY.none() })
  return verify(x, flow, who.identity, str(payload, 'webauthn_login'), 'aal2')
}

async function verify(
  x: Exchange,
  flow: Flow,
  identity: Identity,
  sent: string,
  level: Aal,
): Promise<Outcome> {
  const { core } = x
  if (!identity.credentials.webauthn) throw new Invalid({ text: KEY.none() })
  const answer = await parseAnswer(sent)
  const ceremony = requirePending(flow, 'webauthn')
  const keys = flow.refresh ? keysOf(identity, 'webauthn') : keysFor(identity, level)
  const handle = userHandleOf(identity, 'webauthn')
  const isTheirs = ceremony.userId === handle.toString('base64url')
  if (!isTheirs || !(await isRightAnswer(core, 'webauthn', answer, { ceremony, keys, handle })))
    throw new Invalid({ text: INVALID.totpWrong() })
  forget(flow, 'webauthn')
  flow.active = 'webauthn'
  return { identity }
}
