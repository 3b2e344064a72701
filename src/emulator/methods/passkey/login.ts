import { uiUrl } from '../../flows/flow.js'
import { KEY, PASSKEY } from '../../flows/key-messages.js'
import { INVALID } from '../../flows/messages.js'
import { input } from '../../flows/nodes.js'
import type { Flow } from '../../flows/types.js'
import * as ui from '../../flows/ui.js'
import { decode, fields, str } from '../../http/decode.js'
import { type Exchange, isJson, problem, redirect } from '../../http/exchange.js'
import { Invalid, locationChangeRequired } from '../../http/kratos-errors.js'
import type { Identity, JsonObject } from '../../store/model.js'
import { identifierLabel } from '../identifier.js'
import { isRightAnswer, parseAnswer } from '../keys/answer.js'
import { forget, remember, requirePending } from '../keys/ceremony.js'
import { countKeys, keysOf, personByHandle, userHandleOf } from '../keys/credentials.js'
import { hidden, scriptNode, trigger } from '../keys/nodes.js'
import { beginRequest } from '../keys/options.js'
import type { LoginMethod } from '../method.js'
import { addressed, requireSameBrowser } from '../submission.js'
import { nameOf } from './names.js'
import { PASSKEY_METHOD } from './switch.js'

const inBrowser = ({ type }: Flow): boolean => type === 'browser'

const button = (flow: Flow) =>
  trigger('passkey', 'passkey_login_trigger', {
    call: 'oryPasskeyLogin',
    label: PASSKEY.signIn(),
    inBrowser: inBrowser(flow),
    value: '',
  })

/** A field that offers passkeys as one types, and what the script needs for that. */
function offer(x: Exchange, flow: Flow): void {
  const { core } = x
  ui.setCsrf(flow.ui, x.csrf.token)
  const begun = beginRequest(core, 'passkey')
  const identifier = { value: '', required: true, autocomplete: 'username webauthn' }
  const onload = 'oryPasskeyLoginAutocompleteInit'
  ui.upsert(
    flow.ui,
    input('identifier', 'text', 'default', identifier, identifierLabel(core, flow)),
    hidden('passkey', 'passkey_challenge', remember(flow, 'passkey', begun)),
    ...(inBrowser(flow) ? [scriptNode(core)] : []),
    input('passkey_login', 'hidden', 'passkey', {
      ...(inBrowser(flow) && { onload: `window.${onload}()` }),
      onloadTrigger: onload,
    }),
  )
}

export const login: LoginMethod = {
  level: () => 'any',
  completed: () => ({ method: 'passkey', aal: 'aal1' }),

  populateFirst(x, flow) {
    offer(x, flow)
    ui.append(flow.ui, button(flow))
  },
  populateIdentification: offer,

  populateRefresh(x, flow, { identity }) {
    const keys = keysOf(identity, 'passkey')
    if (!identity.credentials.passkey?.identifiers[0] || keys.length === 0) return
    const begun = beginRequest(x.core, 'passkey', { handle: userHandleOf(identity, 'passkey'), keys })
    ui.upsert(flow.ui, hidden('passkey', 'passkey_challenge', remember(flow, 'passkey', begun)))
    if (inBrowser(flow)) ui.append(flow.ui, scriptNode(x.core))
    ui.upsert(flow.ui, hidden('passkey', 'passkey_login'))
    ui.append(flow.ui, button(flow))
    ui.setCsrf(flow.ui, x.csrf.token)
    ui.upsert(flow.ui, input('identifier', 'hidden', 'default', { value: nameOf(x.core, identity) }))
  },

  populateCredentials(x, flow, person) {
    const has = person !== undefined && countKeys(person, 'passkey', true) > 0
    if (has || x.core.config.security.account_enumeration.mitigate) ui.append(flow.ui, button(flow))
    return has
  },

  async submit(x, flow) {
    try {
      const payload = decode(x, fields('string', 'passkey_login', 'method', 'csrf_token'))
      if (!payload['passkey_login'] && payload['method'] !== 'passkey') return undefined
      addressed(x.core, PASSKEY_METHOD, 'passkey')
      requireSameBrowser(x, flow, payload)
      if ((flow.requested_aal ?? 'aal1') !== 'aal1') return undefined
      return payload['passkey_login'] ? await signIn(x, flow, payload) : { answer: showAgain(x, flow) }
    } catch (error) {
      ui.resetNodes(flow.ui, id => id === 'passkey_login')
      if (inBrowser(flow)) ui.setCsrf(flow.ui, x.csrf.token)
      throw error
    }
  },
}

/** Kratos prepares a form of its own for this and forgets it: the page shows the one of before. */
function showAgain(x: Exchange, flow: Flow) {
  const to = uiUrl(x.core, flow)
  return isJson(x) ? problem(locationChangeRequired(to)) : redirect(x, to)
}

async function signIn(x: Exchange, flow: Flow, payload: JsonObject): Promise<{ identity: Identity }> {
  const { core } = x
  const answer = await parseAnswer(str(payload, 'passkey_login'))
  const ceremony = requirePending(flow, 'passkey')
  const person = personByHandle(core, answer.handle)
  if (!person) throw new Invalid({ text: KEY.noUser() })
  const keys = keysOf(person.identity, person.type).filter(key => key.is_passwordless)
  // Who it is, the authenticator says; that it has a key of theirs is what is checked.
  if (!(await isRightAnswer(core, 'passkey', answer, { ceremony, keys, handle: answer.handle })))
    throw new Invalid({ text: INVALID.totpWrong() })
  forget(flow, 'passkey')
  flow.active = 'passkey'
  return { identity: person.identity }
}
