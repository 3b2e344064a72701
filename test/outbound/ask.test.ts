import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { askFor, type Bounds } from '../../src/outbound/ask.js'
import { createOutbound } from '../../src/outbound/pool.js'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

async function serve(answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const way = createOutbound(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  const ask = (bounds?: Bounds) => askFor(way, { method: 'GET', path: '/', headers: [] }, bounds)
  return { server, way, ask }
}

test('an answer that does not end is given up at its bound, and its connection alone with it', async () => {
  const { ask, server, way } = await serve((_req, res) => {
    const more = (): void =>
      void (res.write(Buffer.alloc(16 * 1024)) ? setImmediate(more) : res.once('drain', more))
    res.once('close', () => void res.end())
    more()
  })
  await expect(ask({ size: 64 * 1024 })).rejects.toThrow('more than 65536 bytes')
  await expect.poll(() => promisify(server.getConnections.bind(server))()).toBe(0)
  expect(way.connections).toBe(1)
})

test('an answer within its bounds is whole', async () => {
  const { ask } = await serve((_req, res) => res.setHeader('X-A', 'b').end('é'.repeat(1000)))
  const { status, text } = await ask({ size: 2000, deadline: 60_000 })
  expect({ status, text }).toEqual({ status: 200, text: 'é'.repeat(1000) })
})

test('an answer that does not begin is given up at its deadline', async () => {
  const { ask } = await serve(() => {})
  await expect(ask({ deadline: 50 })).rejects.toThrow('no answer within 50 ms')
})

test('a connection that was closed while it lay idle is nothing that anybody hears of', async () => {
  let closing = false
  const { ask, way } = await serve((req, res) => {
    if (closing) req.socket.destroy()
    else res.end('first')
    closing = !closing && req.url === '/'
  })
  expect((await ask()).text).toBe('first')
  expect((await ask()).text).toBe('first')
  expect(way.connections).toBe(2)
})
