import { type BrowserContext, test as base, type Page } from '@playwright/test'
import { type Authenticator, addAuthenticator } from './authenticator.js'
import type {
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

/** A second person in the same test, with a browser of their own. */
export interface Person {
  readonly context: BrowserContext
  readonly page: Page
  readonly ory: Ory
}

/** The Ory of a test. Every call is one step of Playwright's report. */
export interface Ory {
  /** Signs somebody in, here: the next page is theirs, and no page need be open. @default the first of the seed */
  signIn(who?: Who, options?: { readonly aal?: Aal }): Promise<SignedIn>
  /** Takes the session's cookie from this browser. */
  signOut(): Promise<void>
  /** A second person in this test: a browser of their own, signed in. */
  as(who: Who): Promise<Person>
  /** Makes somebody new: confirmed, with a password that is known. */
  createUser(options?: UserOptions): Promise<User>
  /** The next mail that was not handed out before; waits until there is one. */
  mail(to?: Who, options?: MailOptions): Promise<Mail>
  /** Makes sure that no mail comes, for so many milliseconds. @default 500 */
  noMail(to?: Who, ms?: number): Promise<void>
  /** What the authenticator app of that person shows now. */
  totp(who: Who): Promise<string>
  /** A device that makes and uses passkeys, in Chromium; nobody need touch it. */
  passkey(): Promise<Authenticator>
  /** The time that sessions, flows and codes live by. */
  readonly clock: TestClock
  /** An answer of Ory that comes late or wrong, on purpose. */
  fault(options: FaultOptions): Promise<Fault>
  /** All there is: identities, sessions, flows, messages. */
  state(): Promise<Readonly<Record<string, unknown>>>
  readonly namespace: string
  /** Kratos' admin API; send `Ory-Dev-Namespace: <namespace>` along. */
  readonly adminUrl: string
}

/** One line of the report; what fails in it is shown where the test called. */
const step = <T>(title: string, run: () => Promise<T>): Promise<T> =>
  base.step(`ory: ${title}`, run, { box: true })

const nameOf = (who: Who | undefined): string =>
  who === undefined ? 'the first of the seed' : typeof who === 'string' ? who : who.id

/**
 * The kit's object for a browser.
 *
 * @param newContext makes another browser of this test
 */
export function oryIn(
  context: BrowserContext,
  state: TestOry,
  newContext?: () => Promise<BrowserContext>,
): Ory {
  const { clock } = state
  return {
    namespace: state.namespace,
    adminUrl: state.adminUrl,
    signIn: (who, options) =>
      step(`sign in as ${nameOf(who)}`, async () => {
        const signedIn = await state.signIn(who, options)
        await takeSession(context, state)
        await giveCookie(context, state.origin, signedIn.cookie)
        return signedIn
      }),
    signOut: () => step('sign out', () => takeSession(context, state)),
    as: who =>
      step(`as ${nameOf(who)}`, async () => {
        const other = await newContext!()
        const ory = oryIn(other, state, newContext)
        await ory.signIn(who)
        return { context: other, page: await other.newPage(), ory }
      }),
    createUser: options => step('create a user', () => state.createUser(options)),
    mail: (to, options) => step(`mail to ${nameOf(to ?? 'anybody')}`, () => state.mail(to, options)),
    noMail: (to, ms) => step(`no mail to ${nameOf(to ?? 'anybody')}`, () => state.noMail(to, ms)),
    totp: who => step(`authenticator code of ${nameOf(who)}`, () => state.totp(who)),
    passkey: () => step('passkey', () => addAuthenticator(context)),
    clock: {
      advance: by => step(`clock: advance by ${by}`, () => clock.advance(by)),
      set: time => step(`clock: set to ${time}`, () => clock.set(time)),
      freeze: () => step('clock: freeze', () => clock.freeze()),
      resume: () => step('clock: resume', () => clock.resume()),
      reset: () => step('clock: reset', () => clock.reset()),
    },
    fault: options => step(`fault at ${options.path}`, () => state.fault(options)),
    state: () => step('state', () => state.state()),
  }
}

/** `clearCookies` with a filter came after Playwright 1.40: all go, and the others come back. */
async function takeSession(context: BrowserContext, { sessionCookie }: TestOry): Promise<void> {
  const all = await context.cookies()
  const others = all.filter(({ name }) => name !== sessionCookie)
  if (others.length === all.length) return
  await context.clearCookies()
  await context.addCookies(others)
}

async function giveCookie(context: BrowserContext, origin: string, header: string): Promise<void> {
  const cookies = header.split('; ').map(pair => {
    const end = pair.indexOf('=')
    return {
      name: pair.slice(0, end),
      value: pair.slice(end + 1),
      url: origin,
      httpOnly: true,
      sameSite: 'Lax' as const,
    }
  })
  await context.addCookies(cookies)
}
