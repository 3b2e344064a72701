import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A stand-in for a part of Ory Network, on a real port. */
export interface StandIn {
  readonly url: string
  readonly heard: string[]
  close(): Promise<void>
}

async function serve(
  handler: (req: IncomingMessage, res: ServerResponse, body: string) => void,
): Promise<StandIn> {
  const heard: string[] = []
  const server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', chunk => chunks.push(chunk))
    req.on('end', () => {
      heard.push(`${req.method} ${req.url}`)
      handler(req, res, Buffer.concat(chunks).toString())
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    heard,
    close() {
      server.closeAllConnections()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}

const json = (res: ServerResponse, status: number, body?: object): void => {
  res.writeHead(status, { 'content-type': 'application/json' }).end(body && JSON.stringify(body))
}

/** The one project of the stand-ins. */
export const PROJECT = { id: '3b0e9a4e-8d5c-4a1e-9e0e-0c8f3c1d2b4a', slug: 'happy-ant-x1y2z3' }
export const TOKEN = 'ory_pat_0123456789abcdef'

/** The one template of the project's tokens, and what it makes. */
export const TEMPLATE = 'backend'
export const TOKENIZED = ['{"alg":"RS256"}', '{"sub":"ada","iat":1,"exp":61}', 'x']
  .map(part => Buffer.from(part).toString('base64url'))
  .join('.')

/** The console's side of the temporary keys. */
export interface Console extends StandIn {
  readonly keys: Map<string, { name: string; expires_at: string; value: string }>
  /** What the answer with a new key waits for. */
  beforeKey: Promise<void>
}

/** The console: it knows one token and one project, and hands out temporary keys. */
export async function startConsole(): Promise<Console> {
  const keys: Console['keys'] = new Map()
  const console = await serve((req, res, body) => {
    if (req.headers.authorization !== `Bearer ${TOKEN}`) return json(res, 401, { error: { code: 401 } })
    const [, project, tokens, key] = /^\/projects\/([^/]+)(\/tokens)?(?:\/([^/]+))?$/.exec(req.url!) ?? []
    if (req.url === '/backoffice/token/slug') return json(res, 200, { slug: PROJECT.slug })
    if (project !== PROJECT.id && project !== PROJECT.slug) return json(res, 404, { error: { code: 404 } })
    if (!tokens) return json(res, 200, { ...PROJECT, name: 'Happy Ant', state: 'running' })
    if (req.method === 'POST') {
      const id = randomUUID()
      const made = {
        ...(JSON.parse(body) as { name: string; expires_at: string }),
        value: `ory_apikey_${id}`,
      }
      keys.set(id, made)
      return void whole.beforeKey.then(() => json(res, 201, { id, project_id: PROJECT.id, ...made }))
    }
    if (req.method === 'DELETE' && keys.delete(key!)) return json(res, 204)
    return json(res, 404, { error: { code: 404 } })
  })
  const whole: Console = { ...console, keys, beforeKey: Promise.resolve() }
  return whole
}

/** What the edge got with its last request. */
export interface Edge extends StandIn {
  readonly last: () => IncomingMessage['headers']
  /** From now on it has enough. */
  throttle(): void
}

/**
 * A project's edge: it believes `Ory-Base-URL-Rewrite` of whoever brings a key, sets cookies for its own domain,
 * and sends people to its welcome page.
 */
export async function startEdge(keys: () => readonly string[] = () => [TOKEN]): Promise<Edge> {
  let last: IncomingMessage['headers'] = {}
  let throttled = false
  const edge = await serve((req, res) => {
    last = req.headers
    const own = `http://${req.headers.host}`
    if (!req.headers.host!.startsWith(`${PROJECT.slug}.projects.`))
      return json(res, 404, { error: { code: 404 } })
    if (throttled) return void res.writeHead(429, { 'retry-after': '1' }).end()
    const token = req.headers['ory-base-url-rewrite-token'] as string | undefined
    const base =
      token !== undefined && keys().includes(token) ? (req.headers['ory-base-url-rewrite'] as string) : own
    if (req.url!.split('?')[0] === '/sessions/whoami') return whoami(req, res)
    if (req.url!.startsWith('/self-service/login/browser')) {
      const session = `ory_session_${PROJECT.slug.replaceAll('-', '')}=signed-in`
      const domain = req.headers.host!.split(':')[0]
      return void res
        .writeHead(303, {
          location: `${base}/ui/welcome`,
          'set-cookie': `${session}; Path=/; Domain=${domain}; HttpOnly; Secure; SameSite=None`,
        })
        .end()
    }
    json(res, 200, { base, action: `${base}/self-service/login?flow=1` })
  })
  return {
    ...edge,
    last: () => last,
    throttle() {
      throttled = true
    },
  }
}

function whoami(req: IncomingMessage, res: ServerResponse): void {
  const isSignedIn = /ory_session_\w+=signed-in/.test(req.headers.cookie ?? '')
  if (!isSignedIn) return json(res, 401, { error: { code: 401 } })
  const template = new URL(req.url!, 'http://edge').searchParams.get('tokenize_as')
  if (template !== null && template !== TEMPLATE) {
    return json(res, 400, {
      error: { code: 400, reason: `Unable to find tokenizer template "${template}".` },
    })
  }
  json(res, 200, {
    ...(template !== null && { tokenized: TOKENIZED }),
    id: randomUUID(),
    active: true,
    identity: { id: 'ada', traits: { email: 'ada@example.com' } },
  })
}
