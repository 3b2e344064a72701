import { connect as connectHttp2 } from 'node:http2'
import { Agent, request } from 'node:https'
import { connect, type Socket } from 'node:net'
import { afterEach, expect } from 'vitest'
import WebSocket from 'ws'
import { startEchoApp } from '../_app.js'
import { receivedBy, test } from '../_fixtures.js'
import { ask, PROTOCOLS, type Protocol } from '../outbound/_protocols.js'
import { type Command, startCommand } from './_command.js'

let command: Command
afterEach(() => command?.end('SIGKILL'))

/** Asks for /slow, as often as it is let; resolves with false where nothing is taken any more. */
interface Client {
  once(onEnd: (text: string) => void): Promise<boolean>
  close(): void
}

const CLIENTS: Record<Protocol, (url: string, cookie: string) => Client> = {
  'HTTP/1.1'(url, cookie) {
    const agent = new Agent({ keepAlive: true, rejectUnauthorized: false })
    return {
      close: () => agent.destroy(),
      once: onEnd =>
        new Promise(resolve => {
          const req = request(`${url}/slow`, { agent, headers: { cookie } }, res => {
            let text = ''
            res.setEncoding('utf8').on('data', chunk => {
              text += chunk
            })
            res.on('close', () => {
              onEnd(text)
              resolve(true)
            })
          })
          req.on('error', () => resolve(false))
          req.end()
        }),
    }
  },
  'HTTP/2'(url, cookie) {
    const session = connectHttp2(url, { rejectUnauthorized: false }).on('error', () => {})
    return {
      close: () => session.destroy(),
      once: onEnd =>
        new Promise(resolve => {
          if (session.closed || session.destroyed) return resolve(false)
          const stream = session.request({ ':path': '/slow', cookie })
          let text = ''
          stream.setEncoding('utf8').on('data', chunk => {
            text += chunk
          })
          stream
            .on('error', () => {})
            .on('close', () => {
              if (text !== '') onEnd(text)
              resolve(text !== '')
            })
        }),
    }
  },
}

/** Sends requests for as long as it is let, and tells how each answer ended. */
function hammer(client: Client): { stop(): Promise<{ whole: number; cut: number }> } {
  const tally = { whole: 0, cut: 0 }
  let going = true
  // Whatever its framing says: the app writes "begin", and a moment later "end".
  const once = (): Promise<boolean> => client.once(text => tally[text.endsWith('end') ? 'whole' : 'cut']++)
  const worker = async (): Promise<void> => {
    while (going && (await once()));
  }
  const workers = Array.from({ length: 20 }, worker)
  return {
    async stop() {
      going = false
      await Promise.all(workers)
      client.close()
      return tally
    },
  }
}

const LOADS = PROTOCOLS.flatMap(protocol =>
  (['SIGTERM', 'SIGINT'] as const).map(signal => [signal, protocol] as const),
)

test.for(LOADS)(
  '%s under load over %s: open answers end, no new ones are taken, the exit code is 0',
  async ([signal, protocol], { ory }) => {
    const app = await startEchoApp((_req, res) => {
      res.write('begin')
      setTimeout(() => res.end('end'), 50)
    })
    command = await startCommand(app.url, ory.url, '--dont-install-cert')
    const load = hammer(CLIENTS[protocol](command.url, ory.signIn('ada@example.com')))
    await expect.poll(() => app.seen.length).toBeGreaterThan(100)
    expect(await command.end(signal)).toBe(0)
    const { whole, cut } = await load.stop()
    expect(cut).toBe(0)
    expect(whole).toBeGreaterThan(50)
    await expect(fetch(command.url)).rejects.toThrow()
    expect(command.output()).not.toMatch(/unhandled|uncaught|\n\s+at /i)
    await app.close()
  },
)

test.for(PROTOCOLS)(
  'an answer without an end does not keep it alive over %s, nor does a WebSocket',
  async (protocol, { ory, app }) => {
    command = await startCommand(app.url, ory.url, '--dont-install-cert')
    const stream = await startEchoApp((_req, res) => void res.write('for ever'))
    const endless = await startCommand(stream.url, ory.url, '--dont-install-cert')
    const reading = ask(protocol, endless.url, '/')
    await expect.poll(() => reading.heard.body).toBe('for ever')
    const socket = new WebSocket(`${command.url.replace('http', 'ws')}/ws`, { rejectUnauthorized: false })
    await new Promise(resolve => socket.once('open', resolve))
    expect(await command.end('SIGTERM')).toBe(0)
    expect(await endless.end('SIGTERM')).toBe(0)
    expect((await reading.over).whole).toBe(false)
    await stream.close()
  },
)

/** Opens connections, writes to each and waits until all are there. */
async function openMany(url: string, count: number, first: string): Promise<Socket[]> {
  const { port } = new URL(url)
  const sockets: Socket[] = []
  for (let opened = 0; opened < count; opened += 250) {
    const some = Array.from({ length: Math.min(250, count - opened) }, () => {
      const socket = connect(Number(port), '127.0.0.1')
      socket.on('error', () => {})
      return socket
    })
    await Promise.all(some.map(socket => new Promise(resolve => socket.once('connect', resolve))))
    for (const socket of some) socket.write(first)
    sockets.push(...some)
  }
  return sockets
}

test('2,000 open connections and 500 slow clients: everybody else is served as themselves', async ({
  ory,
  app,
}) => {
  command = await startCommand(app.url, ory.url)
  const idle = await openMany(command.url, 2000, '')
  const slow = await openMany(command.url, 500, 'GET /slow HTTP/1.1\r\nHost: loca')
  const cookie = ory.signIn('ada@example.com')
  for (let i = 0; i < 20; i++) {
    const { headers } = await receivedBy(`${command.url}/x`, { headers: { cookie } })
    expect(headers.authorization).toMatch(/^Bearer ey/)
  }
  const answers = slow.map(
    socket => new Promise<string>(resolve => socket.once('data', data => resolve(String(data)))),
  )
  for (const socket of slow) socket.write('lhost\r\n\r\n')
  expect((await Promise.all(answers)).filter(answer => answer.startsWith('HTTP/1.1 200 '))).toHaveLength(500)
  for (const socket of [...idle, ...slow]) socket.destroy()
  expect(await command.end('SIGTERM')).toBe(0)
})

test('300 open connections and 150 slow uploads over HTTP/2: everybody else is served as themselves', async ({
  ory,
  app,
}) => {
  command = await startCommand(app.url, ory.url, '--dont-install-cert')
  const idle = Array.from({ length: 300 }, () =>
    connectHttp2(command.url, { rejectUnauthorized: false }).on('error', () => {}),
  )
  const half = { method: 'POST', headers: { 'content-length': '8' } }
  const slow = Array.from({ length: 150 }, () => ask('HTTP/2', command.url, '/slow', half))
  for (const { upload } of slow) upload.write('half')
  const headers = { cookie: ory.signIn('ada@example.com') }
  for (let i = 0; i < 20; i++) {
    const { body } = await ask('HTTP/2', command.url, '/x', { headers }).over
    expect(body).toContain('"authorization":"Bearer ey')
  }
  for (const { upload } of slow) upload.end('half')
  const answers = await Promise.all(slow.map(({ over }) => over))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(150)
  for (const session of idle) session.destroy()
  expect(await command.end('SIGTERM')).toBe(0)
})

test.for(PROTOCOLS)(
  'nothing it says over %s holds a secret, however much it is asked to say',
  async (protocol, { ory, app }) => {
    command = await startCommand(app.url, ory.url, '--debug', '--dont-install-cert')
    const send = (path: string, options = {}): Promise<unknown> =>
      ask(protocol, command.url, path, options).over
    const cookie = ory.signIn('ada@example.com')
    const secret = 's3cr3t'
    const headers = {
      cookie: `${cookie}; csrf=${secret}`,
      authorization: `Bearer ${secret}`,
      'x-session-token': secret,
    }
    await send(`/x?code=${secret}`, { headers })
    await send(`/x?${secret}&a=b`, { headers })
    await send(`/.ory/a%5cb?code=${secret}`, { headers }) // refused, and said why
    await send(`/.ory/self-service/login?token=${secret}`, { headers, method: 'POST', body: secret })
    ory.on('/sessions/whoami', (_req, res) => void res.writeHead(500).end(secret))
    await send(`/x`, { headers: { cookie: `other=${secret}` } })
    ory.on('/cookies', (_req, res) => {
      res.setHeader('set-cookie', `session=${secret}; Secure; Domain=x`)
      res.setHeader('location', `${ory.url}/?code=${secret}`)
      res.end(secret)
    })
    await send('/.ory/cookies')
    await send('/%1b[31m%1B%0a')
    await app.close()
    await send(`/gone?code=${secret}`, { headers })
    expect(await command.end('SIGTERM')).toBe(0)
    expect(command.output()).toContain('/self-service/login') // it did say something
    expect(command.output()).not.toContain(secret)
    expect(command.output()).not.toContain(cookie.split('=')[1])
    expect(command.output()).not.toMatch(/eyJ/)
  },
)
