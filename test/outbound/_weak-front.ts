import { Agent, get, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type Http2ServerResponse as Base, createSecureServer } from 'node:http2'
import type { AddressInfo, LookupFunction } from 'node:net'
import { createProxyMiddleware, responseInterceptor } from 'http-proxy-middleware'
import { createSelfSigned } from '../../src/tls/certificate.js'
import { GuardedHttp2Response } from '../../src/tls/http2-response.js'

/** Something in front of the app. */
export interface Front {
  readonly origin: string
  /** What it told its developer so far. */
  said(): string
  close(): Promise<unknown>
}

/** On many a machine `localhost` is one address only. */
const onlyIpv4: LookupFunction = (_name, { all }, callback) =>
  all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4)

/** Milliseconds for Ory to say who it is; the wait for a connection counts. */
const DEADLINE = 2000

/** The usual proxy, or the dozen lines that one writes instead. */
export type Kind = 'the usual kind' | 'one by hand'

/**
 * What is written in an afternoon: it asks who it is, puts the session on as a token, and passes the rest on, behind
 * HTTP/2, on a few kept connections. Below `/.ory`, Ory's address in its answers becomes our own.
 */
export async function startWeakFront(
  app: string,
  ory: string,
  kind: Kind = 'the usual kind',
): Promise<Front> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4, lookup: onlyIpv4 })
  let said = ''
  const say = (...words: unknown[]): void => {
    said += `${words.join(' ')}\n`
  }
  const logger = { info: say, warn: say, error: say }
  const toApp = createProxyMiddleware({ target: app, agent, logger })
  const toOry = createProxyMiddleware({
    target: ory,
    agent,
    logger,
    pathRewrite: path => decodeURIComponent(path.slice('/.ory'.length)), // as a framework's router has it
    selfHandleResponse: true,
    on: {
      proxyRes: responseInterceptor(async (body, _answer, req) =>
        body.toString().replaceAll(ory, `https://${req.headers.host}/.ory`),
      ),
    },
  })
  const { key, cert } = await createSelfSigned({
    hosts: ['localhost', '127.0.0.1'],
    owner: 'test',
    now: new Date(),
  })
  const Http2ServerResponse = GuardedHttp2Response as typeof Base // or it would not even get so far
  const server = createSecureServer({ key, cert, allowHTTP1: true, Http2ServerResponse })
  server.on('request', ((req: IncomingMessage, res: ServerResponse) => {
    res.on('error', () => {})
    const isOrys = req.url!.startsWith('/.ory/')
    if (kind === 'one by hand') return pipe(req, res, isOrys ? ory : app, agent)
    if (isOrys) return void toOry(req, res, () => {})
    void whoIs(ory, req.headers.cookie, agent).then(session => {
      delete req.headers.authorization
      if (session !== '') req.headers.authorization = `Bearer ${Buffer.from(session).toString('base64url')}`
      void toApp(req, res, () => {})
    })
  }) as never)
  server.on('upgrade', (req, socket, head) => void toApp.upgrade(req, socket as never, head))
  server.on('sessionError', () => {})
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    said: () => said,
    async close() {
      agent.destroy()
      server.close()
    },
  }
}

function pipe(req: IncomingMessage, res: ServerResponse, target: string, agent: Agent): void {
  const { method, url } = req
  const headers = Object.fromEntries(Object.entries(req.headers).filter(([name]) => name[0] !== ':'))
  const options = { method: method!, headers, agent }
  const upstream = request(target + url!.replace(/^\/\.ory/, ''), options, answer => {
    res.writeHead(answer.statusCode!, answer.headers)
    answer.pipe(res)
  })
  upstream.on('error', () => res.destroy())
  req.pipe(upstream)
}

/** The session as Ory wrote it; empty for nobody, whatever the reason. */
function whoIs(ory: string, cookie: string | undefined, agent: Agent): Promise<string> {
  if (cookie === undefined) return Promise.resolve('')
  return new Promise(resolve => {
    setTimeout(resolve, DEADLINE, '').unref()
    get(`${ory}/sessions/whoami`, { agent, headers: { cookie } }, answer => {
      let text = ''
      answer
        .on('data', chunk => {
          text += chunk
        })
        .on('error', () => resolve(''))
        .on('end', () => resolve(answer.statusCode === 200 ? text : ''))
    }).on('error', () => resolve(''))
  })
}
