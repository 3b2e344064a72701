/**
 * Vitest's `test` with people in it, for tests of a backend: `ory.signIn()` gives headers for supertest,
 * `app.request()` or `inject`, and a JWT that verifies.
 *
 * @module
 */
import { test as base, inject, type TestAPI } from 'vitest'
import { connectTestOry, startTestOry } from './index.js'
import { sayWhereKeysAre } from './keys.js'
import type { TestOry } from './types.js'

export { expect } from 'vitest'
export type {
  Aal,
  Fault,
  FaultOptions,
  Mail,
  MailOptions,
  SignedIn,
  TestClock,
  TestOry,
  User,
  UserOptions,
  Who,
} from './types.js'

/** What tests are given. */
export interface OryFixtures {
  /** The Ory of this test alone. */
  ory: TestOry
}

/** Without the run's own one (`ory-proxy/vitest/setup`): one for this worker. */
let own: Promise<TestOry> | undefined

function openForTest(): Promise<TestOry> {
  const origin = inject('oryProxyOrigin' as never) as string | undefined
  if (origin !== undefined) return connectTestOry(origin)
  own ??= startTestOry().then(ory => {
    sayWhereKeysAre(ory)
    return ory
  })
  return own.then(ory => ory.fork())
}

/**
 * Vitest's `test` with the fixture `ory`. With `globalSetup: ['ory-proxy/vitest/setup']` one Ory serves the whole run,
 * without it one each worker; each test has a state of its own either way.
 *
 * @throws {OryProxyError} what {@link startTestOry} throws
 * @see https://vitest.dev/guide/test-context
 *
 * @example
 * import { expect, test } from 'ory-proxy/vitest'
 * import { verifySession } from 'ory-proxy-verify'
 *
 * test('the backend knows who asks', async ({ ory }) => {
 *   const { headers } = await ory.signIn('alice@example.com')
 *   const claims = await verifySession(headers, { jwksUrl: ory.jwksUrl })
 *   expect(claims?.session.identity.traits['email']).toBe('alice@example.com')
 * })
 */
export const test: TestAPI<OryFixtures> = base.extend<OryFixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of what a fixture needs
  ory: async ({}, use) => {
    const ory = await openForTest()
    await use(ory)
    await ory.close()
  },
})
