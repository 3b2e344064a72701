// Edits while it runs: the good ones count and the broken ones do not, as in a real Kratos.
import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { startEmulator } from '../../../src/emulator/index.js'
import { before, edits, type InForce, inForce, signIn } from '../recorded/live.mjs'
import { directory, file } from './_found.js'

const golden = new URL('../recorded/golden/live/answers.json', import.meta.url)
const recorded: Record<string, InForce> = JSON.parse(readFileSync(golden, 'utf8'))
/** After each of these Kratos answers 500 until the schema is mended; here the one before goes on. */
const GOES_ON_HERE = { 'half a schema': 'a good schema' } as Record<string, string>
const SEEN = /: taken over|before the edit counts/

test('edits, good and broken ones, leave in force what they leave in force in a real Kratos', {
  timeout: 60_000,
}, async () => {
  for (const [name, content] of Object.entries(before)) await file(`edits/${name}`, content)
  const said: string[] = []
  const say = (line: string): void => void said.push(line)
  const emulator = await startEmulator({
    config: `${directory}/edits/kratos.json`,
    logger: { info: say, warn: say, error: say, debug: () => {} },
  })
  try {
    const token = await signIn(emulator.url, emulator.adminUrl ?? '')
    expect(await inForce(emulator.url, token)).toEqual(recorded['before'])
    for (const [name, path, content] of edits) {
      const noticed = said.filter(line => SEEN.test(line)).length
      await file(`edits/${path}`, content)
      await vi.waitFor(() => expect(said.filter(line => SEEN.test(line)).length).toBeGreaterThan(noticed), {
        timeout: 10_000,
        interval: 50,
      })
      const expected = recorded[GOES_ON_HERE[name] ?? name]
      // One edit may be noticed twice, so that a line alone does not say which one it is about.
      await vi.waitFor(async () => expect(await inForce(emulator.url, token), name).toEqual(expected), {
        timeout: 10_000,
        interval: 50,
      })
    }
    expect(recorded['half a schema']?.registration).toBe(500)
  } finally {
    await emulator.close()
  }
})
