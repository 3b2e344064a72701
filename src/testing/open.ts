import { ownVersion } from '../common/version.js'
import type { OryProxyError } from '../errors.js'
import { MOUNT } from '../middleware/mount.js'
import { testingError } from './failure.js'
import type { NamespaceOptions } from './types.js'
import { type Reply, type Send, sender } from './wire.js'

/** A namespace that was made, as `POST /.ory/dev/namespaces` tells it. */
export interface Opened {
  readonly name: string
  readonly cookie: string
  readonly admin: string
  readonly session_cookie: string
  readonly people: readonly {
    readonly id: string
    readonly identifiers: readonly string[]
    readonly password?: string
  }[]
}

/**
 * Makes a namespace at a dev server.
 *
 * @throws {OryProxyError} `ORY_PROXY_TESTING` when nobody answers there, or somebody who is not our emulator
 */
export async function openNamespace(origin: string, options: NamespaceOptions): Promise<Opened> {
  const send = sender(undefined)
  const reply = await reach(send, origin, 'POST', '/dev/namespaces', options)
  const opened = reply.body as (Opened & { version?: string }) | undefined
  if (reply.status === 201 && typeof opened?.name === 'string') {
    requireSameVersion(origin, opened.version)
    return opened
  }
  throw await whoElse(send, origin, reply)
}

/** The default one: what a person at the dev server works with. */
export async function openDefault(origin: string): Promise<Opened> {
  const send = sender(undefined)
  const index = await reach(send, origin, 'GET', '/dev')
  const facts = index.body as (Partial<Opened> & { version?: string }) | undefined
  if (index.status !== 200 || typeof facts?.admin !== 'string') throw await whoElse(send, origin, index)
  requireSameVersion(origin, facts.version)
  const { body } = await send('GET', `${origin}${MOUNT}/dev/users`)
  const { admin, session_cookie = '' } = facts
  return { name: 'default', cookie: '', admin, session_cookie, people: body as Opened['people'] }
}

async function reach(
  send: Send,
  origin: string,
  method: string,
  path: string,
  body?: object,
): Promise<Reply> {
  try {
    return await send(method, `${origin}${MOUNT}${path}`, body)
  } catch (cause) {
    const { code = 'no answer', message } = cause as NodeJS.ErrnoException
    throw testingError(
      `Nobody answers at ${origin} (${code || message}): start the dev server first, or let Playwright start it (\`webServer\`).`,
      cause,
    )
  }
}

/** Tools of one version may not be those of another: told at once, not by the first that is missing. */
function requireSameVersion(origin: string, version: string | undefined): void {
  const own = ownVersion()
  if (version !== undefined && minor(version) === minor(own)) return
  const theirs = version === undefined ? 'an older version' : version
  throw testingError(
    `The tests use ory-proxy ${own}, and ${theirs} answers at ${origin}: install one version, and restart the dev server.`,
  )
}

const minor = (version: string): string => version.split('.', 2).join('.')

async function whoElse(send: Send, origin: string, reply: Reply): Promise<OryProxyError> {
  const said = (Object(reply.body) as { error?: { id?: string; reason?: string } }).error
  if (said?.id === 'dev_forbidden' || reply.status === 400 || reply.status === 409)
    return testingError(
      `The tools at ${origin}${MOUNT}/dev refused: ${said?.reason ?? `status ${reply.status}`}`,
    )
  const keys = await send('GET', `${origin}${MOUNT}/jwks.json`).catch(() => undefined)
  if (Array.isArray((Object(keys?.body) as { keys?: unknown }).keys))
    return testingError(
      `ory-proxy at ${origin} has a real Ory behind it, which has no people for tests: start the dev server without ORY_SDK_URL and project, so that its emulator answers.`,
    )
  const what = reply.type ?? 'no content type'
  return testingError(
    `There is no ory-proxy at ${origin}: ${MOUNT}/dev/namespaces answered ${reply.status}, ${what}. Is \`baseURL\` the address of the dev server that has it?`,
  )
}
