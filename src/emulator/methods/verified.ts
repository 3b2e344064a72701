import type { Core } from '../core.js'
import { returnToAfter, saveFlow } from '../flows/flow.js'
import { LABEL, VERIFICATION } from '../flows/messages.js'
import { anchor } from '../flows/nodes.js'
import type { Flow } from '../flows/types.js'
import * as ui from '../flows/ui.js'
import type { Exchange } from '../http/exchange.js'

/** What is left of a verification form once the address is proved: the way on. */
export function showVerified(x: Exchange, flow: Flow, group: 'code' | 'link'): void {
  const to = continueUrl(x.core, flow)
  flow.ui = { action: to, method: 'GET' as 'POST', nodes: [] }
  flow.state = 'passed_challenge'
  if (flow.type === 'browser') x.csrf.ensure()
  flow.csrf_token = x.csrf.token
  ui.setCsrf(flow.ui, flow.csrf_token)
  ui.setMessage(flow.ui, VERIFICATION.verified())
  ui.append(flow.ui, anchor('continue', to, group, LABEL.continue()))
  saveFlow(x.core, flow)
}

function continueUrl(core: Core, flow: Flow): string {
  const { default_browser_return_url: home, flows } = core.config.selfservice
  const fallback = flows.verification.after.default_browser_return_url ?? home
  try {
    return returnToAfter(core, flow, fallback)
  } catch {
    return fallback
  }
}
