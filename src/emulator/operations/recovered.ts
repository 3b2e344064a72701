import { flowJson, passing, saveFlow, uiUrl } from '../flows/flow.js'
import { RECOVERY } from '../flows/messages.js'
import type { Flow, FlowType } from '../flows/types.js'
import * as ui from '../flows/ui.js'
import { runAfterRecovery } from '../hooks/run.js'
import { type Answer, type Exchange, isJson, json, problem, redirect } from '../http/exchange.js'
import { locationChangeRequired } from '../http/kratos-errors.js'
import { returnToOf } from '../http/return-to.js'
import { withQuery } from '../http/urls.js'
import { activate, issueCookie } from '../identities/sessions.js'
import type { SignedIn } from '../identities/types.js'
import { isoTime } from '../store/clock.js'
import type { Identity } from '../store/model.js'
import { startSettings } from './settings.js'

/** Signs in whoever has recovered their account and takes them to the settings, to choose a new password. */
export async function finishRecovery(
  x: Exchange,
  flow: Flow,
  identity: Identity,
  method: 'code_recovery' | 'link_recovery' = 'code_recovery',
): Promise<Answer> {
  const { core } = x
  // A link is opened in a browser, whoever asked for it.
  const type = method === 'link_recovery' ? 'browser' : flow.type
  delete flow.ui.messages
  flow.state = 'passed_challenge'
  if (type === 'browser') {
    flow.csrf_token = x.csrf.regenerate()
    ui.setCsrf(flow.ui, flow.csrf_token)
  }
  saveFlow(core, flow)
  const session = activate(x, identity, [{ method, aal: 'aal1' }])
  await runAfterRecovery(x, { flow, method: 'code', identity, session })
  if (type === 'browser') issueCookie(x, session)
  core.state.putSession(session)
  if (type === 'api')
    passing(flow).continueWith.push({ action: 'set_ory_session_token', ory_session_token: session.token })
  const settings = await settingsFlow(x, flow, { identity, session }, type)
  return method === 'link_recovery' ? redirect(x, uiUrl(core, settings)) : toSettings(x, flow, settings)
}

async function settingsFlow(x: Exchange, flow: Flow, who: SignedIn, type: FlowType): Promise<Flow> {
  const { settings: config, recovery } = x.core.config.selfservice.flows
  const settings = await startSettings(x, who, type)
  const returnTo = returnToOf(flow.request_url) || recovery.after.default_browser_return_url
  if (returnTo) settings.request_url = withQuery(settings.request_url, { return_to: returnTo })
  const limit = config.privileged_session_max_age
  ui.setMessage(settings.ui, RECOVERY.recovered(limit / 60_000, isoTime(x.core.now() + limit)))
  saveFlow(x.core, settings)
  return settings
}

function toSettings(x: Exchange, flow: Flow, settings: Flow): Answer {
  const url = uiUrl(x.core, settings)
  if (!x.core.config.feature_flags.use_continue_with_transitions)
    return isJson(x) ? problem(locationChangeRequired(url)) : redirect(x, url)
  if (flow.type === 'browser' && !isJson(x)) return redirect(x, url)
  passing(flow).continueWith.push({ action: 'show_settings_ui', flow: { id: settings.id, url } })
  return json(200, flowJson(x.core, flow))
}
