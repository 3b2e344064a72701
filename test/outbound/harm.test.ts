import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FakeOry, startFakeOry } from '../_fake-ory.js'
import { startCommand } from '../faults/_command.js'
import { ask, PROTOCOLS, type Protocol } from './_protocols.js'
import { type Front, startWeakFront } from './_weak-front.js'

/** How the app was asked for each path, and what became of it. */
interface Met {
  headers: IncomingMessage['headers']
  over: boolean
}
let met: Map<string, Met>

/** What the app does at each path; anywhere else it says which path it was asked for. */
const ROUTES: Record<string, (req: IncomingMessage, res: ServerResponse) => void> = {
  '/silent': () => {},
  '/events': (_req, res) => void res.writeHead(200).write('first'),
  '/early': (_req, res) => void res.writeHead(413, { connection: 'close' }).end('too large'),
  '/early-and-kept': (_req, res) => void res.writeHead(401, { 'content-length': '2' }).end('no'),
  '/large': (_req, res) => void res.writeHead(200, { 'x-large': 'x'.repeat(40_000) }).end('large'),
  '/trailers': (_req, res) => {
    res.writeHead(200, { trailer: 'x-sum' }).write('whole')
    res.addTrailers({ 'x-sum': '1' })
    res.end()
  },
  '/hints': (_req, res) => res.writeEarlyHints({ link: '</style.css>; rel=preload' }, () => void res.end()),
}

function meet(req: IncomingMessage, res: ServerResponse): void {
  const path = req.url!.split('?', 1)[0]!
  const one: Met = { headers: req.headers, over: false }
  met.set(req.url!, one)
  res.on('close', () => {
    one.over = true
  })
  req.on('error', () => {}).resume()
  const route = ROUTES[path]
  if (route) return route(req, res)
  req.on('end', () => res.end(path))
}

/** Long enough for what comes at all, on a busy machine too. */
const PATIENCE = 4000

/** Whether it does not become so, however long one waits. */
async function never(isSo: () => boolean): Promise<boolean> {
  return expect
    .poll(isSo, { timeout: PATIENCE })
    .toBe(true)
    .then(
      () => false,
      () => true,
    )
}

/** Whether a request that has nothing to do with anything is not answered as it should be. */
async function isSpoilt(front: Front, protocol: Protocol, path: string): Promise<boolean> {
  const asked = ask(protocol, front.origin, path)
  const spoilt = await never(() => asked.heard.whole && asked.heard.body === path)
  asked.leave()
  return spoilt
}

type Harm = (front: Front, protocol: Protocol) => Promise<boolean>

async function leavesTheAppWaiting(front: Front, protocol: Protocol): Promise<boolean> {
  const asked = ask(protocol, front.origin, '/silent')
  await expect.poll(() => met.has('/silent'), { timeout: PATIENCE }).toBe(true)
  asked.leave()
  return never(() => met.get('/silent')!.over)
}

async function spoilsTheNext(front: Front, protocol: Protocol): Promise<boolean> {
  let release = (): void => {}
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  const undo = ory.on('/sessions/whoami', (_req, res) => void held.then(() => res.writeHead(401).end('{}')))
  const before = ory.whoami().length
  const headers = { 'content-length': '5000', cookie: 'a=b' }
  const asked = ask(protocol, front.origin, '/early-and-kept', { method: 'POST', headers })
  asked.upload.write('half')
  await expect.poll(() => ory.whoami().length, { timeout: PATIENCE }).toBeGreaterThan(before)
  asked.leave()
  await asked.over
  release()
  undo()
  for (let i = 0; i < 3; i++) if (await isSpoilt(front, protocol, `/next-${i}`)) return true
  return false
}

async function tellsTheAppAPassword(front: Front, protocol: Protocol): Promise<boolean> {
  const headers = { 'proxy-authorization': 'Basic eDp5' }
  await ask(protocol, front.origin, '/plain', { headers }).over
  return met.get('/plain')?.headers['proxy-authorization'] !== undefined
}

async function losesAnEarlyAnswer(front: Front, protocol: Protocol): Promise<boolean> {
  const body = Buffer.alloc(8 << 20, 'x')
  for (let i = 0; i < 6; i++) {
    const asked = ask(protocol, front.origin, '/early', { method: 'POST', body })
    if (await never(() => asked.heard.status !== 0)) return true
    if (asked.heard.status !== 413) return true
    asked.leave()
  }
  return false
}

async function keepsWaitingBehindStreams(front: Front, protocol: Protocol): Promise<boolean> {
  const streams = [1, 2, 3, 4].map(i => ask(protocol, front.origin, `/events?${i}`))
  await expect
    .poll(() => streams.every(({ heard }) => heard.body === 'first'), { timeout: PATIENCE })
    .toBe(true)
  const harmed = await isSpoilt(front, protocol, '/behind')
  for (const stream of streams) stream.leave()
  return harmed
}

/** Whether a newer Node's own HTTP/2 is in time with an early answer is chance, with whatever stands behind it. */
const BY_CHANCE = Number(process.versions.node.split('.')[0]) >= 22 ? 'by chance' : true

/** Whether a proxy of the usual kind does the harm, over each protocol. */
type Expected = boolean | 'by chance'

const HARMS: readonly [what: string, harm: Harm, overHttp1: Expected, overHttp2: Expected][] = [
  ['a request that is left goes on at the app', leavesTheAppWaiting, false, true],
  ['an upload that breaks off spoils the next request', spoilsTheNext, false, true],
  ['what is for the proxy alone reaches the app', tellsTheAppAPassword, true, true],
  ['an answer before the end of an upload is lost', losesAnEarlyAnswer, true, BY_CHANCE],
  ['open streams keep everybody waiting', keepsWaitingBehindStreams, true, true],
  [
    'an answer with large headers is an error',
    async (front, protocol) => (await ask(protocol, front.origin, '/large').over).status !== 200,
    true,
    true,
  ],
  [
    'trailers are lost',
    async (front, protocol) => !('x-sum' in (await ask(protocol, front.origin, '/trailers').over).trailers),
    true,
    true,
  ],
  [
    'hints are lost',
    async (front, protocol) => !(await ask(protocol, front.origin, '/hints').over).interim.includes(103),
    true,
    true,
  ],
]

let app: Server
let appUrl: string
let ory: FakeOry
let front: Front | undefined

beforeEach(async () => {
  met = new Map()
  app = createServer({ keepAliveTimeout: 30_000 }, meet)
  app.on('clientError', (_error, socket) => socket.destroy())
  await new Promise<void>(resolve => app.listen(0, '127.0.0.1', resolve))
  appUrl = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
  ory = await startFakeOry()
})
afterEach(async () => {
  await Promise.all([front?.close(), ory.close()])
  app.closeAllConnections()
  app.close()
})

async function startOurs(): Promise<Front> {
  const command = await startCommand(appUrl, ory.url, '--dont-install-cert')
  return { origin: command.url, close: () => command.end('SIGTERM') }
}

describe.each(PROTOCOLS)('over %s', protocol => {
  test.for(HARMS)(
    '%s, with a proxy of the usual kind and not with ours',
    {
      timeout: 60_000,
    },
    async ([, harm, ...over]) => {
      front = await startWeakFront(appUrl, ory.url)
      const expected = over[PROTOCOLS.indexOf(protocol)]
      const harmed = await harm(front, protocol)
      if (expected !== 'by chance') expect(harmed, 'the usual kind').toBe(expected)
      await front.close()
      met.clear()
      front = await startOurs()
      expect(await harm(front, protocol), 'ours').toBe(false)
    },
  )
})
