/** Somebody: an address, a user name, an id, or what has one. */
export type Who = string | { readonly id: string }

/** How surely somebody is who they are: `aal2` is with a second factor. */
export type Aal = 'aal1' | 'aal2'

/** How a state of one's own begins. */
export interface NamespaceOptions {
  /** The people in it, in Kratos' import shape. @default those of the server's seed */
  readonly seed?: readonly object[]
  /** The name of another one, to begin as its copy. */
  readonly from?: string
}

/** Somebody who is signed in, in every form in which a backend may want to see it. */
export interface SignedIn {
  /** For a request to the app's backend: `authorization` with the JWT, and `cookie`. */
  readonly headers: { readonly authorization: string; readonly cookie: string }
  /** The value of a `Cookie` header: the session's, and the namespace's. */
  readonly cookie: string
  /** What a native app sends as `X-Session-Token`. */
  readonly sessionToken: string
  /** What the dev server would put into `Authorization`. */
  readonly jwt: string
  /** The session, as Ory's whoami gives it. */
  readonly session: SessionOf
}

/** The members of Ory's session that tests look at; all others are there, too. */
export interface SessionOf {
  readonly id: string
  readonly active: boolean
  readonly expires_at: string
  readonly authenticator_assurance_level: string
  readonly identity: { readonly id: string; readonly traits: Readonly<Record<string, unknown>> }
}

/** What `createUser` is told; everything has a default. */
export interface UserOptions {
  /** @default one that nobody has */
  readonly email?: string
  /** @default a random one, which the result tells */
  readonly password?: string
  /** Beside `email`. */
  readonly traits?: Readonly<Record<string, unknown>>
  /** Whether the address is confirmed. @default true */
  readonly verified?: boolean
  /** The id of an identity schema. @default the configuration's default one */
  readonly schema?: string
}

/** Somebody new, with a password that is known. */
export interface User {
  readonly id: string
  readonly email: string
  readonly password: string
  readonly traits: Readonly<Record<string, unknown>>
}

/** Which mail, and how long to wait for it. */
export interface MailOptions {
  readonly subject?: RegExp
  /** Milliseconds. @default 5000 */
  readonly timeout?: number
}

/** A mail that the emulator would have sent. */
export interface Mail {
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly body: string
  /** The code in it; empty where there is none. */
  readonly code: string
  /** The first link in it; empty where there is none. */
  readonly link: string
}

/** The time that sessions, flows and codes live by. A JWT's own times stay the machine's. */
export interface TestClock {
  /** @param by like `25h`, `90m` or `1h30m` */
  advance(by: string): Promise<void>
  set(time: string | Date): Promise<void>
  freeze(): Promise<void>
  /** Lets it run on from where it was stopped. */
  resume(): Promise<void>
  /** Back to the machine's time. */
  reset(): Promise<void>
}

/** An answer of Ory that comes late or wrong, on purpose. */
export interface FaultOptions {
  /** Below Ory, like `/sessions/whoami`; with `*` at its end, everything below. */
  readonly path: string
  /** @default every method */
  readonly method?: string
  /** Instead of the answer. */
  readonly status?: number
  /** Like `2s`, or milliseconds. */
  readonly delay?: string | number
  /** How often it happens. @default always */
  readonly count?: number
}

/** A fault that is set up. */
export interface Fault {
  remove(): Promise<void>
}

/** An Ory for one test: people, sessions, mails, clock and faults of its own. */
export interface TestOry {
  /** Where the app, or in a test without one Ory, is: an origin. */
  readonly origin: string
  /** The address for Ory's SDK. */
  readonly url: string
  /** The keys that a backend verifies the JWT with. */
  readonly jwksUrl: string
  /** Kratos' admin API; it needs the header `Ory-Dev-Namespace: <namespace>`. */
  readonly adminUrl: string
  /** The name of the cookie that a session is in. */
  readonly sessionCookie: string
  /** The name of this state. */
  readonly namespace: string
  /** Whom the seed begins with: address, and password where it is known. */
  readonly people: readonly {
    readonly id: string
    readonly email: string
    readonly password: string | undefined
  }[]
  /** Signs somebody in without a password; the first of the seed, if nobody is named. */
  signIn(who?: Who, options?: { readonly aal?: Aal }): Promise<SignedIn>
  /** Makes somebody new. */
  createUser(options?: UserOptions): Promise<User>
  /** The next mail that was not handed out before, the oldest first; waits until there is one. */
  mail(to?: Who, options?: MailOptions): Promise<Mail>
  /** Makes sure that no such mail comes, for so many milliseconds. @default 500 */
  noMail(to?: Who, ms?: number): Promise<void>
  /** What the authenticator app of that person shows now. */
  totp(who: Who): Promise<string>
  readonly clock: TestClock
  /** Sets up a fault. */
  fault(options: FaultOptions): Promise<Fault>
  /** All there is: identities, sessions, flows, messages. */
  state(): Promise<Readonly<Record<string, unknown>>>
  /** Another state at the same server. */
  fork(options?: NamespaceOptions): Promise<TestOry>
  /** Forgets this state, and ends what was started for it. */
  close(): Promise<void>
}
