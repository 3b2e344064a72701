// An identity schema that names nothing to sign in with, as people have who let everybody in by a provider.
import { expect, test } from 'vitest'
import { startClient } from '../_emulator.js'

const schema = { properties: { traits: { type: 'object', properties: { nick: { type: 'string' } } } } }
const url = `base64://${Buffer.from(JSON.stringify(schema)).toString('base64')}`

test('the answer to its creation has no list of identifiers, and later ones have an empty one, as in Kratos', async () => {
  const config = { identity: { schemas: [{ id: 'default', url }] } }
  const { admin, emulator } = await startClient({ config, seed: [] })
  try {
    const credentials = { password: { config: { password: 'Tr0ub4dor&3-lab' } } }
    const identity = { schema_id: 'default', traits: { nick: 'ada' }, credentials }
    const { status, body } = await admin('POST', '/admin/identities', identity)
    expect(status).toBe(201)
    expect(body.credentials.password.identifiers).toBeNull()
    const path = `/admin/identities/${body.id}`
    expect((await admin('GET', path)).body.credentials.password.identifiers).toEqual([])
    const changed = await admin('PUT', path, { ...identity, state: 'active' })
    expect(changed.body.credentials.password.identifiers).toEqual([])
  } finally {
    await emulator.close()
  }
})
