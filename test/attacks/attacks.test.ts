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
    const { alice, bob } = targets[face]!
    const [first, second] = await Promise.all([alice, bob].map(c => whoArrives(targets[face]!, c)))
    expect(first, 'and goes on serving everybody as themselves').toBeTruthy()
    expect(second).toBeTruthy()
    expect(second).not.toBe(first)
  })
})
