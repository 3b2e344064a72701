/** What all dev tools have in common: JSON for programs, a page for browsers, and forms that come back to it. */

import { createHash } from 'node:crypto'
import { type Html, raw } from '../../look/html.js'
import { toolBar } from '../../look/tools.js'
import { type Answer, acceptsJson, type Exchange, json, redirect } from '../http/exchange.js'
import { toProblem } from '../http/failures.js'
import { Problem } from '../http/kratos-errors.js'
import { returnTargets } from '../http/return-to.js'
import {
  type Fragment,
  html,
  type Layout,
  layout,
  pageHeaders,
  renderErrorPage,
  toolHeaders,
} from '../pages/index.js'
import { requireOwner } from './guard.js'
import type { DevTools } from './types.js'

export type Tool = (x: Exchange, dev: DevTools) => Answer | Promise<Answer>

/** What there is to see. */
export interface View {
  json: unknown
  title: string
  lead: Fragment
  /** In the card that says what this is. */
  body: Fragment
  /** Cards of their own. */
  more?: Fragment
  layout?: Pick<Layout, 'wide' | 'refresh'>
  /** Runs by its hash; the page works without it. */
  script?: string
}
type Show = (x: Exchange, dev: DevTools) => View | Promise<View>

/** What was done. */
export interface Done {
  json: unknown
  status?: number
  /** Where that leads, if it does not lead back to the form. */
  to?: string
}
type Act = (x: Exchange, dev: DevTools) => Done | Promise<Done>

const wantsPage = (x: Exchange): boolean => x.header('accept').includes('text/html')

/** A tool for GET: it looks, and changes nothing. */
export const shows =
  (show: Show): Tool =>
  async (x, dev) => {
    const view = await show(x, dev)
    return wantsPage(x) ? page(x, view) : json(200, view.json)
  }

/**
 * A tool for POST. A form is answered with the way back to its page, so that reloading changes nothing
 * again, or with that page and what was wrong.
 */
export const changes =
  (act: Act, home: string, show: Show): Tool =>
  async (x, dev) => {
    try {
      const { status = 200, json: value, to } = await act(x, dev)
      if (to !== undefined && !acceptsJson(x)) return redirect(x, to)
      return wantsPage(x) ? redirect(x, `..${home}`) : json(status, value)
    } catch (error) {
      if (!wantsPage(x) || !(error instanceof Problem)) throw error
      return page(x, await show(x, dev), error)
    }
  }

/** A tool for those who may use it; a refusal is a page, too. */
export const guarded =
  (tool: Tool): Tool =>
  async (x, dev) => {
    try {
      requireOwner(x)
      return await tool(x, dev)
    } catch (error) {
      if (!wantsPage(x)) throw error
      const failure = toProblem(x, error)
      const body = renderErrorPage({ root: rootOf(x), error: failure.error(), devLinks: false })
      return { status: failure.code, headers: headersOf(x), body }
    }
  }

/** From a tool's page to the mount: links and forms hold wherever that is. */
export const rootOf = (x: Exchange): '.' | '..' => (x.path === '/dev' ? '.' : '..')

const headersOf = (x: Exchange): Record<string, string> => pageHeaders(returnTargets(x.core))

/** A dev server in front of us has tools of its own. */
function bar(x: Exchange): Html {
  const there =
    x.header('ory-base-url-rewrite') === '' ? (['emulator'] as const) : (['proxy', 'emulator'] as const)
  return toolBar(rootOf(x), x.path.slice('/dev'.length), there)
}

function page(x: Exchange, view: View, failure?: Problem): Answer {
  const root = rootOf(x)
  const body = html`<div class="card">
<h1>${view.title}</h1>
<p class="lead">${view.lead}</p>
${failure && html`<p class="message error" role="alert">${failure.reason || failure.message}</p>`}
${view.body}</div>
${view.more}`
  const script = view.script && html`<script>${raw(view.script)}</script>`
  const hash = view.script && `sha256-${createHash('sha256').update(view.script).digest('base64')}`
  return {
    status: failure?.code ?? 200,
    headers: toolHeaders(returnTargets(x.core), hash),
    body: layout({
      title: view.title,
      ...view.layout,
      root,
      screen: 'dev',
      devLinks: false,
      bar: bar(x),
      body,
      ...(script && { script }),
    }),
  }
}
