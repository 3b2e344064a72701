import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FakeOry, startFakeOry } from '../_fake-ory.js'
import { type Command, startCommand } from '../faults/_command.js'

const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'

/** Connections to the app that carry a handshake, by its path, and its head as it came. */
const met = new Map<string, { socket: Socket; head: string; over: boolean }>()
const app = createServer((req, res) => res.end(`${req.method} ${req.url}`))
app.on('upgrade', ({ url = '', rawHeaders }, socket: Socket) => {
  const one = { socket, head: rawHeaders.join('\n').toLowerCase(), over: false }
  met.set(url, one)
  socket.on('close', () => {
    one.over = true
  })
  socket.on('error', () => {}).on('end', () => socket.destroy())
  socket.resume()
  if (url === '/opened') socket.write(SWITCHED)
})
let ory: FakeOry
let appUrl: string

beforeAll(async () => {
  await new Promise<void>(resolve => app.listen(0, '127.0.0.1', resolve))
  appUrl = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
  ory = await startFakeOry()
})
afterAll(async () => {
  app.closeAllConnections()
  app.close()
  await ory.close()
})
beforeEach(() => met.clear())

/** Over HTTP/2 there is none. */
describe.each([
  ['http', '--no-https'],
  ['https', '--dont-install-cert'],
] as const)('a handshake over %s', (scheme, flag) => {
  let command: Command
  beforeAll(async () => {
    command = await startCommand(appUrl, ory.url, flag)
  })
  afterAll(() => command?.end('SIGTERM'))

  /** What comes back, as it comes. */
  function shake(path: string, method = 'GET', ...headers: string[]): { socket: Socket; heard(): string } {
    const to = { port: Number(new URL(command.url).port), host: '127.0.0.1', rejectUnauthorized: false }
    const socket: Socket = scheme === 'http' ? connect(to) : connectTls(to)
    const lines = ['Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket', ...headers]
    socket.on('error', () => {}).write(`${[`${method} ${path} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`)
    let heard = ''
    socket.setEncoding('latin1').on('data', chunk => {
      heard += chunk
    })
    return { socket, heard: () => heard }
  }

  test('whose client leaves before the app has answered is over for the app', async () => {
    const { socket } = shake('/silent')
    await expect.poll(() => met.has('/silent')).toBe(true)
    socket.destroy()
    await expect.poll(() => met.get('/silent')!.over).toBe(true)
  })

  test('whose answer is late opens a socket that carries both ways', async () => {
    const { socket, heard } = shake('/late')
    await expect.poll(() => met.has('/late')).toBe(true)
    const theirs = met.get('/late')!.socket
    let got = ''
    theirs.on('data', chunk => {
      got += chunk
    })
    theirs.write(`${SWITCHED}down`)
    await expect.poll(heard).toMatch(/\r\n\r\ndown$/)
    socket.write('up')
    await expect.poll(() => got).toBe('up')
    socket.destroy()
    await expect.poll(() => met.get('/late')!.over).toBe(true)
  })

  test('that came to something is not answered a second time when the app breaks off', async () => {
    const { socket, heard } = shake('/opened')
    const closed = new Promise(resolve => socket.once('close', resolve))
    await expect.poll(heard).toContain('101 Switching Protocols')
    met.get('/opened')!.socket.resetAndDestroy()
    await closed
    expect(heard().match(/HTTP/g)).toHaveLength(1)
  })

  test('tells the app nothing that is for us alone, and announces no body', async () => {
    const of = [
      'Proxy-Authorization: Basic eDp5',
      'TE: trailers',
      'Keep-Alive: 5',
      'Content-Length: 4',
      'X-Mine: 1',
    ]
    const { socket } = shake('/hop', 'GET', ...of)
    await expect.poll(() => met.has('/hop')).toBe(true)
    expect(met.get('/hop')!.head).toContain('x-mine')
    expect(met.get('/hop')!.head).not.toMatch(/^(?:proxy-authorization|te|keep-alive|content-length)$/m)
    socket.destroy()
  })

  test('that an app of HTTP/1.0 refuses is refused as we speak', async () => {
    const { socket, heard } = shake('/refused')
    await expect.poll(() => met.has('/refused')).toBe(true)
    met.get('/refused')!.socket.end('HTTP/1.0 403 Forbidden\r\n\r\nno')
    await new Promise(resolve => socket.once('close', resolve))
    expect(heard()).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n[\s\S]*no$/)
  })

  test('of another method is a request like any other', async () => {
    const { socket, heard } = shake('/posted', 'POST', 'Content-Length: 0')
    await expect.poll(heard).toMatch(/^HTTP\/1\.1 200 [\s\S]*POST \/posted$/)
    socket.destroy()
  })
})
