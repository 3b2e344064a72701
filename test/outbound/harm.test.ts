import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startCommand } from '../faults/_command.js'
import type { Place } from './_harm-steps.js'
import { HARMS, type Harm } from './_harms.js'
import { type OddServer, type Route, startOddServer } from './_odd-server.js'
import { PROTOCOLS, type Protocol } from './_protocols.js'
import { type Front, startWeakFront } from './_weak-front.js'

const nobody: Route = (_req, res) => void res.writeHead(401).end('{}')

/** A flow as Kratos writes it, with its own address and a name for these bytes. */
const flow: Route = ({ method }, res) => {
  const body = JSON.stringify({ ui: { action: `${ory.url}/self-service/login` } })
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length, etag: '"strong"' })
  res.end(method === 'HEAD' ? undefined : body)
}

let app: OddServer
let ory: OddServer
let whoami = nobody
let weak: Front
/** One for all of them: what it survived, it goes on to survive. */
let ours: Front

beforeAll(async () => {
  app = await startOddServer()
  ory = await startOddServer({ '/flow': flow, '/sessions/whoami': (req, res) => whoami(req, res) })
  const command = await startCommand(app.url, ory.url, '--dont-install-cert')
  ours = { origin: command.url, said: command.output, close: () => command.end('SIGTERM') }
})
afterAll(async () => {
  await ours?.close()
  for (const server of [app, ory]) server.close()
})
afterEach(() => weak.close())

function answerWhoami(route: Route): () => void {
  whoami = route
  return () => {
    whoami = nobody
  }
}

type Row = readonly [title: string, to: 'app' | 'ory', protocol: Protocol, one: Harm]

const TABLE = HARMS.flatMap(one =>
  (['app', 'ory'] as const)
    .filter(to => one.usual[to])
    .flatMap(to =>
      (one.over ?? PROTOCOLS).map(
        (protocol): Row => [`${one.point}, to ${to}: ${one.what}`, to, protocol, one],
      ),
    ),
)

describe.each(PROTOCOLS)('over %s', protocol => {
  test.for(TABLE.filter(row => row[2] === protocol))(
    '%s, with a proxy that does not look out, and not with ours',
    async ([, to, , { harm, kind, usual }]) => {
      const server = to === 'app' ? app : ory
      const at = (front: Front): Place => {
        server.met.clear()
        return { front, protocol, base: to === 'app' ? '' : '/.ory', server, answerWhoami }
      }
      weak = await startWeakFront(app.url, ory.url, kind)
      const harmed = await harm(at(weak))
      const expected = usual[to]
      if (expected !== 'chance') expect(harmed, kind ?? 'the usual kind').toBe(expected!.includes(protocol))
      expect(await harm(at(ours)), 'ours').toBe(false)
    },
  )
})
