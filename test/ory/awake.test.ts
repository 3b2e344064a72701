import { expect, test } from 'vitest'
import { ringAfter } from '../../src/ory/awake.js'

test('it rings after its time, one after another, and not where it is taken back', async () => {
  const rung: [name: string, ms: number][] = []
  const started = performance.now()
  const alarm = (name: string, ms: number) =>
    ringAfter(ms, () => rung.push([name, performance.now() - started]))
  alarm('late', 300)
  alarm('soon', 50)
  alarm('never', 100)()
  await expect.poll(() => rung.length).toBe(2)
  expect(rung.map(([name]) => name)).toEqual(['soon', 'late'])
  expect(rung[0]![1]).toBeGreaterThanOrEqual(50)
  expect(rung[1]![1]).toBeGreaterThanOrEqual(300)
})

test('what lies there unread when its time is over is read first', async () => {
  const heard: string[] = []
  const done = new Promise<void>(resolve => {
    ringAfter(200, () => resolve(void heard.push('rung')))
  })
  const { port1, port2 } = new MessageChannel()
  port2.onmessage = () => void heard.push('read')
  setTimeout(() => {
    port1.postMessage('')
    const until = performance.now() + 500
    while (performance.now() < until);
  }, 150)
  await done
  port1.close()
  expect(heard).toEqual(['read', 'rung'])
})
