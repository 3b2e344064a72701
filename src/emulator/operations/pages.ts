/** The pages at `/ui/*`, and at `/login` and so on, where newer projects of Ory Network have them. */

import { ownUrl } from '../core.js'
import { isExpired, requireOwnBrowser, returnToAfter, returnToOfFlow, uiUrl } from '../flows/flow.js'
import type { Flow, FlowKind } from '../flows/types.js'
import { type Answer, type Exchange, redirect } from '../http/exchange.js'
import { AalNotSatisfied } from '../http/kratos-errors.js'
import { returnTargets } from '../http/return-to.js'
import { withQuery } from '../http/urls.js'
import { maybeSignedIn, requireAal } from '../identities/sessions.js'
import type { SignedIn } from '../identities/types.js'
import {
  pageHeaders,
  type Root,
  renderErrorPage,
  renderFlowPage,
  renderWelcomePage,
  scriptOf,
} from '../pages/index.js'
import { errorInQuery } from './service.js'

const page = (
  x: Exchange,
  body: string,
  { status = 200, script }: { status?: number; script?: string | undefined } = {},
): Answer => ({
  status,
  headers: pageHeaders(returnTargets(x.core), script),
  body,
})

/** `/ui/login` lies one level deeper than its alias `/login`. */
const rootOf = (x: Exchange): Root => (x.path.startsWith('/ui/') ? '..' : '.')

/** The page of a flow. Without one that this browser may see, it starts one. */
export const flowPage =
  (kind: FlowKind) =>
  (x: Exchange): Answer => {
    const id = x.query.get('flow')
    const flow = id ? x.core.state.flow(id.toLowerCase()) : undefined
    if (!flow || flow.kind !== kind || flow.type !== 'browser' || isExpired(x.core, flow))
      return restart(x, kind, flow)
    try {
      requireOwnBrowser(x, flow)
    } catch {
      // Starting over gives the browser a cookie. One that keeps none would go round in circles.
      return x.cookies.any
        ? restart(x, kind, flow)
        : page(x, renderErrorPage({ root: rootOf(x), error: NO_COOKIES }), { status: 403 })
    }
    return show(x, flow)
  }

const NO_COOKIES = {
  code: 403,
  status: 'Cookies are needed',
  reason: 'This page belongs to another browser, or this one keeps no cookies. Allow them and start again.',
}

/** To the endpoint that makes a flow, with all that was asked for. */
function restart(x: Exchange, kind: FlowKind, flow?: Flow): Answer {
  const query = Object.fromEntries(x.query)
  delete query['flow']
  const returnTo = flow && returnToOfFlow(flow)
  const init = ownUrl(x.core, `/self-service/${kind}/browser`)
  const asked = { ...(returnTo && { return_to: returnTo }), ...query }
  return redirect(x, Object.keys(asked).length > 0 ? withQuery(init, asked) : init)
}

function show(x: Exchange, flow: Flow): Answer {
  const { core } = x
  const who = maybeSignedIn(x)
  if (flow.kind === 'settings') {
    const elsewhere = settingsGuard(x, flow, who)
    if (elsewhere) return elsewhere
  }
  if (who && isDone(flow, who))
    return redirect(x, returnToAfter(core, flow, core.config.selfservice.default_browser_return_url))
  const { flows } = core.config.selfservice
  const disabled = (['registration', 'recovery', 'verification'] as const).filter(
    kind => !flows[kind].enabled,
  )
  const people = core.people.map(({ email, password }) => ({ address: email, password }))
  return page(
    x,
    renderFlowPage({
      kind: flow.kind,
      flow: { ...flow, return_to: returnToOfFlow(flow) },
      root: rootOf(x),
      disabled,
      people: flow.ui.nodes.some(node => node.group === 'password') ? people : [],
      ...(who && { logoutUrl: logoutUrl(x, who) }),
    }),
    { script: scriptOf(flow.ui)?.integrity },
  )
}

/** Somebody who is signed in already has nothing to do here, unless they are asked to prove more. */
function isDone(flow: Flow, { session }: SignedIn): boolean {
  if (flow.kind === 'registration') return true
  const wanted = flow.requested_aal ?? 'aal1'
  return flow.kind === 'login' && !flow.refresh && wanted <= session.authenticator_assurance_level
}

/** As `GET /self-service/settings/flows`, for people instead of scripts. */
function settingsGuard(x: Exchange, flow: Flow, who: SignedIn | undefined): Answer | undefined {
  if (who?.identity.id !== flow.identity_id || !who) return restart(x, 'settings', flow)
  try {
    requireAal(x.core, who, x.core.config.selfservice.flows.settings.required_aal, uiUrl(x.core, flow))
    return undefined
  } catch (error) {
    if (error instanceof AalNotSatisfied) return redirect(x, error.redirectTo)
    throw error
  }
}

const logoutUrl = (x: Exchange, { session }: SignedIn): string =>
  withQuery(ownUrl(x.core, '/self-service/logout'), { token: session.logout_token })

/** `/ui/welcome` */
export function welcomePage(x: Exchange): Answer {
  const who = maybeSignedIn(x)
  if (!who) return page(x, renderWelcomePage({ root: rootOf(x) }))
  const { identity, session } = who
  return page(
    x,
    renderWelcomePage({
      root: rootOf(x),
      session: {
        identity,
        authenticator_assurance_level: session.authenticator_assurance_level,
        methods: session.authentication_methods.map(({ method, provider }) => provider ?? method),
        expires_at: session.expires_at,
      },
      logoutUrl: logoutUrl(x, who),
    }),
  )
}

/** `/ui/error?id=` */
export function errorPage(x: Exchange): Answer {
  const stored = errorInQuery(x)
  const shown = stored && { error: stored.error, id: stored.id }
  return page(x, renderErrorPage({ root: rootOf(x), ...shown }), { status: stored ? 200 : 404 })
}
