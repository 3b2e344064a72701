import type { TestOry } from './types.js'
import { expectOk, sender } from './wire.js'

/** What lies beside a test that failed: its requests, oldest first, with who each was from and why, and its state. */
export async function reportOf(ory: TestOry): Promise<string> {
  const { namespace } = ory
  const [requests, state] = await Promise.all([requestsOf(ory), ory.state()])
  return JSON.stringify({ namespace, requests, ...state }, null, 2)
}

async function requestsOf({ url, namespace }: TestOry): Promise<unknown> {
  const reply = await sender(undefined)('GET', `${url}/dev/requests?${new URLSearchParams({ namespace })}`)
  return (expectOk(reply, 'The requests could not be read') as { requests: unknown }).requests
}
