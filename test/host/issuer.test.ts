import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { startEmulator } from '../../src/emulator/index.js'
import { startOry } from '../../src/host/start.js'
import { silentLogger } from '../../src/index.js'
import { verifySession } from '../../src/verify.js'
import { type EchoApp, startEchoApp } from '../_app.js'
import { freePort } from '../_faces.js'
import { test } from '../_fixtures.js'

let root: string
let app: EchoApp
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ory-proxy-issuer-'))
  await writeFile(join(root, 'package.json'), '{}')
  app = await startEchoApp()
})
afterEach(async () => {
  await app.close()
  await rm(root, { recursive: true, maxRetries: 5 })
})

interface Run {
  readonly token: string
  readonly jwksUrl: string
  close(): Promise<void>
}

/** One run of a project: the token somebody gets in it, and where its keys are. */
async function run(sdkUrl?: string, cookie = ''): Promise<Run> {
  const ory = await startOry({ logger: silentLogger, ...(sdkUrl && { sdkUrl }) }, { root, env: {} })
  const server = createServer((req, res) => {
    ory.middleware(req, res, () => res.end(req.headers.authorization ?? ''))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://localhost:${(server.address() as AddressInfo).port}`
  const signedIn = cookie || (await signIn(url))
  const token = (await (await fetch(`${url}/x`, { headers: { cookie: signedIn } })).text()).replace(
    'Bearer ',
    '',
  )
  return {
    token,
    jwksUrl: `${url}/.ory/jwks.json`,
    async close() {
      server.closeAllConnections()
      server.close()
      await ory.close()
    },
  }
}

async function signIn(url: string): Promise<string> {
  const response = await fetch(`${url}/.ory/dev/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ identity: 'alice@example.com' }),
  })
  return response.headers
    .getSetCookie()
    .map(line => line.split(';', 1)[0])
    .join('; ')
}

const ISSUER = 'http://emulator.localhost'

test("the emulator's issuer and key stay over restarts, and verifySession can insist on them", async () => {
  const first = await run()
  await first.close()
  const second = await run()
  expect(decodeJwt(first.token).iss).toBe(ISSUER)
  expect(decodeProtectedHeader(first.token).kid).toBe(decodeProtectedHeader(second.token).kid)
  const headers = { authorization: `Bearer ${first.token}` }
  const session = await verifySession(headers, { jwksUrl: second.jwksUrl, issuer: ISSUER })
  expect(session?.sub).toBe(decodeJwt(second.token).sub)
  await second.close()
})

test("a token of the emulator's is nobody's where a real Ory runs, nor the other way round", async ({
  ory,
}) => {
  const alone = await startEmulator()
  const emulator = await run()
  const named = await run(alone.url)
  const real = await run(ory.url, ory.signIn('ada@example.com'))
  const emulated = [emulator, named]
  for (const { token, jwksUrl } of [...emulated, real]) {
    for (const other of [...emulated, real]) {
      const verified = verifySession({ authorization: `Bearer ${token}` }, { jwksUrl: other.jwksUrl })
      const isKnown = Boolean(await verified.catch(() => null))
      expect(isKnown).toBe(jwksUrl === other.jwksUrl || (emulated.includes(other) && token !== real.token))
    }
  }
  for (const one of [...emulated, real, alone]) await one.close()
})

test('an Ory that does not say what it is at first is asked again', async ({ ory }) => {
  const undo = ory.on('/dev/version', (_req, res) => void res.writeHead(503).end())
  const kids = async (url: string): Promise<string> => (await fetch(url)).text()
  const { jwksUrl, close } = await run(ory.url)
  const meanwhile = await kids(jwksUrl)
  undo()
  const undoMark = ory.on('/dev/version', (_req, res) => void res.end('{"emulator":"ory-proxy"}'))
  expect(await kids(jwksUrl), 'an emulator after all').not.toBe(meanwhile)
  undoMark()
  expect(await kids(jwksUrl), 'known by now').not.toBe(meanwhile)
  await close()
})

test('an API key that would travel in the open is one line, and none to this machine', async () => {
  const warn = vi.fn()
  const logger = { ...silentLogger, warn }
  const env = { ORY_PROJECT_API_KEY: 'ory_pat_secret' }
  for (const sdkUrl of [
    `http://localhost:${await freePort()}`,
    'https://ory.example',
    'http://ory.example',
  ]) {
    await (await startOry({ logger, sdkUrl }, { root, env })).close()
  }
  expect(warn.mock.calls).toEqual([[expect.stringContaining('ory.example over plain http')]])
  expect(JSON.stringify(warn.mock.calls)).not.toContain('secret')
})
