import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Attack, EVERYWHERE, startTarget, type Target, whoArrives } from './_attack.js'
import { THREATS } from './index.js'

const targets: Record<string, Target> = {}

beforeAll(async () => {
  const kinds = ['weak', ...EVERYWHERE]
  const started = await Promise.all(kinds.map(startTarget))
  kinds.forEach((kind, i) => {
    targets[kind] = started[i]!
  })
}, 300_000) // the first time, dev servers are installed
afterAll(() => Promise.all(Object.values(targets).map(target => target.close())))

/** Once for all faces: an attack leaves traces in the weak one. */
const weakHarm = new Map<Attack, Promise<unknown>>()

describe.each(THREATS)('$threat: $promise', attack => {
  test.for(attack.faces ?? EVERYWHERE)('%s', async face => {
    if (!weakHarm.has(attack)) weakHarm.set(attack, attack.harm(targets['weak']!))
    expect(await weakHarm.get(attack), 'the weak one lets it through').toBeTruthy()
    expect(await attack.harm(targets[face]!), 'ours does not').toBeFalsy()
    const target = targets[face]!
    // Not at the first time, where this machine is too busy for Ory to answer in time.
    await expect.poll(() => whoArrives(target, target.alice), { message: 'and goes on serving' }).toBeTruthy()
    const [first, second] = await Promise.all([target.alice, target.bob].map(c => whoArrives(target, c)))
    expect(first, 'everybody as themselves').toBeTruthy()
    expect(second).toBeTruthy()
    expect(second).not.toBe(first)
  })
})
