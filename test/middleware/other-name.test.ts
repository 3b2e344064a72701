import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { startOry } from '../../src/host/start.js'
import { silentLogger } from '../../src/index.js'
import { rawRequest } from '../_raw.js'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const end of undo.splice(0).reverse()) await end()
})

/** A server on every address of this machine, announced as localhost. */
async function serve(): Promise<{ url: string; port: number }> {
  const ory = await startOry({ logger: silentLogger, sdkUrl: 'http://127.0.0.1:1' })
  const server = createServer((req, res) => ory.middleware(req, res, () => void res.end('app')))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  undo.push(
    () => ory.close(),
    () => void server.close(),
  )
  const { port } = server.address() as AddressInfo
  ory.announcedAt(() => `http://localhost:${port}`)
  return { url: `http://127.0.0.1:${port}`, port }
}

const NAVIGATION = ['Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document']

test('a page opened by the other name of this machine goes to the one that was announced, once', async () => {
  const { url, port } = await serve()
  const first = await rawRequest(url, '/todos?open=1', { host: `127.0.0.1:${port}`, headers: NAVIGATION })
  expect(first.status).toBe(307)
  expect(first.head).toContain(`Location: http://localhost:${port}/todos?open=1`)
  const second = await rawRequest(url, '/todos?open=1', { host: `localhost:${port}`, headers: NAVIGATION })
  expect([second.status, second.body]).toEqual([200, 'app'])
})

test.for([
  ['a script of such a page', '127.0.0.1', ['Sec-Fetch-Mode: cors', 'Sec-Fetch-Dest: empty']],
  ['a client that is no browser', '127.0.0.1', []],
  ['somebody who keeps something there', '127.0.0.1', [...NAVIGATION, 'Cookie: theme=dark']],
  ['a name that somebody chose', 'app.localhost', NAVIGATION],
] as const)('%s stays where it is', async ([, name, headers]) => {
  const { url, port } = await serve()
  expect((await rawRequest(url, '/', { host: `${name}:${port}`, headers: [...headers] })).status).toBe(200)
})
