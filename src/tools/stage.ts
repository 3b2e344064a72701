/** Tools that are there with every Ory: requests, token, overview. */
import { whyNotOwner } from '../common/caller.js'
import { DEFAULT_NAMESPACE } from '../common/namespace.js'
import type { Diagnosis } from '../diagnoses/table.js'
import { OryProxyError } from '../errors.js'
import { type Fragment, html } from '../look/html.js'
import { answer } from '../middleware/answer.js'
import { belowMount } from '../middleware/mount.js'
import type { HttpExchange, Stage } from '../middleware/pipeline.js'
import { BADGE_SCRIPT } from './badge.js'
import { requireDeveloper } from './guard.js'
import type { Journal } from './journal.js'
import { overviewBody } from './overview.js'
import { PAGE_HEADERS, renderPage } from './page.js'
import { requestsBody, rows } from './requests.js'
import { type TokenRules, tokenBody, viewToken } from './token.js'

/** What the tools look at. */
export interface ToolRules extends TokenRules {
  readonly journal: Journal
  readonly diagnoses: () => readonly Diagnosis[]
  /** The emulator has tools of its own, at the same place. */
  readonly isEmulator: boolean
  /** Whether pages have the badge. */
  readonly panel: boolean
}

/** Seconds that somebody may wait for the next request. */
const LONGEST_WAIT = 60

const TOOL = /^\/dev(\/requests|\/token|\/badge\.js|\/?)$/

/** The tools that need no emulator: `/.ory/dev/requests`, `/.ory/dev/token`, and where one begins. */
export function toolsStage(rules: ToolRules): Stage {
  return function oryTools(x) {
    const path = belowMount(x.req.url!)
    const [name = '', query] = path?.split('?', 2) ?? []
    if (name === '/' && rules.isEmulator && isDevelopersPage(x)) {
      const isFolder = /\/(?:\?|$)/.test(x.req.url!)
      answer(
        x.req,
        x.res,
        303,
        { Location: isFolder ? './dev' : './.ory/dev', 'Cache-Control': 'no-store' },
        '',
      )
      return 'done'
    }
    const tool = TOOL.exec(name)?.[1]
    if (tool === undefined || (tool === '/badge.js' && !rules.panel)) return 'next'
    const isOverview = tool === '' || tool === '/'
    // The emulator tells programs more than we could.
    if (isOverview && rules.isEmulator && !wants(x, 'text/html')) return 'next'
    requireDeveloper(x)
    if (x.req.method !== 'GET' && x.req.method !== 'HEAD') {
      answer(x.req, x.res, 405, { Allow: 'GET, HEAD' }, '')
      return 'done'
    }
    if (tool === '/badge.js') {
      answer(x.req, x.res, 200, SCRIPT, BADGE_SCRIPT)
      return 'done'
    }
    const params = new URLSearchParams(query)
    const shown = isOverview
      ? overview(x, rules)
      : tool === '/token'
        ? token(x, rules)
        : requests(x, params, rules)
    return shown.then(() => 'done' as const)
  }
}

/** Whoever opens the address of Ory that the start names; to a program it says what Kratos says there. */
const isDevelopersPage = (x: HttpExchange): boolean =>
  x.req.method === 'GET' && wants(x, 'text/html') && whyNotOwner(x.caller) === undefined

const SCRIPT = { 'Content-Type': 'text/javascript; charset=utf-8', 'Cache-Control': 'no-store' }

const wants = ({ req }: HttpExchange, type: string): boolean => (req.headers.accept ?? '').includes(type)

async function overview(x: HttpExchange, rules: ToolRules): Promise<void> {
  const view = await viewToken(x, rules)
  const diagnoses = rules.diagnoses()
  const { signedIn, who, ory } = view
  give(
    x,
    rules,
    '',
    'Tools',
    { signedIn, who, ory, diagnoses },
    overviewBody(view, diagnoses, rules.isEmulator),
  )
}

async function token(x: HttpExchange, rules: ToolRules): Promise<void> {
  const view = await viewToken(x, rules)
  give(x, rules, '/token', 'Token', view, tokenBody(view))
}

async function requests(x: HttpExchange, params: URLSearchParams, rules: ToolRules): Promise<void> {
  const { journal } = rules
  const after = whole(params, 'after')
  const wait = Math.min(whole(params, 'wait'), LONGEST_WAIT) * 1000
  const all = wait > 0 ? await journal.wait(after, wait) : journal.list(after)
  const inside = params.get('namespace')
  const entries =
    inside === null ? all : all.filter(entry => (entry.namespace ?? DEFAULT_NAMESPACE) === inside)
  if (x.res.destroyed) return
  const last = journal.list().at(-1)?.id ?? 0
  if (wants(x, 'text/x-rows')) {
    return answer(x.req, x.res, 200, { ...ROWS, 'Ory-Last': String(last) }, html`${rows(entries)}`.text)
  }
  const diagnoses = rules.diagnoses()
  give(
    x,
    rules,
    '/requests',
    'Requests',
    { last, requests: entries, diagnoses },
    requestsBody(entries, diagnoses),
  )
}

const ROWS = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }

function whole(params: URLSearchParams, name: string): number {
  const text = params.get(name) ?? '0'
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new OryProxyError('ORY_PROXY_BAD_REQUEST', `"${name}" is a whole number.`)
}

/** JSON for programs, a page for people. */
function give(
  x: HttpExchange,
  { isEmulator }: ToolRules,
  path: string,
  title: string,
  json: unknown,
  body: Fragment,
): void {
  const { req, res } = x
  if (!wants(x, 'text/html')) {
    const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', Vary: 'Accept' }
    return answer(req, res, 200, headers, JSON.stringify(json))
  }
  const there = isEmulator ? (['proxy', 'emulator'] as const) : (['proxy'] as const)
  const page = renderPage({ title, path, there, body, live: path === '/requests' })
  answer(req, res, 200, PAGE_HEADERS, page)
}
