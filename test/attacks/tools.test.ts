import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import connect from 'connect'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'
import { createOryMiddleware, type OryOptions, silentLogger } from '../../src/index.js'
import { createSelfSigned } from '../../src/tls/certificate.js'
import { type EchoApp, startEchoApp } from '../_app.js'
import { FACES, type Face, type StartFace } from '../_faces.js'
import { startCommand } from '../faults/_command.js'
import { startWeak } from './_weak.js'
import { send, TOOLS, type ToolsAttack, type ToolsTarget } from './tools.js'

/** As with Vite's `allowedHosts: true`: the tools are on their own. */
const ANY_HOST: OryOptions = { allowedHosts: ['evil.example', 'localhost.evil.example'] }

const connectOverHttp2: StartFace = async (_app, options) => {
  const middleware = await createOryMiddleware({ logger: silentLogger, ...options })
  const { cert, key } = await createSelfSigned({ hosts: ['localhost'], owner: 'tests', now: new Date() })
  const server = createSecureServer({ cert, key }, connect().use(middleware as never) as never)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      await middleware.close()
    },
  }
}

const commandOverTls: StartFace = async (app, { sdkUrl, allowedHosts }) => {
  const flags = ['--dont-install-cert', '--allowed-hosts', String(allowedHosts)]
  const command = await startCommand(app, sdkUrl!, ...flags)
  return { url: command.url, close: async () => void (await command.end('SIGTERM')) }
}

const TARGETS: readonly (readonly [name: string, ToolsTarget['protocol'], StartFace])[] = [
  ['connect', 'HTTP/1.1', FACES['connect']!],
  ['vite', 'HTTP/1.1', FACES['vite']!],
  ['webpack', 'HTTP/1.1', FACES['webpack']!],
  ['cli', 'HTTP/1.1', FACES['cli']!],
  ['connect', 'HTTP/2', connectOverHttp2],
  ['cli', 'HTTP/2', commandOverTls],
]

let emulator: Emulator
let app: EchoApp
let weak: Face
const faces = new Map<StartFace, Face>()

beforeAll(async () => {
  ;[emulator, app] = await Promise.all([startEmulator(), startEchoApp()])
  weak = await startWeak(app.url, emulator.url)
  const options = { sdkUrl: emulator.url, ...ANY_HOST }
  for (const [, , start] of TARGETS) faces.set(start, await start(app.url, options))
}, 120_000)
afterAll(async () => {
  await Promise.all([weak, ...faces.values()].map(face => face.close()))
  await Promise.all([emulator.close(), app.close()])
})

const weakHarm = new Map<ToolsAttack, Promise<unknown>>()

function harmOfWeak(attack: ToolsAttack): Promise<unknown> {
  const harm = weakHarm.get(attack) ?? attack.harm({ url: weak.url, protocol: 'HTTP/1.1' })
  weakHarm.set(attack, harm)
  return harm
}

describe.each(TARGETS)('%s over %s', (_name, protocol, start) => {
  test.for(TOOLS)('$threat: $promise', async attack => {
    expect(await harmOfWeak(attack), 'the weak one lets it through').toBeTruthy()
    expect(await attack.harm({ url: faces.get(start)!.url, protocol }), 'ours does not').toBeFalsy()
  })

  test('the developer at this machine gets in, by a page of ours, by a program, past a proxy of their own', async () => {
    const target = { url: faces.get(start)!.url, protocol }
    const { origin } = new URL(target.url)
    for (const headers of [
      [],
      [`Origin: ${origin}`, 'Sec-Fetch-Site: same-origin'],
      ['Sec-Fetch-Site: none'],
      ['X-Forwarded-For: 127.0.0.1, ::1', 'X-Forwarded-Host: localhost:3000', 'X-Forwarded-Proto: http'],
    ]) {
      expect([headers, (await send(target, '/.ory/dev/users', { headers })).status]).toEqual([headers, 200])
    }
  })
})
