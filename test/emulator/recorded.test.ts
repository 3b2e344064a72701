import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startEmulator } from '../../src/emulator/index.js'
import { compareSet } from '../conformance-profile.mjs'
import { configFor } from './recorded/_configuration.js'

const FOLDER = fileURLToPath(new URL('./recorded', import.meta.url))

/** Times, and codes that were drawn. */
const CHANCE = /_unix: |minutes ago, (initialize|please)|Secret was used at |text\.text: expected "used, /
const LEFT_OUT = [
  // The form holds the code of the mail.
  'y-verification-html: fetch 8',
  // Kratos has no pages of its own.
  't-aal2: follow',
  // Kratos shows this person without addresses: it found them by another way than usual.
  'keys-one-step: a key as a passkey',
  // Go sorts 13 nodes and more in a way that keeps no order among equals.
  'keys-identifier-first: who',
]
/** Of other programs of Ory, and of editions that are licensed: there the emulator says so. */
const ELSEWHERE = /\/(\.well-known\/(jwks\.json|openid-configuration)|self-service\/fed-cm\/)/

/** What lasts seconds there, lasts those of the emulator's clock: a machine that stalls lets a real one's go by. */
const SECONDS = ['strict', 'privileged', 'old-links', 'old-tokens']

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
  ['social', 'social.mjs#scenarios', 'social'],
  ['social-second', 'social.mjs#second', 'social-second'],
  ['ageing', 'ageing.mjs#scenarios', 'strict'],
  ['choose-address', 'choose-address.mjs#scenarios', 'choose'],
  ['choose-of-two', 'choose-address.mjs#two', 'choose-of-two'],
  ['corners', 'corners.mjs#scenarios', 'default'],
  ['keys', 'keys.mjs#scenarios', 'default'],
  ['links', 'links.mjs#scenarios', 'link'],
  ['second-code', 'second-code.mjs#scenarios', 'second-code'],
  ['second-key', 'security-keys.mjs#second', 'second-key'],
  ['first-key', 'security-keys.mjs#first', 'first-key'],
  ['passkeys', 'security-keys.mjs#passkeys', 'passkeys'],
  ['keys-one-step', 'security-keys.mjs#oneStep', 'keys-one-step'],
  ['keys-identifier-first', 'security-keys.mjs#identifierFirst', 'keys-identifier-first'],
  ['differences', 'differences.mjs#scenarios', 'default'],
  ['differences-off', 'differences.mjs#off', 'off'],
  ['differences-closed', 'differences.mjs#closed', 'closed'],
  ['differences-social', 'differences.mjs#social', 'social'],
  ['mappers', 'mappers.mjs#scenarios', 'mappers'],
  ['odds', 'odds.mjs#scenarios', 'default'],
  ['every-address', 'odds.mjs#everyAddress', 'every-address'],
  ['groups', 'odds.mjs#groups', 'groups'],
  ['old-links', 'odds.mjs#links', 'old-links'],
  ['old-tokens', 'odds.mjs#tokens', 'old-tokens'],
  ['number', 'odds.mjs#number', 'number'],
  ['hidden', 'odds.mjs#hidden', 'hidden'],
  ['keyless', 'odds.mjs#keyless', 'second-key'],
  ['tokenizer', 'tokenizer.mjs#scenarios', 'tokenizer'],
  ['privileged', 'privileged.mjs#scenarios', 'privileged'],
])(
  'the answers of a real Kratos to "%s" are the emulator’s',
  { timeout: 120_000 },
  async ([golden, set, profile]) => {
    const emulator = await startEmulator({ config: configFor(profile) })
    const rows = await compareSet(
      `${FOLDER}/${set}`,
      `${FOLDER}/golden/${golden}`,
      emulator.url,
      emulator.adminUrl ?? '',
      SECONDS.includes(profile) ? emulator.url : undefined,
    ).finally(emulator.close)
    const different = rows
      .filter(({ scenario, step }) => !LEFT_OUT.includes(`${scenario}: ${step}`) && !ELSEWHERE.test(step))
      .map(row => ({ ...row, differences: row.differences.filter(difference => !CHANCE.test(difference)) }))
      .filter(({ differences }) => differences.length > 0)
    expect(rows.length).toBeGreaterThan(0)
    expect(different).toEqual([])
  },
)
