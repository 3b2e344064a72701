import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startEmulator } from '../../../src/emulator/index.js'
import { configuration, play, playQueue, type Recorded, SETS, twiceRefused } from '../recorded/courier.mjs'
import { receiver } from '../recorded/real-kratos.mjs'

const golden = new URL('../recorded/golden/courier/messages.json', import.meta.url)
const recorded: Record<string, Record<string, Recorded[]>> = JSON.parse(readFileSync(golden, 'utf8'))

/** By which way two clients differ, and in which order Kratos has addresses. */
const comparable = (message: Recorded): Recorded => {
  const text = JSON.stringify(message, (key, value) =>
    key === 'recovery_addresses' || key === 'verifiable_addresses'
      ? [...value].sort((one, other) => (one.via < other.via ? -1 : 1))
      : value,
  )
  return JSON.parse(text)
}

test('a message that is refused twice is shown as a real Kratos shows it', async () => {
  const heard = await receiver(twiceRefused)
  const config = configuration(heard.url, { wait: '20ms' })
  const emulator = await startEmulator({ config, seed: [] })
  const found = await playQueue({ url: emulator.url, adminUrl: emulator.adminUrl ?? '' }, heard)
  // Here it may have been looked at already when it is asked for the first time.
  const later = (shown: object): string => JSON.stringify({ ...shown, first: undefined })
  expect(later(found)).toBe(later(recorded['queue'] ?? {}))
  await emulator.close()
  await heard.close()
})

test.for(Object.entries(SETS))(
  'mails and SMS arrive at their channel as from a real Kratos, with its subjects and its lines with the code or the link: "%s"',
  async ([name, [scenarios, variant]]) => {
    const heard = await receiver()
    const config = configuration(heard.url, { ...variant, wait: '1ms' })
    const emulator = await startEmulator({ config, seed: [] })
    const places = { url: emulator.url, adminUrl: emulator.adminUrl ?? '' }
    const found = await play(scenarios, places, heard, name === 'templates')
    for (const [title, messages] of Object.entries(found))
      expect.soft(messages.map(comparable), title).toEqual(recorded[name]?.[title]?.map(comparable))
    await emulator.close()
    await heard.close()
  },
)
