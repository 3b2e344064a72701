import { afterEach, expect, test } from 'vitest'
import { type Client, startClient } from '../_emulator.js'

let client: Client
afterEach(() => client.emulator.close())

const signUpWith = async (password: string): Promise<[number, number[]]> => {
  const { body: flow } = await client.call('GET', '/self-service/registration/api')
  const form = { method: 'password', password, traits: { email: `ada-${Math.random()}@example.com` } }
  const { status, body } = await client.call('POST', `/self-service/registration?flow=${flow.id}`, form)
  const nodes: { messages: { id: number }[] }[] = body.ui?.nodes ?? []
  return [status, nodes.flatMap(node => node.messages.map(({ id }) => id))]
}

test('a well-known password is refused with 4000034, without a connection to anywhere', async () => {
  client = await startClient()
  expect(await signUpWith('12345678')).toEqual([400, [4000034]])
  expect(await signUpWith('a-Rather-l0ng-secret')).toEqual([200, []])
})

test('haveibeenpwned_enabled: false lets it pass', async () => {
  const password = { enabled: true, config: { haveibeenpwned_enabled: false } }
  client = await startClient({ config: { selfservice: { methods: { password } } } })
  expect(await signUpWith('12345678')).toEqual([200, []])
})
