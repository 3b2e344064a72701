import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect } from 'vitest'
import { startEchoApp } from '../_app.js'
import type { Face } from '../_faces.js'
import { startFakeOry } from '../_fake-ory.js'
import { test } from '../_fixtures.js'
import { OVER_HTTP2, rawBytes } from '../_raw.js'
import { OVER_BOTH } from '../attacks/_faces.js'
import { ask, PROTOCOLS } from '../outbound/_protocols.js'
import { type Command, startCommand } from './_command.js'

/** An app that answers with the given bytes, whatever it is asked. */
async function startBytes(answer: (socket: Socket) => void): Promise<{ url: string; server: Server }> {
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.on('data', () => answer(socket))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, server }
}

describe.each(PROTOCOLS)('an app that answers nonsense, over %s', protocol => {
  let command: Command
  let app: Awaited<ReturnType<typeof startBytes>>
  let answer: string
  beforeEach(async () => {
    const ory = await startFakeOry()
    app = await startBytes(socket => socket.write(answer))
    command = await startCommand(app.url, ory.url, '--dont-install-cert')
    await ory.close()
  })
  afterEach(async () => {
    await command.end('SIGKILL')
    app.server.close()
  })

  test.for([
    ['no HTTP', 'hello\r\n\r\n'],
    [
      'a switch of protocol that nobody asked for',
      'HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
    ],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x'],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a status below 100', 'HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n'],
    ['a header without an end', `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(100_000)}`],
  ])('%s: 502, and the next request is answered', async ([, bytes]) => {
    answer = bytes!
    expect((await ask(protocol, command.url, '/x').over).status).toBe(502)
    answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok'
    expect((await ask(protocol, command.url, '/x').over).body).toBe('ok')
  })

  test('more bytes than announced are not the answer to the next request', async () => {
    answer =
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison'
    const both = await Promise.all(['/a', '/b'].map(path => ask(protocol, command.url, path).over))
    const next = await ask(protocol, command.url, '/c').over
    expect([...both, next].map(({ body }) => body).join()).not.toContain('poison')
  })
})

test("more bytes than announced are not the answer to the next one on a client's connection", async ({
  ory,
}) => {
  const bytes =
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison'
  const app = await startBytes(socket => socket.write(bytes))
  const command = await startCommand(app.url, ory.url)
  const two =
    'GET /a HTTP/1.1\r\nHost: localhost\r\n\r\nGET /b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
  const { head, body } = await rawBytes(command.url, two)
  expect(head + body).not.toContain('poison')
  await command.end('SIGKILL')
  app.server.close()
})

describe.each(['connect', 'connect over HTTP/2', 'cli', 'cli over HTTP/2'])(
  '%s: an app that breaks off',
  name => {
    let face: Face | undefined
    afterEach(() => face?.close())

    test.for([
      ['with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome'],
      ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n'],
    ])('in the middle of an answer %s: it does not look whole', async ([, bytes], { ory }) => {
      const app = await startBytes(socket => socket.end(bytes!))
      face = await OVER_BOTH[name]!(app.url, { sdkUrl: ory.url })
      const protocol = OVER_HTTP2.has(face.url) ? 'HTTP/2' : 'HTTP/1.1'
      expect((await ask(protocol, face.url, '/api/x').over).whole).toBe(false)
      app.server.close()
    })
  },
)

test.for(PROTOCOLS)(
  'an app that restarts under load is found again over %s, and nobody is somebody else meanwhile',
  async (protocol, { ory }) => {
    let app = await startEchoApp()
    const { port } = new URL(app.url)
    const command = await startCommand(app.url, ory.url, '--dont-install-cert')
    const cookie = ory.signIn('ada@example.com', { identity: { id: 'ada' } })
    const statuses = new Set<number>()
    let going = true
    const worker = async (): Promise<void> => {
      while (going) {
        const answer = await ask(protocol, command.url, '/x', { headers: { cookie } }).over
        statuses.add(answer.status)
        if (answer.status === 200) expect(answer.body).toContain('"authorization":"Bearer ey')
      }
    }
    const workers = Array.from({ length: 10 }, worker)
    for (let restart = 0; restart < 3; restart++) {
      await expect.poll(() => app.seen.length).toBeGreaterThan(20)
      await app.close()
      await expect.poll(() => statuses.has(502)).toBe(true)
      app = await startEchoApp(undefined, Number(port))
    }
    await expect.poll(() => app.seen.length).toBeGreaterThan(20)
    going = false
    await Promise.all(workers)
    expect([...statuses].sort()).toEqual([200, 502])
    expect(await command.end('SIGTERM')).toBe(0)
    expect(command.output()).not.toMatch(/unhandled|uncaught|\n\s+at /i)
    await app.close()
  },
)
