/** The two HTTP servers: from a request to its answer. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { callerOf, nameIn } from '../common/caller.js'
import { isLoopback } from '../common/loopback.js'
import { OryProxyError } from '../errors.js'
import { isNamespaceTool, nowhere } from './dev/nowhere.js'
import type { NamespaceBook } from './dev/types.js'
import { isRebound, whyNoAdmin } from './http/callers.js'
import { sharing } from './http/cors.js'
import { csrfProblem } from './http/csrf.js'
import { type Answer, Exchange, plain, problem, readBody, redirect } from './http/exchange.js'
import { toProblem } from './http/failures.js'
import { Problem } from './http/kratos-errors.js'
import { takeNamespace } from './http/namespace-name.js'
import { csrfRule, matchRoute, type Route } from './operations/routes.js'

export interface Api {
  spaces: NamespaceBook
  routes: readonly Route[]
  /** Browsers use it, so forms and cookies have to be guarded. */
  isPublic: boolean
  /** Names it answers to besides those of this machine. */
  allowedHosts: readonly string[]
}

/** Starts to listen. Requests wait until `api` is there, so that the address is known while it is built. */
export async function listen(host: string, port: number, api: Promise<Api>): Promise<Server> {
  const server = createServer((req, res) => {
    void api.then(
      ready => respond(ready, req, res),
      () => res.destroy(),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE'
      reject(
        taken
          ? new OryProxyError('ORY_PROXY_PORT_TAKEN', `port ${port} on ${host} is in use`, { cause })
          : cause,
      )
    })
    server.listen(port, host, resolve)
  })
  return server
}

/** Where the admin API listens: it asks nobody for a password, so it leaves this machine only when somebody says so. */
export function adminHostOf({
  host = '127.0.0.1',
  adminHost,
}: {
  host?: string
  adminHost?: string
}): string {
  return adminHost ?? (isLoopback(host) ? host : '127.0.0.1')
}

export function addressOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

export function closeServer(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

async function respond(api: Api, req: IncomingMessage, res: ServerResponse): Promise<void> {
  try {
    const caller = callerOf(req)
    const { referer = '' } = req.headers
    const name = takeNamespace(req.headers)
    const body = await readBody(req)
    const space = api.spaces.find(name)
    const core = await (space ?? api.spaces.default).core.seenFrom(
      api.isPublic ? caller.host : '',
      caller.page ?? referer,
      frontOf(req),
      req.headers,
    )
    const x = new Exchange(core, api.isPublic ? core.base : core.adminBase, req, { ...body, caller })
    const lost = space === undefined && !isNamespaceTool(x.path) ? name : undefined
    write(x, api, res, await answer(api, x, lost))
  } catch (error) {
    // The client has gone, or its request was no HTTP: nobody is left to answer.
    api.spaces.default.core.log.debug(String(error))
    res.destroy()
  }
}

/** A dev server that forwards to us says where people see us. */
const frontOf = ({ headers }: IncomingMessage): string => String(headers['ory-base-url-rewrite'] ?? '')

/** What Go's server says to an address that is none. */
const MALFORMED: Answer = {
  status: 400,
  headers: { 'content-type': 'text/plain; charset=utf-8', connection: 'close' },
  body: '400 Bad Request',
}

/** @param lost the namespace that was asked for and is not there */
async function answer(api: Api, x: Exchange, lost: string | undefined): Promise<Answer> {
  if (/%(?![0-9a-f]{2})/i.test(x.path)) return MALFORMED
  try {
    const { isPublic, allowedHosts } = api
    if (isPublic && isRebound(x, allowedHosts)) throw notOurs(x)
    const refusal = isPublic ? undefined : whyNoAdmin(x, allowedHosts)
    if (refusal) throw new Problem(403, { id: 'admin_forbidden', reason: refusal })
    if (lost !== undefined) return nowhere(x, lost)
    if (api.isPublic && share(x)) return { status: 204 }
    const refused = (await misbehave(api, x)) ?? (api.isPublic ? (startPage(x) ?? guard(x)) : undefined)
    return refused ?? (await dispatch(api, x))
  } catch (error) {
    return problem(toProblem(x, error))
  }
}

/** Lets pages of other origins read the answer, where the configuration allows it; true if that was the question. */
function share(x: Exchange): boolean {
  // The tools are ours, not Kratos', and for pages of our own origin alone.
  const shared = /^\/dev(\/|$)/.test(x.path) ? undefined : sharing(x.core.config.serve.public.cors, x)
  if (!shared) return false
  Object.assign(x.extraHeaders, shared.headers)
  x.vary.push(shared.vary)
  return shared.isAnswer
}

function notOurs(x: Exchange): Problem {
  const reason = `The emulator is not reached by the name "${nameIn(x.caller.host)}": serve.public.base_url names another one, and --allowed-hosts does not list it.`
  return new Problem(403, { id: 'host_not_allowed', reason })
}

/** A fault that was set up for this request: it waits, and maybe answers. */
async function misbehave({ spaces, isPublic }: Api, x: Exchange): Promise<Answer | undefined> {
  const fault = isPublic ? spaces.of(x.core).faults.meet(x.method, x.path) : undefined
  if (fault?.delay) await new Promise(resolve => setTimeout(resolve, fault.delay))
  if (fault?.status === undefined) return undefined
  return problem(new Problem(fault.status, { reason: 'This fault was set up at /dev/faults.' }))
}

const STARTS: Readonly<Record<string, string>> = {
  '/': 'ui/welcome',
  '/ui': 'ui/welcome',
  '/ui/': 'welcome',
  '/dev/': '../dev',
}

/** Somebody who opens our address in a browser is shown in; a program gets Kratos' 404. */
function startPage(x: Exchange): Answer | undefined {
  const page = STARTS[x.path]
  const navigates = x.method === 'GET' && x.header('sec-fetch-mode') === 'navigate'
  return page !== undefined && navigates ? redirect(x, page) : undefined
}

const SAFE = ['GET', 'HEAD', 'OPTIONS', 'TRACE']

/** Gives a browser its anti-CSRF cookie, and refuses what changes something without its token. */
function guard(x: Exchange): Answer | undefined {
  const rule = csrfRule(x.path)
  if (rule !== 'check') return undefined
  x.csrf.ensure()
  if (SAFE.includes(x.method)) return undefined
  const fromForm = new URLSearchParams(x.body.toString('utf8')).get('csrf_token')
  if (x.csrf.hasCookie && x.csrf.verify(x.header('x-csrf-token') || fromForm)) return undefined
  return problem(csrfProblem(x, Boolean(fromForm)))
}

async function dispatch({ routes, isPublic }: Api, x: Exchange): Promise<Answer> {
  const asked = isPublic ? x.path : belowAdmin(x.path)
  const path = cleanPath(asked)
  if (path !== asked) return redirect(x, `${path}${x.search}`, 307)
  const match = matchRoute(routes, x.method, path)
  if (!match) return plain(404, '404 page not found')
  if (Array.isArray(match)) {
    const refusal = plain(405, 'Method Not Allowed')
    return { ...refusal, headers: { ...refusal.headers, allow: match.join(', ') } }
  }
  x.params = match.params
  return match.route.run(x)
}

/** Kratos' admin port takes its paths without the prefix, too; joined to it, they lose a slash at the end. */
function belowAdmin(path: string): string {
  return path.startsWith('/admin') ? path : cleanPath(`/admin/${path}/.`).replace(/\/$/, '')
}

/** As Go's router has it: no empty segments, no way up. */
function cleanPath(path: string): string {
  if (!/\/\/|\/\.\.?(\/|$)/.test(path)) return path
  const segments: string[] = []
  for (const segment of path.split('/'))
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  const slash = path.endsWith('/') && segments.length > 0 ? '/' : ''
  return `/${segments.join('/')}${slash}`
}

function write(x: Exchange, api: Api, res: ServerResponse, { status, headers = {}, body }: Answer): void {
  res.statusCode = status
  if (x.method === 'GET') res.setHeader('cache-control', 'private, no-cache, no-store, must-revalidate')
  const isAnswered = status === 204 && x.method === 'OPTIONS'
  if (api.isPublic && csrfRule(x.path) !== 'skip' && !isAnswered) x.vary.push('Cookie')
  if (x.vary.length > 0) res.setHeader('vary', x.vary.join(', '))
  for (const [name, value] of Object.entries({ ...x.extraHeaders, ...headers })) res.setHeader(name, value)
  const cookies = x.cookies.setCookieHeaders
  if (cookies.length > 0) res.setHeader('set-cookie', cookies)
  res.end(x.method === 'HEAD' ? undefined : body)
}
