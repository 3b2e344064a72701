import { networkInterfaces } from 'node:os'
import { expect, test } from 'vitest'
import { startGateway } from '../../src/rehearse/gateway.js'
import { newKey } from '../../src/rehearse/keys.js'
import { startEchoApp } from '../_app.js'
import { freePort } from '../_faces.js'
import { startFakeOry } from '../_fake-ory.js'
import { rawRequest } from '../_raw.js'
import { ENGINES, rehearsed } from './_engines.js'

const others = Object.values(networkInterfaces())
  .flatMap(all => all ?? [])
  .filter(({ internal, family }) => !internal && family === 'IPv4')
  .map(({ address }) => address)

const RULES = { oryDomain: false, protect: [], corsOrigins: [], corsHeaders: [], sessionCache: 2 }

test.for(ENGINES)('%s listens for this machine alone, as the emulator may be behind it', async engine => {
  const [ory, app] = await Promise.all([startFakeOry(), startEchoApp()])
  const settings = { ory: new URL(ory.url), app: new URL(app.url) }
  const rehearsal = await rehearsed(engine, { settings })
  try {
    expect((await rawRequest(rehearsal.url, '/')).status).toBe(200)
    const { port } = new URL(rehearsal.url)
    for (const address of others) {
      await expect(rawRequest(`http://${address}:${port}`, '/')).rejects.toThrow('REFUSED')
    }
    const listen = await freePort()
    const exported = {
      ...RULES,
      ...settings,
      publicUrl: new URL('https://app.example'),
      listen,
      signerPort: 1,
    }
    const inProduction = engine === 'nginx' ? await startGateway(engine, exported, newKey()) : undefined
    for (const address of inProduction ? others : []) {
      const { status } = await rawRequest(`http://${address}:${listen}`, '/')
      expect(status, 'without that, for everybody').toBe(200)
    }
    await inProduction?.close()
  } finally {
    await rehearsal.close()
    await Promise.all([ory.close(), app.close()])
  }
})
