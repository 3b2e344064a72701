import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect } from 'vitest'
import { startOry } from '../../src/host/start.js'
import { silentLogger } from '../../src/index.js'
import type { FakeOry } from '../_fake-ory.js'
import { test } from '../_fixtures.js'
import { rawRequest } from '../_raw.js'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const end of undo.splice(0).reverse()) await end()
})

interface Step {
  step: string
  response: { status: number; body?: object }
}

/** What a real Kratos said at a step that was recorded, with `localhost` as its relying party. */
function recorded(set: string, step: string): Said {
  const file = new URL(`../emulator/recorded/golden/${set}.json`, import.meta.url)
  const steps: Step[] = JSON.parse(readFileSync(file, 'utf8'))
  const found = steps.find(one => one.step === step)
  if (!found?.response.body) throw new Error(`${set} has no step "${step}"`)
  return { status: found.response.status, text: JSON.stringify(found.response.body) }
}

interface Said {
  status: number
  text: string
}

/** What is warned of when a page at that name gets this answer of Ory, twice. */
async function warnings(ory: FakeOry, name: string, said: Said): Promise<string[]> {
  const lines: string[] = []
  const warn = (line: string): void => void lines.push(line)
  const host = await startOry({
    logger: { ...silentLogger, warn },
    sdkUrl: ory.url,
    allowedHosts: ['app.test'],
  })
  const server = createServer((req, res) => host.middleware(req, res, () => void res.end('app')))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  undo.push(
    () => host.close(),
    () => void server.close(),
  )
  const { port } = server.address() as AddressInfo
  ory.on('/answer', (_req, res) =>
    res.writeHead(said.status, { 'content-type': 'application/json' }).end(said.text),
  )
  for (let i = 0; i < 2; i++) {
    const { status } = await rawRequest(`http://127.0.0.1:${port}`, '/.ory/answer', {
      host: `${name}:${port}`,
    })
    expect(status).toBe(said.status)
  }
  // Where the recorder's address stands is not an address of this Ory.
  return lines
    .filter(line => line.startsWith('ory-proxy KEY_'))
    .map(line => line.replaceAll(String(port), 'PORT'))
}

test('passkeys of localhost are no reason to say anything at localhost', async ({ ory }) => {
  for (const step of ['open login ', 'open settings ', 'who'])
    expect(await warnings(ory, 'localhost', recorded('passkeys/passkey', step))).toEqual([])
})

test('at an IP address, one line says where to open the page', async ({ ory }) => {
  expect(await warnings(ory, '127.0.0.1', recorded('passkeys/passkey', 'open login '))).toEqual([
    expect.stringMatching(/are for "localhost".+Open http:\/\/localhost:PORT instead/),
  ])
})

test.for(['open settings ', 'who'])(
  'at another host, one line says what to set (%s)',
  async (step, { ory }) => {
    expect(await warnings(ory, 'app.test', recorded('passkeys/passkey', step))).toEqual([
      expect.stringMatching(/Open http:\/\/localhost:PORT instead, or let rp.id be "app.test".+`rp.origins`/),
    ])
  },
)

test('a new key that Kratos refuses for its origin is explained, with the origin to add', async ({ ory }) => {
  for (const set of ['passkeys/passkey', 'second-key/second-key'])
    expect(await warnings(ory, 'localhost', recorded(set, 'another origin'))).toEqual([
      expect.stringMatching(/Ory refused .+ at http:\/\/localhost:PORT\. Add that address to `rp.origins`/),
    ])
})

test('an answer that Kratos calls wrong may be one of another origin', async ({ ory }) => {
  expect(await warnings(ory, 'localhost', recorded('passkeys/passkey', 'spoiled'))).toEqual([
    expect.stringContaining('may have refused'),
  ])
})

test('a wrong code of an authenticator app is no reason', async ({ ory }) => {
  const { status, text } = recorded('passkeys/passkey', 'spoiled')
  const withCode = text.replace('"passkey_login_trigger"', '"totp_code"')
  expect(await warnings(ory, 'localhost', { status, text: withCode })).toEqual([])
})
