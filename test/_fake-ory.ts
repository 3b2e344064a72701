import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What an Ory heard. */
export interface Heard {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A scripted Ory on a real port: for what a real one never does on request, like hanging or lying. */
export interface FakeOry {
  readonly url: string
  readonly heard: Heard[]
  /** Requests to whoami. */
  whoami(): Heard[]
  /** Makes a session and returns its cookie. */
  signIn(email: string, session?: Record<string, unknown>): string
  signOut(cookie: string): void
  /** What `tokenize_as` names: a token for a session. Unknown to it is any other. */
  readonly templates: Map<string, (session: { id: string }) => string>
  /** Answers the next requests to a path in another way, until the returned function is called. */
  on(path: string, handler: (req: IncomingMessage, res: ServerResponse) => void): () => void
  close(): Promise<void>
}

export async function startFakeOry(port = 0): Promise<FakeOry> {
  const sessions = new Map<string, string>()
  const templates: FakeOry['templates'] = new Map()
  const handlers = new Map<string, (req: IncomingMessage, res: ServerResponse) => void>()
  const heard: Heard[] = []
  const server = createServer((req, res) => {
    const path = req.url!.split('?', 1)[0]!
    const chunks: Buffer[] = []
    req.on('data', chunk => chunks.push(chunk))
    req.on('end', () => {
      heard.push({
        method: req.method!,
        url: req.url!,
        headers: req.headers,
        body: Buffer.concat(chunks).toString(),
      })
      const handler = handlers.get(path)
      if (handler) return handler(req, res)
      if (path === '/sessions/whoami') return whoami(req, res)
      res.setHeader('content-type', 'application/json')
      res.end(JSON.stringify({ path: req.url }))
    })
  })
  const whoami = (req: IncomingMessage, res: ServerResponse): void => {
    const id = /(?:^|; )ory_kratos_session=([^;]+)/.exec(req.headers.cookie ?? '')?.[1]
    const session = sessions.get(id ?? (req.headers['x-session-token'] as string) ?? '')
    const template = new URL(req.url!, 'http://ory').searchParams.get('tokenize_as')
    if (session && template !== null) return tokenized(res, JSON.parse(session), template)
    res.writeHead(session ? 200 : 401, { 'content-type': 'application/json' })
    res.end(
      session ??
        JSON.stringify({
          error: { code: 401, reason: 'No valid session credentials found in the request.' },
        }),
    )
  }
  const tokenized = (res: ServerResponse, session: { id: string }, template: string): void => {
    const token = templates.get(template)?.(session)
    const error = { code: 400, reason: `Unable to find tokenizer template "${template}".` }
    res.writeHead(token === undefined ? 400 : 200, { 'content-type': 'application/json' })
    res.end(JSON.stringify(token === undefined ? { error } : { ...session, tokenized: token }))
  }
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    templates,
    whoami: () => heard.filter(({ url }) => url.startsWith('/sessions/whoami')),
    signIn(email, session = {}) {
      const value = randomUUID()
      const identity = { id: randomUUID(), traits: { email } }
      const expires_at = new Date(Date.now() + 3_600_000).toISOString()
      sessions.set(
        value,
        JSON.stringify({ id: randomUUID(), active: true, expires_at, identity, ...session }),
      )
      return `ory_kratos_session=${value}`
    },
    signOut: cookie => void sessions.delete(cookie.split('=')[1]!),
    on(path, handler) {
      handlers.set(path, handler)
      return () => handlers.delete(path)
    },
    close() {
      server.closeAllConnections()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}
