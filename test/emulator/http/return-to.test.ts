import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, startClient } from '../_emulator.js'

let client: Client
beforeAll(async () => {
  client = await startClient()
})
afterAll(() => client.emulator.close())

const statusFor = async (returnTo: string): Promise<number> =>
  (await client.call('GET', `/self-service/login/browser?return_to=${encodeURIComponent(returnTo)}`)).status

/** Go reads these as something without a host, which is then home; a browser reads a host in them. */
test.for(['http:\\/\\/evil.example', 'http:\\\\evil.example', 'http:evil.example', 'https:evil.example/x'])(
  'a browser is not sent to %s',
  async returnTo => {
    expect(await statusFor(returnTo)).toBe(400)
  },
)

test.for(['/', '/welcome?a=b', ''])('a browser is sent to "%s" at home', async returnTo => {
  expect(await statusFor(returnTo)).toBe(200)
})
