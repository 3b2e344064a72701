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
async function serve(): Promise<{ url: string; port: number; lines: string[] }> {
  const lines: string[] = []
  const warn = (line: string): void => void lines.push(line)
  const ory = await startOry({ logger: { ...silentLogger, warn }, sdkUrl: 'http://127.0.0.1:1' })
  const server = createServer((req, res) => ory.middleware(req, res, () => void res.end('app')))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  undo.push(
    () => ory.close(),
    () => void server.close(),
  )
  const { port } = server.address() as AddressInfo
  ory.announcedAt(() => `http://localhost:${port}`)
  return { url: `http://127.0.0.1:${port}`, port, lines }
}

const NAVIGATION = ['Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document']

test('a page opened by the other name of this machine is told why nobody is signed in there, once', async () => {
  const { url, port, lines } = await serve()
  const open = async (name: string): Promise<string> =>
    (await rawRequest(url, '/todos', { host: `${name}:${port}`, headers: NAVIGATION })).body
  expect(await open('localhost')).toBe('app')
  expect(lines).toEqual([])
  for (let i = 0; i < 3; i++) expect(await open('127.0.0.1')).toBe('app')
  expect(lines).toEqual([
    expect.stringContaining(`who signed in at http://localhost:${port} is not signed in there`),
  ])
})

test('cookies of other programs at that name do not keep it silent, those of a session there do', async () => {
  const { url, port, lines } = await serve()
  const open = (cookie: string): Promise<unknown> =>
    rawRequest(url, '/', { host: `127.0.0.1:${port}`, headers: [...NAVIGATION, `Cookie: ${cookie}`] })
  for (const name of ['ory_kratos_session', 'ory_session_shop_8fc54a']) await open(`theme=dark; ${name}=x`)
  const told = (): string[] => lines.filter(line => line.includes('is not signed in there'))
  expect(told()).toEqual([])
  await open('theme=dark; connect.sid=x')
  expect(told()).toHaveLength(1)
})

test.for([
  ['a script of such a page', '127.0.0.1', ['Sec-Fetch-Mode: cors', 'Sec-Fetch-Dest: empty']],
  ['a client that is no browser', '127.0.0.1', []],
  ['a name that somebody chose', 'app.localhost', NAVIGATION],
] as const)('%s is told nothing', async ([, name, headers]) => {
  const { url, port, lines } = await serve()
  expect((await rawRequest(url, '/', { host: `${name}:${port}`, headers: [...headers] })).status).toBe(200)
  expect(lines).toEqual([])
})
