import { setImmediate as nextTurn } from 'node:timers/promises'
import type { OryClient } from './client.js'

/** Where an emulator of ours says that it is one; Kratos has nothing there. */
const MARK = '/dev/version'

/** Milliseconds until an Ory that does not say what it is counts as unknown. */
const DEADLINE = 1000

/**
 * Whether the Ory at an address is an emulator of ours, which gives everybody a session of anybody's.
 *
 * @throws {Error} where it does not answer: nothing is known then
 */
export async function isEmulated(client: OryClient): Promise<boolean> {
  await nextTurn() // the connection of the whoami that brought us here is free then, and no other one is needed
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(resolve, DEADLINE, undefined)
  })
  const answer = await Promise.race([client.read(MARK), late])
  clearTimeout(timer)
  if (answer === undefined || answer.status >= 500) throw new Error('it does not answer')
  return answer.status === 200 && answer.text.includes('"ory-proxy"')
}
