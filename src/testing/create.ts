import { randomBytes } from 'node:crypto'
import { MOUNT } from '../middleware/mount.js'
import { testingError } from './failure.js'
import { createInbox } from './mail.js'
import { type Opened, openNamespace } from './open.js'
import { totpOf } from './totp.js'
import type {
  FaultOptions,
  SessionOf,
  SignedIn,
  TestClock,
  TestOry,
  User,
  UserOptions,
  Who,
} from './types.js'
import { expectOk, type Reply, type Send, sender } from './wire.js'

/** What of it all ends with a {@link TestOry}. */
export interface Ending {
  readonly end?: () => Promise<void>
}

/** The kit's object, for a namespace that is there. */
export function createTestOry(origin: string, opened: Opened, { end }: Ending = {}): TestOry {
  const { name, admin } = opened
  const isDefault = name === 'default'
  const send = sender(isDefault ? undefined : name)
  const tools = `${origin}${MOUNT}/dev`
  const inbox = createInbox(send, tools)
  const people = opened.people.map(({ id, identifiers, password }) => ({
    id,
    email: identifiers[0] ?? id,
    password,
  }))
  const state = async (): Promise<Record<string, unknown>> =>
    expectOk(await send('GET', `${tools}/export`), 'The state could not be read') as Record<string, unknown>
  const addressOf = (who: Who | undefined): Promise<string> | string | undefined =>
    typeof who === 'object' || (who !== undefined && !who.includes('@')) ? addressIn(send, tools, who) : who
  return {
    origin,
    url: origin + MOUNT,
    jwksUrl: `${origin}${MOUNT}/jwks.json`,
    adminUrl: admin,
    sessionCookie: opened.session_cookie,
    namespace: name,
    people,
    clock: clockOf(send, tools),
    state,
    async signIn(who, { aal } = {}) {
      const identity = idOf(who ?? firstOf(people, name))
      const reply = await send('POST', `${tools}/sign-in`, { identity, ...(aal && { aal }) })
      if (reply.status === 404) throw await nobody(send, tools, identity, name)
      return signedIn(expectOk(reply, `Signing in as ${identity}`), opened.cookie)
    },
    createUser: options => createUser(send, admin, options),
    mail: async (to, options) => inbox.next(await addressOf(to), options),
    noMail: async (to, ms) => inbox.none(await addressOf(to), ms),
    async totp(who) {
      const { id } = await find(send, tools, idOf(who), name)
      const clock = expectOk(await send('GET', `${tools}/clock`), 'The clock could not be read') as {
        now: string
      }
      return totpOf(await state(), id, idOf(who), Date.parse(clock.now))
    },
    fault: options => setFault(send, tools, options),
    fork: async options => createTestOry(origin, await openNamespace(origin, options ?? {})),
    async close() {
      if (!isDefault) await send('DELETE', `${tools}/namespaces/${name}`).catch(() => {})
      await end?.()
    },
  }
}

const idOf = (who: Who): string => (typeof who === 'string' ? who : who.id)

function firstOf(people: TestOry['people'], namespace: string): string {
  const [first] = people
  if (first) return first.id
  throw testingError(
    `There is nobody in namespace ${namespace} to sign in as: seed somebody, or createUser().`,
  )
}

interface Listed {
  readonly id: string
  readonly external_id?: string
  readonly identifiers: readonly string[]
}

async function everybody(send: Send, tools: string): Promise<Listed[]> {
  return expectOk(await send('GET', `${tools}/users`), 'The people could not be listed') as Listed[]
}

async function find(send: Send, tools: string, who: string, namespace: string): Promise<Listed> {
  const wanted = who.trim().toLowerCase()
  const found = (await everybody(send, tools)).find(
    ({ id, external_id, identifiers }) =>
      id === wanted || external_id === who || identifiers.includes(wanted),
  )
  if (found) return found
  throw await nobody(send, tools, who, namespace)
}

async function addressIn(send: Send, tools: string, who: Who): Promise<string> {
  const found = await find(send, tools, idOf(who), 'this test')
  return found.identifiers.find(one => one.includes('@')) ?? idOf(who)
}

async function nobody(send: Send, tools: string, who: string, namespace: string): Promise<Error> {
  const there = (await everybody(send, tools)).map(({ id, identifiers }) => identifiers[0] ?? id)
  const names = there.length === 0 ? 'nobody' : there.slice(0, 10).join(', ')
  return testingError(`There is nobody called "${who}" in namespace ${namespace}; there is ${names}.`)
}

interface Answered {
  readonly cookie: string | null
  readonly session_token: string
  readonly jwt: string | null
  readonly session: SessionOf
}

function signedIn(body: unknown, namespaceCookie: string): SignedIn {
  const { cookie: own, session_token: sessionToken, jwt, session } = body as Answered
  const cookie = [namespaceCookie, own].filter(Boolean).join('; ')
  const token = jwt ?? ''
  return { headers: { authorization: `Bearer ${token}`, cookie }, cookie, sessionToken, jwt: token, session }
}

async function createUser(send: Send, admin: string, options: UserOptions = {}): Promise<User> {
  const unique = randomBytes(6).toString('hex')
  const { email = `user-${unique}@example.com`, password = `pw-${randomBytes(9).toString('base64url')}` } =
    options
  const { verified = true, schema } = options
  const reply: Reply = await send('POST', `${admin}/admin/identities`, {
    ...(schema !== undefined && { schema_id: schema }),
    traits: { email, ...options.traits },
    credentials: { password: { config: { password } } },
    ...(verified && {
      verifiable_addresses: [{ value: email, via: 'email', verified, status: 'completed' }],
    }),
  })
  const { id, traits } = expectOk(reply, `${email} could not be made`) as User
  return { id, email, password, traits }
}

function clockOf(send: Send, tools: string): TestClock {
  const turn = async (order: object): Promise<void> =>
    void expectOk(await send('POST', `${tools}/clock`, order), 'The clock')
  return {
    advance: by => turn({ advance: by }),
    set: time => turn({ set: typeof time === 'string' ? time : time.toISOString() }),
    freeze: () => turn({ freeze: true }),
    resume: () => turn({ resume: true }),
    reset: () => turn({ reset: true }),
  }
}

async function setFault(
  send: Send,
  tools: string,
  options: FaultOptions,
): Promise<{ remove(): Promise<void> }> {
  const { id } = expectOk(await send('POST', `${tools}/faults`, { ...options }), 'The fault') as {
    id: number
  }
  return {
    // One that happened as often as it was to happen is gone already.
    remove: async () => void (await send('POST', `${tools}/faults`, { remove: id })),
  }
}
