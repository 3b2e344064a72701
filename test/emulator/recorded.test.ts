import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startEmulator } from '../../src/emulator/index.js'
import { compareSet, configOf } from '../conformance-profile.mjs'

const FOLDER = fileURLToPath(new URL('./recorded', import.meta.url))

/** Times, and codes that were drawn. */
const CHANCE = /_unix: |minutes ago, initialize|Secret was used at |text\.text: expected "used, /
const LEFT_OUT = [
  // The form holds the code of the mail.
  'y-verification-html: fetch 8',
  // Kratos has no pages of its own.
  't-aal2: follow',
]

test.for<[string, string, string]>([
  ['journeys', 'journeys.mjs#scenarios', 'default'],
  ['failures', 'failures.mjs#defaults', 'default'],
  ['failures-strict', 'failures.mjs#strict', 'strict'],
  ['failures-passwordless', 'failures.mjs#passwordless', 'passwordless'],
  ['protocol', 'protocol.mjs#more', 'default'],
  ['methods', 'methods.mjs#def', 'default'],
  ['methods-keys', 'methods.mjs#keys', 'default'],
  ['methods-passwordless', 'methods.mjs#less', 'passwordless'],
  ['methods-strict', 'methods.mjs#strict', 'strict'],
  ['admin', 'admin.mjs#scenarios', 'default'],
  ['wanderings', 'wanderings.mjs#scenarios', 'default'],
])(
  'the answers of a real Kratos to "%s" are the emulator’s',
  { timeout: 120_000 },
  async ([golden, set, profile]) => {
    const emulator = await startEmulator({ config: configOf(profile) })
    const rows = await compareSet(
      `${FOLDER}/${set}`,
      `${FOLDER}/golden/${golden}`,
      emulator.url,
      emulator.adminUrl ?? '',
    ).finally(emulator.close)
    const different = rows
      .filter(({ scenario, step }) => !LEFT_OUT.includes(`${scenario}: ${step}`))
      .map(row => ({ ...row, differences: row.differences.filter(difference => !CHANCE.test(difference)) }))
      .filter(({ differences }) => differences.length > 0)
    expect(rows.length).toBeGreaterThan(0)
    expect(different).toEqual([])
  },
)
