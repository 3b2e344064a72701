import { expect, test, vi } from 'vitest'
import type { Flow } from '../../../src/emulator/flows/types.js'
import { State } from '../../../src/emulator/store/state.js'

test('a sweep of thousands of flows reads none of them', () => {
  const state = new State()
  for (let i = 0; i < 5000; i++) {
    const expires_at = new Date(i * 1000).toISOString()
    state.putFlow({ id: String(i), expires_at } as Flow)
  }
  const parse = vi.spyOn(JSON, 'parse')
  state.dropFlowsBefore(new Date(4000 * 1000).toISOString())
  expect(parse).not.toHaveBeenCalled()
  parse.mockRestore()
  expect(state.flowCount).toBe(1000)
  expect([state.flow('3999'), state.flow('4000')?.id]).toEqual([undefined, '4000'])
})
