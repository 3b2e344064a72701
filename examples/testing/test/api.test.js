import { expect, test } from 'ory-proxy/vitest'
import { api } from '../api.js'

const ask = (path, headers, init = {}) => api(new Request(`http://app${path}`, { headers, ...init }))

test('nobody is sent to sign in', async () => {
  expect((await ask('/api/me')).status).toBe(401)
})

test('alice is alice', async ({ ory }) => {
  const { headers } = await ory.signIn('alice@example.com')
  expect(await (await ask('/api/me', headers)).json()).toEqual({ email: 'alice@example.com' })
})

test('a token of somebody else’s making is nobody’s', async ({ ory }) => {
  const { jwt } = await ory.signIn()
  const [head, , signature] = jwt.split('.')
  const forged = `${head}.${btoa('{"sub":"admin"}')}.${signature}`
  expect((await ask('/api/me', { authorization: `Bearer ${forged}` })).status).toBe(401)
})

test('notes are their owner’s', async ({ ory }) => {
  const [ada, bea] = [await ory.createUser(), await ory.createUser()]
  const { headers } = await ory.signIn(ada)
  await ask('/api/notes', headers, { method: 'POST', body: 'from Ada' })
  expect(await (await ask('/api/notes', headers)).json()).toEqual(['from Ada'])
  const other = await ory.signIn(bea)
  expect(await (await ask('/api/notes', other.headers)).json()).toEqual([])
})

test('the vault is for those with a second factor', async ({ ory }) => {
  const once = await ory.signIn('bob@example.com')
  expect((await ask('/api/vault', once.headers)).status).toBe(403)
  const twice = await ory.signIn('bob@example.com', { aal: 'aal2' })
  expect((await ask('/api/vault', twice.headers)).status).toBe(200)
})
