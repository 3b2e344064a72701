import { expect, test } from 'vitest'
import { type Reply, signIn, startClient } from '../_emulator.js'

test('whoami says where the schema is, and the list of the other sessions does not, as in Kratos', async () => {
  const client = await startClient()
  try {
    await signIn(client, 'alice@example.com', 'ory-dev-password')
    const { body } = await signIn(client, 'alice@example.com', 'ory-dev-password')
    const headers = { 'x-session-token': body.session_token }
    const ask = async (path: string): Promise<Reply['body']> =>
      (await client.call('GET', path, undefined, headers)).body
    const { identity } = await ask('/sessions/whoami')
    expect(identity.schema_url).toBe(`${client.emulator.url}/schemas/ZGVmYXVsdA`)
    const [other, ...none] = await ask('/sessions')
    expect(none).toEqual([])
    expect(other.identity).toMatchObject({ id: identity.id, traits: identity.traits, schema_url: '' })
  } finally {
    await client.emulator.close()
  }
})
