/** What the endpoints of all kinds of flows have in common. */

import { ownUrl } from '../core.js'
import {
  expiredProblem,
  flowJson,
  goneProblem,
  isExpired,
  loadFlow,
  newFlow,
  requireOwnBrowser,
  saveFlow,
  submittedFlow,
  uiUrl,
} from '../flows/flow.js'
import { flowExpired } from '../flows/messages.js'
import type { Flow, FlowKind, FlowType } from '../flows/types.js'
import { addMessage, type NodeOrder, reportError, resetMessages, sortNodes } from '../flows/ui.js'
import { runBefore } from '../hooks/run.js'
import { type Answer, type Exchange, isJson, json, problem, redirect } from '../http/exchange.js'
import { forward, forwardOf } from '../http/failures.js'
import { badRequest, FlowExpired, NoMethod } from '../http/kratos-errors.js'
import { withQuery } from '../http/urls.js'
import { methodInUse } from '../methods/in-use.js'
import type { JsonObject } from '../store/model.js'

/** `GET /self-service/{kind}/flows?id=` */
export function getFlow(x: Exchange, kind: FlowKind): Answer {
  const flow = loadFlow(x.core, kind, x.query.get('id'))
  requireOwnBrowser(x, flow)
  if (isExpired(x.core, flow)) return problem(goneProblem(x.core, flow))
  return json(200, flowJson(x.core, flow))
}

/** Runs a handler whose errors go to the error page, or to the script that asked. */
export async function forwarding(x: Exchange, run: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await run()
  } catch (error) {
    return forward(x, error)
  }
}

export function requireEnabled(x: Exchange, kind: 'recovery' | 'verification'): void {
  if (x.core.config.selfservice.flows[kind].enabled) return
  const name = kind === 'recovery' ? 'Recovery' : 'Verification'
  throw badRequest(`${name} is not allowed because it was disabled.`)
}

/** A new flow of the one method that recovery or verification is set to use, stored. */
export async function startWithMethod(
  x: Exchange,
  kind: 'recovery' | 'verification',
  type: FlowType,
): Promise<Flow> {
  const method = methodInUse(x.core, kind)
  const flow = newFlow(x, kind, type)
  method.populate(x, flow)
  await runBefore(x, flow)
  saveFlow(x.core, flow)
  return flow
}

/**
 * `POST /self-service/{kind}`: an error before there is a flow goes to the error page, one after that to `refuse`,
 * which is to show it in the form.
 */
export async function submitFlow(
  x: Exchange,
  kind: FlowKind,
  take: (flow: Flow) => Promise<Answer>,
  refuse: (flow: Flow, error: unknown) => Promise<Answer>,
): Promise<Answer> {
  let flow: Flow
  try {
    flow = submittedFlow(x, kind)
  } catch (error) {
    return forward(x, error)
  }
  try {
    return await take(flow)
  } catch (error) {
    return refuse(flow, error)
  }
}

export interface SubmitErrorOptions {
  /** The order of the form's nodes; absent: as they are. */
  order?: NodeOrder
  /** A fresh flow in place of an expired one. */
  replacement: () => Promise<Flow>
  /** Native and script clients of an expired flow are sent to the new one instead of being told about it. */
  redirectExpired?: boolean
  /** Kratos keeps the messages of before in some flows. */
  keepMessages?: boolean
  /** How a browser is sent back to the form. */
  status?: 302 | 303
  /** Whether `active` becomes the method that refused, as Kratos does it in some flows. */
  marksActive?: boolean
  show?: (flow: Flow) => JsonObject
}

/** Shows the form again with what was wrong with it, or hands the error on if no form can mend it. */
export async function submitError(
  x: Exchange,
  flow: Flow,
  error: unknown,
  options: SubmitErrorOptions,
): Promise<Answer> {
  if (error instanceof FlowExpired) return replaceExpired(x, flow, error, options)
  if (!options.keepMessages) resetMessages(flow.ui)
  try {
    reportError(flow.ui, error)
  } catch {
    return forwardOf(x, flow, error)
  }
  if (options.order) sortNodes(flow.ui, options.order)
  // A submission that no method took leaves the flow without one: Kratos' flow cannot go on from there either.
  // Codes only look at flows of their own, links at all others.
  if (options.marksActive)
    flow.active = error instanceof NoMethod ? 'default' : flow.active === 'code' ? 'code' : 'link'
  saveFlow(x.core, flow)
  if (flow.type === 'browser' && !isJson(x)) return redirect(x, uiUrl(x.core, flow), options.status)
  delete flow.passing
  return json(400, options.show?.(flow) ?? flowJson(x.core, flow))
}

async function replaceExpired(
  x: Exchange,
  flow: Flow,
  { at }: FlowExpired,
  options: SubmitErrorOptions,
): Promise<Answer> {
  let next: Flow
  try {
    next = await options.replacement()
  } catch (error) {
    return error instanceof FlowExpired ? forward(x, error) : submitError(x, flow, error, options)
  }
  next.request_url = flow.request_url
  addMessage(next.ui, flowExpired(flow.kind, at, x.core.now()))
  saveFlow(x.core, next)
  const script = next.type === 'api' || isJson(x)
  if (!script) return redirect(x, uiUrl(x.core, next))
  if (!options.redirectExpired) return problem(expiredProblem(x.core, at, next))
  return redirect(x, withQuery(ownUrl(x.core, `/self-service/${flow.kind}/flows`), { id: next.id }))
}
