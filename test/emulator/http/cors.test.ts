import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { startEmulator } from '../../../src/emulator/index.js'
import { ask, type CorsAnswer, configurations, requests } from '../recorded/cors.mjs'

const golden = new URL('../recorded/golden/cors/answers.json', import.meta.url)
const recorded: Record<string, CorsAnswer[]> = JSON.parse(readFileSync(golden, 'utf8'))

describe('serve.public.cors', () => {
  test.for(Object.entries(configurations))('"%s" answers as a real Kratos does', async ([name, cors]) => {
    const emulator = await startEmulator({ config: { serve: { public: { cors } } } })
    for (const [i, request] of requests.entries()) {
      expect
        .soft(await ask(emulator.url, request), `${i}: ${JSON.stringify(request)}`)
        .toEqual(recorded[name]?.[i])
    }
    await emulator.close()
  })

  test('shares neither the tools nor the admin API', async () => {
    const emulator = await startEmulator({ config: { serve: { public: { cors: { enabled: true } } } } })
    const headers = { origin: 'http://a.test' }
    for (const url of [
      `${emulator.url}/dev/users`,
      `${emulator.url}/dev/inbox`,
      `${emulator.adminUrl}/admin/identities`,
    ]) {
      const answer = await fetch(url, { headers })
      expect([url, answer.headers.get('access-control-allow-origin')]).toEqual([url, null])
    }
    await emulator.close()
  })
})
