import { test, expect } from 'vitest'
import { startEmulator } from '../../src/emulator/index.js'
import { startRehearsal } from '../../src/rehearse/index.js'
import { freePort } from '../_faces.js'
import { asked, LISTED } from '../check/_asked.js'
test.for((process.env.ENG ?? 'nginx').split(','))('%s', { timeout: 120000 }, async engine => {
  const port = await freePort()
  const ory = await startEmulator({ publicUrl: `http://localhost:${port}/.ory`, seed: undefined } as any)
  const v = await asked(async app => startRehearsal({ engine, port, workers: Number(process.env.W ?? 1), settings: { ory: new URL(ory.url), app: new URL(app.url), oryDomain: false, protect: ['/members/*'], corsOrigins: [LISTED], corsHeaders: [], sessionCache: 3 } }), { sessionCache: 3 })
  await ory.close()
  for (const x of v) if (x.result !== 'yes') console.log(engine, x.result, x.id, x.asks, '::', x.instead)
  console.log(engine, v.filter(x => x.result === 'yes').length, 'of', v.length)
})
