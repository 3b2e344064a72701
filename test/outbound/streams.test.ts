import { createHash, randomBytes } from 'node:crypto'
import { type ClientRequest, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EchoApp, startEchoApp } from '../_app.js'
import { FACES, type Face } from '../_faces.js'
import { type FakeOry, startFakeOry } from '../_fake-ory.js'

const MIB = 1 << 20
const BLOCK = randomBytes(MIB)
const SIZE = 64

/** 64 MiB that are never in memory at once. */
function* blocks(): Generator<Buffer> {
  for (let i = 0; i < SIZE; i++) yield BLOCK
}

const sha = (): ReturnType<typeof createHash> => createHash('sha256')
const EXPECTED = [...blocks()].reduce((hash, block) => hash.update(block), sha()).digest('hex')

async function digest(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = sha()
  for await (const chunk of stream) hash.update(chunk)
  return hash.digest('hex')
}

/** Each path of the app behaves in one way; what a test has to wait for is told by `happened`. */
class StreamingApp {
  readonly #waiting = new Map<string, (value: unknown) => void>()
  readonly #routes: Record<string, (req: IncomingMessage, res: ServerResponse) => unknown> = {
    '/api/events': (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      res.write('data: one\n\n')
      this.happened('next').then(() => res.end('data: two\n\n'))
    },
    '/api/next': (_req, res) => {
      this.#tell('next')
      res.end()
    },
    '/api/up': async (req, res) => res.end(await digest(req)),
    '/api/down': (_req, res) => pipeline(Readable.from(blocks()), res).catch(() => {}),
    '/api/endless': (_req, res) => {
      res.once('close', () => this.#tell('endless closed'))
      res.write('started')
    },
    '/api/silent': (_req, res) => {
      res.once('close', () => this.#tell('silent closed'))
      this.#tell('silent asked')
    },
    '/api/trailers': (_req, res) => {
      res.writeHead(200, { trailer: 'x-sum' })
      res.write('whole')
      res.addTrailers({ 'x-sum': '1' })
      res.end()
    },
    '/api/early': (_req, res) =>
      res.writeEarlyHints({ link: '</style.css>; rel=preload' }, () => res.end('whole')),
    '/api/stalled': (req, res) => {
      req.pause()
      this.happened('read on').then(async () => res.end(await digest(req)))
    },
  }

  readonly listener = (req: IncomingMessage, res: ServerResponse): void => {
    const route = this.#routes[req.url!.split('?', 1)[0]!]
    if (route) route(req, res)
    else res.writeHead(404).end()
  }

  /** Resolves when the app says so; ask before it can. */
  happened(what: string): Promise<unknown> {
    return new Promise(resolve => this.#waiting.set(what, resolve))
  }

  tell(what: string): void {
    this.#tell(what)
  }

  #tell(what: string): void {
    this.#waiting.get(what)?.(undefined)
    this.#waiting.delete(what)
  }
}

describe.each(Object.keys(FACES))('%s', name => {
  const streaming = new StreamingApp()
  let ory: FakeOry
  let app: EchoApp
  let face: Face
  let cookie: string

  beforeAll(async () => {
    ;[ory, app] = await Promise.all([startFakeOry(), startEchoApp(streaming.listener)])
    face = await FACES[name]!(app.url, { sdkUrl: ory.url })
    cookie = ory.signIn('ada@example.com')
  })
  afterAll(async () => {
    await face?.close()
    await Promise.all([ory.close(), app.close()])
  })

  test('an event arrives before the next one is made', async () => {
    // Unpacked: webpack-dev-server's own compression holds an event stream back until its end.
    const headers = { cookie, 'accept-encoding': 'identity' }
    const response = await fetch(`${face.url}/api/events`, { headers })
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).value).toBe('data: one\n\n')
    await fetch(`${face.url}/api/next`) // only now the app makes the second one
    expect((await reader.read()).value).toBe('data: two\n\n')
    expect((await reader.read()).done).toBe(true)
  })

  test('64 MiB go up and down byte for byte', async () => {
    const up = await fetch(`${face.url}/api/up`, {
      method: 'POST',
      headers: { cookie },
      body: Readable.toWeb(Readable.from(blocks())) as never,
      duplex: 'half',
    } as RequestInit)
    expect(await up.text()).toBe(EXPECTED)
    const down = await fetch(`${face.url}/api/down`, { headers: { cookie } })
    expect(await digest(down.body as unknown as AsyncIterable<Uint8Array>)).toBe(EXPECTED)
  }, 60_000)

  test('an app that does not read stops the client, so nothing piles up between them', async () => {
    const upload = request(`${face.url}/api/stalled`, { method: 'POST', headers: { cookie } })
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      upload.once('response', resolve).once('error', reject)
    })
    let sent = 0
    const sending = pipeline(async function* () {
      for (const block of blocks()) {
        yield block
        sent++
      }
    }, upload)
    await standstill(() => sent)
    expect(sent).toBeLessThan(SIZE / 2)
    streaming.tell('read on')
    await sending
    expect(await text(await answer)).toBe(EXPECTED)
  }, 60_000)

  test.for(['trailers', 'early'])(
    'an answer with %s arrives whole, and what surrounds it too',
    async path => {
      const [answer, interim] = await asked(
        request(`${face.url}/api/${path}`, { headers: { cookie, te: 'trailers' } }),
      )
      expect([answer.statusCode, await text(answer)]).toEqual([200, 'whole'])
      if (name !== 'cli') return // there, the way to the app is the dev server's own
      expect([answer.trailers, interim]).toEqual(path === 'early' ? [{}, [103]] : [{ 'x-sum': '1' }, []])
    },
  )

  test('an upload that waits for 100 Continue is told to go on', async () => {
    const headers = { cookie, expect: '100-continue', 'content-length': '5' }
    const upload = request(`${face.url}/api/up`, { method: 'POST', headers })
    upload.once('continue', () => upload.write('hello'))
    const [answer] = await asked(upload)
    expect(await text(answer)).toBe(sha().update('hello').digest('hex'))
  })

  test('a client that goes away in the middle of an answer is gone for the app too', async () => {
    const closed = streaming.happened('endless closed')
    const leaving = new AbortController()
    const response = await fetch(`${face.url}/api/endless`, { headers: { cookie }, signal: leaving.signal })
    await response.body!.getReader().read()
    leaving.abort()
    await closed
  })

  test('a client that goes away before there is an answer is gone for the app too', async () => {
    const [asked, closed] = [streaming.happened('silent asked'), streaming.happened('silent closed')]
    const leaving = new AbortController()
    const response = fetch(`${face.url}/api/silent`, { headers: { cookie }, signal: leaving.signal })
    await asked
    leaving.abort()
    await expect(response).rejects.toThrow()
    await closed
  })
})

/** Ends a request; its answer, and the status of what came before it. */
function asked(client: ClientRequest): Promise<[IncomingMessage, number[]]> {
  const interim: number[] = []
  client.on('information', ({ statusCode }) => interim.push(statusCode))
  return new Promise((resolve, reject) => {
    client.once('response', answer => resolve([answer, interim])).once('error', reject)
    if (client.hasHeader('expect')) client.flushHeaders()
    else client.end()
  })
}

/** Waits until a number stops growing. */
async function standstill(count: () => number): Promise<void> {
  for (let same = 0, last = -1; same < 5; last = count()) {
    await new Promise(resolve => setTimeout(resolve, 100))
    same = count() === last && count() > 0 ? same + 1 : 0
  }
}

async function text(stream: IncomingMessage): Promise<string> {
  let all = ''
  for await (const chunk of stream.setEncoding('utf8')) all += chunk
  return all
}
