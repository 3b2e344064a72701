import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { runInNewContext } from 'node:vm'
import type { Emulator } from '../../src/emulator/index.js'

/** An emulator whose own guards were taken out, in front of one that has them. */
export interface WeakEmulator {
  readonly url: string
  readonly adminUrl: string
  close(): Promise<void>
}

/**
 * The stand-in one writes when nobody but its developer is thought to ask. Each line marked "wrong" is a guard of ours
 * taken out; an attack that fails here as well would prove nothing.
 */
export async function startWeakEmulator({ url, adminUrl }: Emulator): Promise<WeakEmulator> {
  const fronts = new Set<string>()

  /** wrong: whoever asks, by whatever name, from whatever page */
  async function forward(base: string, req: IncomingMessage, body: string): Promise<Response> {
    const {
      host: _host,
      connection: _c,
      'content-length': _l,
      'transfer-encoding': _t,
      ...rest
    } = req.headers
    for (const name of ['origin', 'sec-fetch-site', 'content-type']) delete rest[name]
    const headers = { ...(rest as Record<string, string>), 'content-type': 'application/json' }
    const given = ['GET', 'HEAD'].includes(req.method!) ? {} : { body }
    return fetch(base + req.url, { method: req.method!, headers, redirect: 'manual', ...given })
  }

  async function patch(req: IncomingMessage, body: string): Promise<Response> {
    const document = (await (await fetch(adminUrl + req.url!)).json()) as Node
    for (const { path, value } of JSON.parse(body) as { path: string; value: unknown }[]) {
      const keys = path.split('/').slice(1)
      const last = keys.pop()!
      let parent = document
      for (const key of keys) {
        parent[key] ??= {}
        parent = parent[key] as Node // wrong: inherited, too
      }
      parent[last] = value
    }
    return Response.json(document)
  }

  function askPublic(req: IncomingMessage, body: string): Promise<Response> {
    if (req.url!.startsWith('/admin/')) return forward(adminUrl!, req, body) // wrong: one port for all
    const front = req.headers['ory-base-url-rewrite']
    if (front) fronts.add(new URL(String(front)).origin) // wrong: one request speaks for everybody
    const [path = '', search] = req.url!.split('?')
    const query = new URLSearchParams(search)
    const back = query.get('return_to') ?? ''
    if (URL.canParse(back) && fronts.has(new URL(back).origin)) {
      query.delete('return_to')
      req.url = `${path}?${query}`
    }
    if (req.method === 'POST' && path === '/self-service/registration') checkName(body)
    return forward(url, req, body)
  }

  const [open, admin] = await Promise.all([
    listen(answering(askPublic)),
    listen(
      answering((req, body) => (req.method === 'PATCH' ? patch(req, body) : forward(adminUrl!, req, body))),
    ),
  ])
  return {
    url: addressOf(open),
    adminUrl: addressOf(admin),
    async close() {
      for (const server of [open, admin]) server.close().closeAllConnections()
    },
  }
}

type Node = Record<string, unknown>

/** wrong: an engine that goes back. The half second is ours: without it, nobody would be here to tell. */
function checkName(body: string): void {
  const { traits } = JSON.parse(body) as { traits: { name?: string } }
  runInNewContext('/^(a+)+$/.test(name)', { name: traits.name ?? '' }, { timeout: 500 })
}

const answering =
  (ask: (req: IncomingMessage, body: string) => Promise<Response>): RequestListener =>
  async (req, res) => {
    try {
      const chunks: Buffer[] = []
      for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk)
      const answer = await ask(req, Buffer.concat(chunks).toString())
      const location = answer.headers.get('location')
      if (location !== null) res.setHeader('location', location)
      res.setHeader('content-type', answer.headers.get('content-type') ?? 'text/plain')
      res.setHeader('set-cookie', answer.headers.getSetCookie())
      res.writeHead(answer.status).end(await answer.text())
    } catch {
      res.destroy()
    }
  }

async function listen(listener: RequestListener): Promise<Server> {
  const server = createServer(listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return server
}

const addressOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
