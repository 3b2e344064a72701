import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rawRequest } from '../../_raw.js'
import { OVER_BOTH } from '../_faces.js'
import { type Surroundings, surroundings, type TrustAttack, type TrustTarget } from './_target.js'
import { TRUST } from './index.js'

let around: Surroundings
const targets = new Map<string, TrustTarget>()

beforeAll(async () => {
  around = await surroundings()
  targets.set('weak', await around.weak())
  for (const [name, start] of Object.entries(OVER_BOTH)) targets.set(name, await around.ours(start, name))
}, 240_000)
afterAll(async () => {
  await Promise.all([...targets.values()].map(target => target.close()))
  await around.close()
})

const weakHarm = new Map<TrustAttack, Promise<unknown>>()

function harmOfWeak(attack: TrustAttack): Promise<unknown> {
  const harm = weakHarm.get(attack) ?? attack.harm(targets.get('weak')!)
  weakHarm.set(attack, harm)
  return harm
}

describe.each(Object.keys(OVER_BOTH))('%s', name => {
  test.for(TRUST)('$threat: $promise', { timeout: 60_000 }, async attack => {
    expect(await harmOfWeak(attack), 'the weak one lets it through').toBeTruthy()
    expect(await attack.harm(targets.get(name)!), 'ours does not').toBeFalsy()
  })

  test('the developer at this machine gets in, by a page of ours, by a program, past a proxy of their own', async () => {
    const { url, admin } = targets.get(name)!
    const { origin } = new URL(url)
    for (const headers of [
      [],
      [`Origin: ${origin}`, 'Sec-Fetch-Site: same-origin'],
      ['Sec-Fetch-Site: none'],
      ['X-Forwarded-For: 127.0.0.1, ::1', 'X-Forwarded-Host: localhost:3000', 'X-Forwarded-Proto: http'],
    ]) {
      const { status } = await rawRequest(url, '/.ory/dev/users', { headers })
      expect([headers, status]).toEqual([headers, 200])
    }
    expect((await fetch(`${admin}/admin/identities`)).status).toBe(200)
  })
})
