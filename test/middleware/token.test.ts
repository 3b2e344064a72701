import { expect, test } from 'vitest'
import { tokenStage } from '../../src/middleware/token.js'

const identified = { sub: 'ada', sessionJson: '{}', label: 'ada' }

const exchange = (who: typeof identified | null) => ({
  req: { headers: { authorization: 'Bearer forged' }, rawHeaders: ['AUTHORIZATION', 'Bearer forged'] },
  identified: who,
})

test('a token that cannot be made leaves no other in its place', async () => {
  const x = exchange(identified)
  const bearer = (): Promise<string> => Promise.reject(new Error('no key'))
  await expect(tokenStage({ bearer, passAuthorization: false })(x as never)).rejects.toThrow('no key')
  expect(x.req).toEqual({ headers: {}, rawHeaders: [] })
})

test('a token that takes a moment to make is there alone', async () => {
  const x = exchange(identified)
  const bearer = (): Promise<string> => Promise.resolve('Bearer ours')
  await tokenStage({ bearer, passAuthorization: true })(x as never)
  const expected = { headers: { authorization: 'Bearer ours' }, rawHeaders: ['Authorization', 'Bearer ours'] }
  expect(x.req).toEqual(expected)
})

test('what nobody has signed passes only where it is asked for', async () => {
  const bearer = (): string => 'never'
  const [stopped, passed] = [exchange(null), exchange(null)]
  await tokenStage({ bearer, passAuthorization: false })(stopped as never)
  await tokenStage({ bearer, passAuthorization: true })(passed as never)
  expect([stopped.req.rawHeaders, passed.req.rawHeaders]).toEqual([[], ['AUTHORIZATION', 'Bearer forged']])
})
