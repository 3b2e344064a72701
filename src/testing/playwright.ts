/**
 * Playwright's `test` with people in it: every test has an Ory of its own, and is signed in with one line.
 *
 * @module
 */
import {
  type BrowserContext,
  test as base,
  type PlaywrightTestArgs,
  type PlaywrightTestOptions,
  type PlaywrightWorkerArgs,
  type PlaywrightWorkerOptions,
  type TestInfo,
  type TestType,
} from '@playwright/test'
import { createTestOry } from './create.js'
import { testingError } from './failure.js'
import { openDefault, openNamespace } from './open.js'
import { type Ory, oryIn } from './playwright-ory.js'
import { reportOf } from './report.js'
import type { Aal, TestOry, Who } from './types.js'

export { expect } from '@playwright/test'
export type { Authenticator } from './authenticator.js'
export type { Ory, Person } from './playwright-ory.js'
export type {
  Aal,
  Fault,
  FaultOptions,
  Mail,
  MailOptions,
  SignedIn,
  TestClock,
  User,
  UserOptions,
  Who,
} from './types.js'

/** What `test.use({ … })` and `use` in the configuration take. */
export interface OryTestOptions {
  /** Who is signed in when a test begins. @default nobody */
  oryUser: Who | undefined
  /** How surely. @default 'aal1' */
  oryAal: Aal | undefined
  /**
   * Who shares a state: `'test'` nobody, `'worker'` the tests of one worker, `'none'` all tests and whoever uses the
   * dev server by hand.
   * @default 'test'
   */
  oryIsolation: 'test' | 'worker' | 'none'
  /** The people a state begins with, in Kratos' import shape. @default those of the dev server's seed */
  orySeed: object[] | undefined
}

/** What tests are given. */
export interface OryFixtures {
  /** The Ory of this test, and this test's browser in it. */
  ory: Ory
}

interface Inner {
  /** Made before the browser's context, gone after it: no page of a test asks for what is not there any more. */
  _oryState: TestOry
}

type Base = TestType<
  PlaywrightTestArgs & PlaywrightTestOptions,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions
>

const extended = base.extend<OryTestOptions & OryFixtures & Inner>({
  oryUser: [undefined, { option: true }],
  oryAal: [undefined, { option: true }],
  oryIsolation: ['test', { option: true }],
  orySeed: [undefined, { option: true }],

  _oryState: [
    async ({ baseURL, oryIsolation, orySeed }, use, info) => {
      const state = await stateFor(originOf(baseURL), oryIsolation, orySeed)
      await use(state)
      if (failed(info)) await attach(state, info)
      if (oryIsolation === 'test') await state.close()
    },
    { title: 'Ory', box: true } as { title: string },
  ],

  context: async ({ context, _oryState: state, oryUser, oryAal }, use) => {
    await enter(context, state)
    if (oryUser !== undefined) await oryIn(context, state).signIn(oryUser, oryAal && { aal: oryAal })
    await use(context)
  },

  ory: async ({ context, browser, _oryState: state }, use) => {
    const others: BrowserContext[] = []
    const newContext = async (): Promise<BrowserContext> => {
      const other = await browser.newContext()
      others.push(other)
      await enter(other, state)
      return other
    }
    await use(oryIn(context, state, newContext))
    await Promise.all(others.map(other => other.close()))
  },
})

/**
 * Playwright's `test`, with the fixture `ory` and a state of its own for each test. `mergeTests(test, yours)` works.
 *
 * @throws {OryProxyError} `ORY_PROXY_TESTING`, when no dev server with ory-proxy and its emulator is at `baseURL`
 * @see https://playwright.dev/docs/test-fixtures
 *
 * @example
 * import { expect, test } from 'ory-proxy/playwright'
 *
 * test.use({ oryUser: 'alice@example.com' })
 *
 * test('alice sees her name', async ({ page }) => {
 *   await page.goto('/')
 *   await expect(page.getByText('alice@example.com')).toBeVisible()
 * })
 */
export const test: TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & OryTestOptions & OryFixtures,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions
> = extended as unknown as Base & typeof extended

/** Of this worker, which is a process: they go when it ends, as the emulator keeps only so many. */
const ofWorker = new Map<string, Promise<TestOry>>()

async function stateFor(
  origin: string,
  isolation: OryTestOptions['oryIsolation'],
  seed: object[] | undefined,
): Promise<TestOry> {
  const open = async (): Promise<TestOry> =>
    createTestOry(origin, await openNamespace(origin, seed === undefined ? {} : { seed }))
  if (isolation === 'none') return createTestOry(origin, await openDefault(origin))
  if (isolation === 'test') return open()
  const key = JSON.stringify([origin, seed])
  const known = ofWorker.get(key) ?? open()
  ofWorker.set(key, known)
  known.catch(() => ofWorker.delete(key))
  return known
}

function originOf(baseURL: string | undefined): string {
  if (baseURL !== undefined && URL.canParse(baseURL)) return new URL(baseURL).origin
  throw testingError(
    'Playwright does not know the dev server: set `use: { baseURL: "http://localhost:5173" }`.',
  )
}

/** The app, and Ory below it, are in the state that this cookie names. */
async function enter(context: BrowserContext, { namespace, origin }: TestOry): Promise<void> {
  if (namespace === 'default') return
  await context.addCookies([
    { name: 'ory_dev_namespace', value: namespace, url: origin, httpOnly: true, sameSite: 'Lax' },
  ])
}

const failed = ({ status, expectedStatus }: TestInfo): boolean => status !== expectedStatus

async function attach(state: TestOry, info: TestInfo): Promise<void> {
  const body = await reportOf(state).catch(
    error => `The state could not be read: ${error instanceof Error ? error.message : String(error)}`,
  )
  await info.attach('ory.json', { body, contentType: 'application/json' })
}
