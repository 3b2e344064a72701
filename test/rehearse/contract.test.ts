import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ask } from '../../src/check/wire.js'
import { startEmulator } from '../../src/emulator/index.js'
import { type Received, startEchoApp } from '../_app.js'
import { freePort } from '../_faces.js'
import { startFakeOry } from '../_fake-ory.js'
import { asked, expectAllYes, LISTED } from '../check/_asked.js'
import { ENGINES, rehearsed } from './_engines.js'

const contract = async (engine: string, workers: number): Promise<void> => {
  const port = await freePort()
  const ory = await startEmulator({ publicUrl: `http://localhost:${port}/.ory` })
  try {
    const verdicts = await asked(
      app =>
        rehearsed(engine, {
          port,
          workers,
          settings: { ory: new URL(ory.url), app: new URL(app.url), corsOrigins: [LISTED] },
        }),
      { sessionCache: 2 },
    )
    expectAllYes(verdicts)
  } finally {
    await ory.close()
  }
}

test.for(ENGINES)('%s answers every question with yes', engine => contract(engine, 1))

test.for(ENGINES)('two of %s behind one port, with one key set, do so too', engine => contract(engine, 2))

test.for(ENGINES)(
  '%s: with Ory on a domain of its own, /.ory has keys and ways to sign in alone',
  async engine => {
    const [ory, app] = await Promise.all([startFakeOry(), startEchoApp()])
    const settings = { ory: new URL(ory.url), app: new URL(app.url), oryDomain: true }
    const gateway = await rehearsed(engine, { settings })
    try {
      const get = (path: string, ...headers: string[]) => ask(new URL(gateway.url), path, { headers })
      const person = `Cookie: ${ory.signIn('ada@example.com')}`
      const { headers } = JSON.parse((await get('/members', person)).text) as Received
      expect(headers.authorization).toMatch(/^Bearer ey/)
      expect((await get('/.ory/jwks.json')).status).toBe(200)
      expect((await get('/.ory/init/login')).headers.location).toMatch(
        `${ory.url}/self-service/login/browser?return_to=`,
      )
      const heard = ory.heard.length
      expect((await get('/.ory/sessions/whoami', person)).status).toBe(404)
      expect((await get('/.ory/self-service/login/browser')).status).toBe(404)
      expect(ory.heard.length).toBe(heard)
    } finally {
      await gateway.close()
      await Promise.all([ory.close(), app.close()])
    }
  },
)

const LOGS = [
  'logs/access.log',
  'logs/envoy.log',
  'logs/haproxy.log',
  'signer/logs/nginx.log',
  'signer/logs/error.log',
]

test.for(ENGINES)('%s logs method, path and status as JSON, and nothing that is secret', async engine => {
  const [ory, app] = await Promise.all([startFakeOry(), startEchoApp()])
  const gateway = await rehearsed(engine, { settings: { ory: new URL(ory.url), app: new URL(app.url) } })
  try {
    const [{ folder } = { folder: '' }] = gateway.gateways
    const headers = [`Cookie: ${ory.signIn('ada@example.com')}; other=s3cret`, 'Authorization: Bearer s3cret']
    await ask(new URL(gateway.url), '/todos/7?code=s3cret', { headers })
    const logged = (): string =>
      LOGS.map(name => join(folder, name))
        .filter(existsSync)
        .map(file => readFileSync(file, 'utf8'))
        .join('')
    // Envoy writes every ten seconds.
    await expect.poll(logged, { timeout: 30_000 }).toContain('todos')
    const line = logged()
      .split('\n')
      .find(text => text.includes('todos'))!
    expect(JSON.parse(line)).toMatchObject({ method: 'GET', path: '/todos/7', status: 200 })
    expect(logged()).not.toMatch(/s3cret|eyJ|ada@|ory_kratos_session=/)
  } finally {
    await gateway.close()
    await Promise.all([ory.close(), app.close()])
  }
})

test('a program that is not there is one line that says how it is had', async () => {
  const { find } = await import('../../src/rehearse/programs.js')
  const program = { name: 'no-such-engine', args: [], folder: '.', install: 'apt-get install it' }
  expect(() => find(program)).toThrow('no-such-engine is not on this machine: apt-get install it.')
})
