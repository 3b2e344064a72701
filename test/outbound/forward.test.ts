import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import WebSocket, { WebSocketServer } from 'ws'
import { silentLogger } from '../../src/log.js'
import { answerError } from '../../src/middleware/answer.js'
import { createForwarder } from '../../src/outbound/forward.js'

test('a WebSocket does not go out on a connection that the app is closing', async () => {
  let used = 0
  // Says nothing of its end, as servers other than node's do, and ends every connection that is used again.
  const app = createServer({ keepAliveTimeout: 0 }, (_req, res) => {
    used++
    res.sendDate = false
    res.writeHead(200, { connection: 'keep-alive' }).end('ok')
  })
  const sockets = new WebSocketServer({ noServer: true })
  const seen = new WeakSet<object>()
  app.on('request', req => seen.add(req.socket))
  app.on('upgrade', (req, socket, head) => {
    if (seen.has(socket)) return void socket.destroy()
    sockets.handleUpgrade(req, socket, head, ws => ws.send('hello'))
  })
  await new Promise<void>(resolve => app.listen(0, '127.0.0.1', resolve))
  const url = new URL(`http://127.0.0.1:${(app.address() as AddressInfo).port}`)
  const forwarder = createForwarder({
    app: url,
    rewriteHost: false,
    trustForwarded: false,
    logger: silentLogger,
    onError: answerError,
  })
  const front = createServer(forwarder.request).on('upgrade', forwarder.upgrade)
  await new Promise<void>(resolve => front.listen(0, '127.0.0.1', resolve))
  const { port } = front.address() as AddressInfo

  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('ok') // leaves a connection in the pool
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`)
  const message = await new Promise<string>((resolve, reject) => {
    socket.once('message', data => resolve(data.toString()))
    socket.once('error', reject)
  })
  expect([message, used]).toEqual(['hello', 1])

  socket.terminate()
  forwarder.close()
  for (const server of [front, app]) server.closeAllConnections()
  await Promise.all([front, app].map(server => new Promise(resolve => server.close(resolve))))
})
