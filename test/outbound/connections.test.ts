import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FakeOry, startFakeOry } from '../_fake-ory.js'
import { startCommand } from '../faults/_command.js'
import { ask, PROTOCOLS } from './_protocols.js'

let opened = 0
let left = 0
const app = createServer({ keepAliveTimeout: 30_000 }, (req, res) => {
  if (req.url === '/me') return res.end('me')
  res.on('close', () => left++)
  res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
}).on('connection', () => opened++)
let ory: FakeOry
let command: Awaited<ReturnType<typeof startCommand>>

beforeAll(async () => {
  await new Promise<void>(resolve => app.listen(0, '127.0.0.1', resolve))
  ory = await startFakeOry()
  const { port } = app.address() as AddressInfo
  command = await startCommand(`http://127.0.0.1:${port}`, ory.url, '--dont-install-cert')
})
afterAll(async () => {
  await command?.end('SIGTERM')
  app.closeAllConnections()
  app.close()
  await ory.close()
})

const STREAMS = 10
const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

describe.each(PROTOCOLS)('over %s', protocol => {
  test('what is left takes its connection with it, and no other is opened in its place', async () => {
    await ask(protocol, command.url, '/me').over
    ;[opened, left] = [0, 0]
    const streams = Array.from({ length: STREAMS }, () => ask(protocol, command.url, '/events'))
    for (const { heard } of streams) await expect.poll(() => heard.body).toBe('data: 1\n\n')
    const before = opened
    for (const stream of streams) stream.leave()
    await expect.poll(() => left).toBe(STREAMS)
    await ask(protocol, command.url, '/me').over
    await pause(300) // for what nobody asked for
    expect(opened - before).toBeLessThanOrEqual(1)
  })
})
