import type { Core } from '../core.js'
import type { Flow } from '../flows/types.js'
import * as ui from '../flows/ui.js'
import type { Exchange } from '../http/exchange.js'
import { aalOf } from '../identities/sessions.js'
import type { SignedIn } from '../identities/types.js'
import { isoTime } from '../store/clock.js'

/** Whoever sets up a second factor has just used it: the session counts as stepped up. */
export function addFactor(core: Core, { session }: SignedIn, method: 'totp' | 'lookup_secret'): void {
  const stored = core.state.session(session.id)
  if (!stored) return
  const used = { method, aal: 'aal2' as const, completed_at: isoTime(core.now()) }
  const methods = [...stored.authentication_methods, used]
  core.state.putSession({
    ...stored,
    authentication_methods: methods,
    authenticator_assurance_level: aalOf(methods),
  })
}

/** The form of a second step as it is shown again: without the code that was wrong. */
export function mendSecondStep(x: Exchange, flow: Flow, code: string): void {
  ui.resetNodes(flow.ui, id => id === code)
  if (flow.type === 'browser') ui.setCsrf(flow.ui, x.csrf.token)
}
