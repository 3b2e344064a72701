import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, expect } from 'vitest'
import WebSocket from 'ws'
import { startEchoApp } from '../_app.js'
import { receivedBy, test } from '../_fixtures.js'
import { type Command, startCommand } from './_command.js'

let command: Command
afterEach(() => command?.end('SIGKILL'))

/** Sends requests for as long as it is let, and tells how each answer ended. */
function hammer(url: string, cookie: string): { stop(): Promise<{ whole: number; cut: number }> } {
  const agent = new Agent({ keepAlive: true })
  const tally = { whole: 0, cut: 0 }
  let going = true
  const once = (): Promise<boolean> =>
    new Promise(resolve => {
      const req = request(`${url}/slow`, { agent, headers: { cookie } }, res => {
        let text = ''
        res.setEncoding('utf8').on('data', chunk => {
          text += chunk
        })
        // Whatever its framing says: the app writes "begin", and a moment later "end".
        res.on('close', () => {
          tally[text.endsWith('end') ? 'whole' : 'cut']++
          resolve(true)
        })
      })
      req.on('error', () => resolve(false)) // not taken any more
      req.end()
    })
  const worker = async (): Promise<void> => {
    while (going && (await once()));
  }
  const workers = Array.from({ length: 20 }, worker)
  return {
    async stop() {
      going = false
      await Promise.all(workers)
      agent.destroy()
      return tally
    },
  }
}

test.for(['SIGTERM', 'SIGINT'] as const)(
  '%s under load: open answers end, no new ones are taken, the exit code is 0',
  async (signal, { ory }) => {
    const app = await startEchoApp((_req, res) => {
      res.write('begin')
      setTimeout(() => res.end('end'), 50)
    })
    command = await startCommand(app.url, ory.url)
    const load = hammer(command.url, ory.signIn('ada@example.com'))
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

test('an answer without an end does not keep it alive, nor does a WebSocket', async ({ ory, app }) => {
  command = await startCommand(app.url, ory.url)
  const stream = await startEchoApp((_req, res) => void res.write('for ever'))
  const endless = await startCommand(stream.url, ory.url)
  const reading = fetch(endless.url)
    .then(response => response.text())
    .then(
      () => 'whole',
      () => 'cut',
    )
  await expect.poll(() => stream.seen.length).toBe(1)
  const socket = new WebSocket(`${command.url.replace('http', 'ws')}/ws`)
  await new Promise(resolve => socket.once('open', resolve))
  expect(await command.end('SIGTERM')).toBe(0)
  expect(await endless.end('SIGTERM')).toBe(0)
  expect(await reading).toBe('cut')
  await stream.close()
})

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

test('nothing it says holds a secret, however much it is asked to say', async ({ ory, app }) => {
  command = await startCommand(app.url, ory.url, '--debug')
  const cookie = ory.signIn('ada@example.com')
  const secret = 's3cr3t'
  const headers = {
    cookie: `${cookie}; csrf=${secret}`,
    authorization: `Bearer ${secret}`,
    'x-session-token': secret,
  }
  await receivedBy(`${command.url}/x?code=${secret}`, { headers })
  await receivedBy(`${command.url}/x?${secret}&a=b`, { headers })
  await fetch(`${command.url}/.ory/a%5cb?code=${secret}`, { headers }) // refused, and said why
  await fetch(`${command.url}/.ory/self-service/login?token=${secret}`, {
    headers,
    method: 'POST',
    body: secret,
  })
  ory.on('/sessions/whoami', (_req, res) => void res.writeHead(500).end(secret))
  await receivedBy(`${command.url}/x`, { headers: { cookie: `other=${secret}` } })
  ory.on('/cookies', (_req, res) => {
    res.setHeader('set-cookie', `session=${secret}; Secure; Domain=x`)
    res.setHeader('location', `${ory.url}/?code=${secret}`)
    res.end(secret)
  })
  await fetch(`${command.url}/.ory/cookies`, { redirect: 'manual' })
  await fetch(`${command.url}/\u001b[31m%1b[31m\n`)
  await app.close()
  await fetch(`${command.url}/gone?code=${secret}`, { headers })
  expect(await command.end('SIGTERM')).toBe(0)
  expect(command.output()).toContain('/self-service/login') // it did say something
  expect(command.output()).not.toContain(secret)
  expect(command.output()).not.toContain(cookie.split('=')[1])
  expect(command.output()).not.toMatch(/eyJ/)
})
