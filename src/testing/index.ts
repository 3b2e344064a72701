/**
 * An Ory for tests of any runner: everything a test does with it is in a state of its own, so tests run side by side
 * and clean nothing up.
 *
 * @module
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLogger, silentLogger } from '../log.js'
import { createTestOry } from './create.js'
import { testingError } from './failure.js'
import { openDefault, openNamespace } from './open.js'
import type { NamespaceOptions, TestOry } from './types.js'

export type {
  Aal,
  Fault,
  FaultOptions,
  Mail,
  MailOptions,
  NamespaceOptions,
  SessionOf,
  SignedIn,
  TestClock,
  TestOry,
  User,
  UserOptions,
  Who,
} from './types.js'

/** Mails and addresses are nobody's here; what goes wrong is. */
const TELLS = { ...createLogger(), info: silentLogger.info }

/** How {@link startTestOry} starts. */
export interface TestOryOptions {
  /** The people everybody begins with: a file, or identities in Kratos' import shape. @default alice and bob */
  readonly seed?: string | readonly object[]
  /** Kratos' configuration: a file, or its content. */
  readonly config?: string | object
}

/**
 * Starts an Ory on a free port of this machine, with a signing key, for tests that have no dev server: of a backend,
 * say. `fork()` gives each test a state of its own.
 *
 * @returns the default state; `close()` ends the server
 * @throws {OryProxyError} what the emulator throws
 *
 * @example
 * import { startTestOry } from 'ory-proxy/testing'
 *
 * const ory = await startTestOry()
 * const test = await ory.fork()
 * const { headers } = await test.signIn('alice@example.com')
 * await fetch('http://localhost:3000/api/me', { headers })
 * await ory.close()
 */
export async function startTestOry(options: TestOryOptions = {}): Promise<TestOry> {
  const { startOry } = await import('../host/start.js')
  // What the developer has set is for the dev server: a test never asks a real Ory.
  const surroundings = { env: {}, envFiles: {}, file: { name: '', settings: {} } }
  const ory = await startOry({ logger: TELLS }, { ...surroundings, emulator: options })
  const server = createServer((req, res) => ory.middleware(req, res, () => void res.writeHead(404).end()))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  server.unref()
  const end = async (): Promise<void> => {
    server.close()
    server.closeAllConnections()
    await ory.close()
  }
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return createTestOry(origin, await openDefault(origin), { end })
}

/**
 * Makes a state of its own at a dev server that runs: `vite`, `npx ory-proxy local`, whatever has ory-proxy in it.
 *
 * @param url an address of the app, like `http://localhost:5173`
 * @throws {OryProxyError} `ORY_PROXY_TESTING` when nobody answers there, a real Ory is behind it, or versions differ
 *
 * @example
 * import { connectTestOry } from 'ory-proxy/testing'
 *
 * const ory = await connectTestOry('http://localhost:5173')
 * const { code } = await ory.mail('alice@example.com')
 * await ory.close()
 */
export async function connectTestOry(url: string, options: NamespaceOptions = {}): Promise<TestOry> {
  const origin = originOf(url)
  return createTestOry(origin, await openNamespace(origin, options))
}

function originOf(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return new URL(url).origin
  throw testingError(`"${url}" is no address of an app: give it whole, like "http://localhost:5173".`)
}
