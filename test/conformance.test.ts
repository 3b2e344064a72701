import { describe, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../src/emulator/index.js'
import { FACES, freePort } from './_faces.js'
import { compareProfile, configOf, PROFILES } from './conformance-profile.mjs'

/** What differs, by name: an empty list is what we promise. */
const differing = async (profile: string, publicUrl: string, emulator: Emulator): Promise<string[]> => {
  // What lasts two seconds there, lasts two of the emulator's clock: a machine that stalls lets a real one's go by.
  const clock = profile === 'strict' ? emulator.url : undefined
  const rows = await compareProfile(profile, publicUrl, emulator.adminUrl!, clock)
  expect(rows.length).toBeGreaterThan(10)
  return rows
    .filter(row => row.differences.length > 0)
    .map(row => `${row.scenario}, ${row.step}: ${row.differences.slice(0, 3).join('; ')}`)
}

describe.each(Object.keys(PROFILES))('the answers recorded from Kratos, profile %s', profile => {
  test('are the emulator’s', { timeout: 60_000 }, async () => {
    const emulator = await startEmulator({ config: configOf(profile) })
    try {
      expect(await differing(profile, emulator.url, emulator)).toEqual([])
    } finally {
      await emulator.close()
    }
  })

  test.for(Object.keys(FACES))('are the same through /.ory in %s', { timeout: 60_000 }, async name => {
    const emulator = await startEmulator({ config: configOf(profile) })
    const port = await freePort()
    const defaultRedirectUrl = `http://localhost:${port}/.ory/ui/welcome` // by default it is the app
    const face = await FACES[name]!('http://localhost:1', { sdkUrl: emulator.url, defaultRedirectUrl }, port)
    try {
      expect(await differing(profile, `${face.url}/.ory`, emulator)).toEqual([])
    } finally {
      await face.close()
      await emulator.close()
    }
  })
})
