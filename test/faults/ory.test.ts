import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { silentLogger } from '../../src/log.js'
import { decodeBody } from '../../src/middleware/ory/decode.js'
import { createBreaker } from '../../src/ory/breaker.js'
import type { OryClient } from '../../src/ory/client.js'
import type { Face } from '../_faces.js'
import { rawLeaving, rawRequest } from '../_raw.js'
import { startTarget, type Target, whoArrives } from '../attacks/_attack.js'
import { OVER_BOTH } from '../attacks/_faces.js'

/** More than the connections that are kept to Ory: as many answers that each hold one would be the end. */
const MANY = 150

/** HTTP/1.1 and HTTP/2. */
const OVER_EACH = ['connect', 'connect over HTTP/2']

/** Keeps this process from everything else, and lets it have one turn. */
async function stalled(ms: number): Promise<void> {
  const until = performance.now() + ms
  while (performance.now() < until);
  await new Promise(resolve => setImmediate(resolve))
}

describe.each(OVER_EACH)('an answer that makes no sense, %s', kind => {
  let garbage: Server
  let face: Face
  let target: Target
  let answer: string

  beforeEach(async () => {
    garbage = createServer(socket => {
      socket.on('error', () => {})
      socket.once('data', () => socket.write(answer))
    })
    await new Promise<void>(resolve => garbage.listen(0, '127.0.0.1', resolve))
    target = await startTarget(kind)
    const { port } = garbage.address() as { port: number }
    face = await OVER_BOTH[kind]!(target.app.url, { sdkUrl: `http://127.0.0.1:${port}` })
  })
  afterEach(async () => {
    await face.close()
    await target.close()
    garbage.close()
  })

  test.for([
    ['no HTTP', 'hello\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 099 X\r\nContent-Length: 2\r\n\r\n{}'],
    ['a switch of protocol', 'HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x'],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a header without an end', `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(100_000)}`],
    [
      'a chunk of no size',
      'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    ],
  ])('%s: every request gets its 502, and the app its anonymous ones', async ([, bytes]) => {
    answer = bytes!
    for (let i = 0; i < MANY; i += 50) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => rawRequest(face.url, '/.ory/x')))
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([502]))
    }
    const app = await rawRequest(face.url, '/api/x', { headers: ['Cookie: a=1', 'Authorization: forged'] })
    expect(app.status).toBe(200)
    expect(app.body).not.toContain('forged')
  })
})

describe.each(OVER_EACH)('an answer that is too much, %s', kind => {
  let target: Target
  beforeEach(async () => {
    target = await startTarget(kind)
  })
  afterEach(() => target.close())

  test('a whoami without an end is given up, and its connection with it', async () => {
    let gone = 0
    target.ory.on('/sessions/whoami', (_req, res) => {
      res.once('close', () => gone++)
      const more = (): void => {
        while (!res.destroyed && res.write('x'.repeat(65_536)));
      }
      res.on('drain', more)
      more()
    })
    expect(await whoArrives(target, 'a=1')).toBeNull()
    await expect.poll(() => gone).toBe(1)
  })

  test('a session that nests 100,000 deep is a session', async () => {
    const deep = `{"active":true,"identity":{"id":"deep"},"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    target.ory.on('/deep', (_req, res) => void res.setHeader('content-type', 'application/json').end(deep))
    expect((await rawRequest(target.url, '/.ory/deep')).body).toBe(deep)
    target.ory.on('/sessions/whoami', (_req, res) => void res.end(deep))
    const { status } = await rawRequest(target.url, '/api/x', { headers: ['Cookie: a=1'] })
    expect(status).toBeGreaterThanOrEqual(400) // a token longer than the app's Node takes; which refusal is its own
    expect((await rawRequest(target.url, '/api/x')).status).toBe(200)
  })

  test('a chain of content codings is not undone link by link', async () => {
    let body = Buffer.from('{}')
    for (let i = 0; i < 20; i++) body = gzipSync(body)
    const chain = Array.from({ length: 20 }, () => 'gzip').join(', ')
    await expect(decodeBody(body, chain, 1000)).rejects.toThrow('content codings')
    target.ory.on('/chain', (_req, res) => {
      res.writeHead(200, { 'content-type': 'application/json', 'content-encoding': chain }).end(body)
    })
    const answer = await rawRequest(target.url, '/.ory/chain')
    expect(answer.head.toLowerCase()).toContain(`content-encoding: ${chain}`)
  })

  test('answers that nobody waits for any more are not read on', async () => {
    let open = 0
    target.ory.on('/drip', (_req: IncomingMessage, res: ServerResponse) => {
      open++
      res.once('close', () => open--)
      res.writeHead(200, { 'content-type': 'application/json' }).write('{"never":')
    })
    for (let i = 0; i < MANY; i += 50) {
      const leaving = Array.from({ length: 50 }, () => rawLeaving(target.url, '/.ory/drip', {}))
      await expect.poll(() => open).toBe(50)
      for (const leave of leaving) leave()
      await expect.poll(() => open).toBe(0)
    }
    expect((await rawRequest(target.url, '/.ory/x')).status).toBe(200)
  })
})

describe.each(OVER_EACH)('an Ory that does not answer, %s', kind => {
  let target: Target
  beforeEach(async () => {
    target = await startTarget(kind)
  })
  afterEach(() => target.close())

  test('the app is reached all the same, anonymously', async () => {
    target.ory.on('/sessions/whoami', () => {}) // hangs
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => whoArrives(target, `a=${i}`, 'Authorization: Bearer forged')),
    )
    expect(answers).toEqual(Array(20).fill(null))
    const before = target.ory.heard.length
    expect(await whoArrives(target, 'b=1')).toBeNull()
    expect(target.ory.heard.slice(before).filter(({ headers }) => headers.cookie === 'b=1')).toEqual([])
  })

  test('a process that was too busy to read the answer does not blame Ory', async () => {
    const who = whoArrives(target, target.alice)
    await expect.poll(() => target.ory.whoami().length).toBe(1)
    const until = performance.now() + 2500 // longer than the deadline
    while (performance.now() < until);
    expect(await who).not.toBeNull()
  })

  test('nor does one that gets to run now and then only', async () => {
    const answered = performance.now() + 5000
    target.ory.on('/sessions/whoami', async (_req, res) => {
      while (performance.now() < answered) await stalled(400)
      res.end(JSON.stringify({ active: true, identity: { id: 'alice' } }))
    })
    expect(await whoArrives(target, target.alice)).toBe('alice')
  })

  test('one that comes and goes loses nobody for good', async () => {
    for (let round = 0; round < 3; round++) {
      const undo = target.ory.on('/sessions/whoami', req => req.socket.destroy())
      expect(await whoArrives(target, `round=${round}`)).toBeNull()
      undo()
      const cookie = target.ory.signIn(`round-${round}@example.com`)
      await expect.poll(() => whoArrives(target, cookie), { timeout: 10_000 }).not.toBeNull()
    }
  })

  test('one that resets a connection that lay idle is asked again on another', async () => {
    expect(await whoArrives(target, target.alice)).not.toBeNull() // leaves a connection
    let resets = 0
    const undo = target.ory.on('/sessions/whoami', req => {
      resets++
      undo()
      req.socket.resetAndDestroy()
    })
    expect(await whoArrives(target, target.bob)).not.toBeNull()
    expect(resets).toBe(1)
  })

  test('a request that changes something is never sent twice', async () => {
    await rawRequest(target.url, '/.ory/warm') // a connection to be used again
    let posts = 0
    target.ory.on('/once', req => {
      posts++
      req.socket.destroy()
    })
    expect((await rawRequest(target.url, '/.ory/once', { method: 'POST' })).status).toBe(502)
    expect(posts).toBe(1)
  })
})

describe('an Ory that asks to be left alone', () => {
  /** A client whose whoami says 429, and counts. */
  function refusing(retryAfter: number): { client: OryClient; asked: () => number } {
    let asked = 0
    const whoami: OryClient['whoami'] = async () => {
      asked++
      return { kind: 'unreachable', cause: 'status 429', trips: true, retryAfter }
    }
    return { client: { whoami } as OryClient, asked: () => asked }
  }
  const turns = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await new Promise(resolve => setTimeout(resolve, 1))
  }

  test.for([0, 1, 30_000])('with Retry-After %d ms is not asked in a loop', async retryAfter => {
    const { client, asked } = refusing(retryAfter)
    const breaker = createBreaker(client, silentLogger)
    breaker.trip('status 429', retryAfter)
    await turns(100)
    expect(asked()).toBeLessThan(20)
    breaker.close()
  })

  test('is not asked any more by somebody who has ended', async () => {
    const { client, asked } = refusing(1)
    const breaker = createBreaker(client, silentLogger)
    breaker.close()
    breaker.trip('a question that was under way')
    await new Promise(resolve => setTimeout(resolve, 700))
    expect(asked()).toBe(0)
  })
})
