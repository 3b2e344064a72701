import type { Core } from '../core.js'
import { input, submit } from '../flows/nodes.js'
import type { Flow } from '../flows/types.js'
import * as ui from '../flows/ui.js'
import { fields, str } from '../http/decode.js'
import type { Exchange } from '../http/exchange.js'
import { aalOf } from '../identities/sessions.js'
import type { SignedIn } from '../identities/types.js'
import { isoTime } from '../store/clock.js'
import type { Aal, CredentialsType, Identity, UiText } from '../store/model.js'
import type { LoginMethod, Method } from './method.js'
import { addressed, methodOf, payloadOf, requireFields, requireSameBrowser } from './submission.js'

/** Whoever sets up a factor has just used it: with a second one, the session counts as stepped up. */
export function addFactor(
  core: Core,
  { session }: SignedIn,
  method: CredentialsType,
  aal: Aal = 'aal2',
): void {
  const stored = core.state.session(session.id)
  if (!stored) return
  const used = { method, aal, completed_at: isoTime(core.now()) }
  const methods = [...stored.authentication_methods, used]
  core.state.putSession({
    ...stored,
    authentication_methods: methods,
    authenticator_assurance_level: aalOf(methods),
  })
}

export interface SecondFactor {
  readonly id: 'totp' | 'lookup_secret'
  /** The field that takes the code. */
  readonly field: string
  readonly label: () => UiText
  readonly button: () => UiText
  /** What is wrong with a code before anybody's is looked at. */
  checkForm?(code: string): void
  /** Throws what to say when it is not a code of this person. */
  check(core: Core, identity: Identity | undefined, code: string): void | Promise<void>
}

/** The login half of what is asked for after a first factor: one field, one button, one check. */
export const secondFactorLogin = (own: () => Method, factor: SecondFactor): LoginMethod => ({
  level: () => 'aal2',
  completed: () => ({ method: factor.id, aal: 'aal2' }),

  populateSecond(x, flow, { identity }) {
    if (!identity.credentials[factor.id]) return
    ui.setCsrf(flow.ui, x.csrf.token)
    ui.upsert(flow.ui, input(factor.field, 'text', factor.id, { value: '', required: true }, factor.label()))
    ui.append(flow.ui, submit('method', factor.id, factor.id, factor.button()))
  },

  async submit(x, flow, who) {
    if (!addressed(x.core, own(), methodOf(x))) return undefined
    try {
      const payload = payloadOf(x, flow, fields('string', factor.field))
      requireFields(payload, factor.field)
      const code = str(payload, factor.field)
      factor.checkForm?.(code)
      requireSameBrowser(x, flow, payload)
      await factor.check(x.core, who?.identity, code)
      flow.active = factor.id
      return { identity: who!.identity }
    } catch (error) {
      mendSecondStep(x, flow, factor.field)
      throw error
    }
  },
})

/** The form of a second step as it is shown again: without the code that was wrong. */
export function mendSecondStep(x: Exchange, flow: Flow, code: string): void {
  ui.resetNodes(flow.ui, id => id === code)
  if (flow.type === 'browser') ui.setCsrf(flow.ui, x.csrf.token)
}
