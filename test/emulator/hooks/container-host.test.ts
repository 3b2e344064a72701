// What containers call the machine that runs them, in an address of a web hook and of the courier.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { mayCall } from '../../../src/emulator/calls/hosts.js'
import { startEmulator } from '../../../src/emulator/index.js'
import { snippet } from '../recorded/real-kratos.mjs'

let server: Server
let received: string[]
let said: string[]
beforeAll(async () => {
  server = createServer((req, res) => {
    received.push(`${req.method} ${req.url} at ${req.headers.host}`)
    res.end()
  })
  await new Promise<void>(done => void server.listen(0, '127.0.0.1', done))
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  received = []
  said = []
})

const port = (): number => (server.address() as AddressInfo).port
const body = snippet('function(ctx) ctx')

async function signUp(config: object, callHosts: string[] = []): Promise<number> {
  const say = (line: string): void => void said.push(line)
  const logger = { info: say, warn: say, error: say, debug: () => {} }
  const emulator = await startEmulator({ config, seed: [], logger, callHosts })
  try {
    const { ui } = await (await fetch(`${emulator.url}/self-service/registration/api`)).json()
    const answer = await fetch(ui.action, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        method: 'password',
        password: 'Tr0ub4dor&3-lab',
        traits: { email: 'a@example.com' },
      }),
    })
    return answer.status
  } finally {
    await emulator.close()
  }
}
const hooked = (url: string): object => {
  const config = { url, method: 'POST', body, can_interrupt: true }
  return {
    selfservice: {
      flows: { registration: { after: { password: { hooks: [{ hook: 'web_hook', config }] } } } },
    },
  }
}

test.for(['host.docker.internal', 'host.containers.internal'])(
  'a web hook at %s is called on this machine, which is said',
  async name => {
    expect(await signUp(hooked(`http://${name}:${port()}/hook`))).toBe(200)
    expect(received).toEqual([`POST /hook at ${name}:${port()}`])
    expect(said.filter(line => line.includes('is called at localhost'))).toEqual([
      `http://${name}:${port()}/hook is called at localhost: in a container, ${name} is this machine`,
    ])
  },
)

test('where it is listed, it is the machine that its resolver knows', async () => {
  const status = await signUp(hooked(`http://host.docker.internal:${port()}/hook`), [
    `host.docker.internal:${port()}`,
  ])
  expect(said.join()).not.toContain('is called at localhost')
  // Nobody has that name here, unless Docker itself has given it to the machine.
  if (received.length === 0) expect(status).toBe(400)
}, 30_000)

test.for<[string, boolean]>([
  ['http://host.docker.internal:4000/', true],
  ['http://host.docker.internal.example.com/', false],
  ['http://evil-host.docker.internal/', false],
  ['http://docker.internal/', false],
])('%s: %s', ([url, may]) => {
  expect(mayCall(url, [])).toBe(may)
})
