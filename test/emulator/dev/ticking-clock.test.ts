import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, startClient } from '../_emulator.js'

const HOUR = 3_600_000
let client: Client
beforeAll(async () => {
  // The slowest machine there is: whenever it is asked what time it is, another minute has gone by.
  let time = Date.parse('2026-01-01T00:00:00Z')
  client = await startClient({ clock: () => (time += 60_000) })
})
afterAll(() => client.emulator.close())

const tell = async (order: object) => (await client.call('POST', '/dev/clock', order)).body

test('a clock that is moved and read is as far ahead as it was moved', async () => {
  expect((await tell({ advance: '1h' })).offset).toBe(HOUR)
  expect((await tell({ advance: '1h' })).offset).toBe(2 * HOUR)
  expect((await tell({ reset: true })).offset).toBe(0)
})

test('a clock that is set and stopped stands at the time that was said', async () => {
  const time = '2030-01-01T00:00:00.000Z'
  expect(await tell({ set: time, freeze: true })).toMatchObject({ now: time, frozen: true })
  expect((await tell({ advance: '1h' })).now).toBe('2030-01-01T01:00:00.000Z')
})
