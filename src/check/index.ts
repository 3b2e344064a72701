/** The contract of the dev server as questions, asked of whatever answers at an address. */
import type { CheckApp } from './app.js'
import { type Credentials, type Person, signIn } from './people.js'
import { ANONYMOUS } from './questions/anonymous.js'
import { FOREIGN } from './questions/foreign.js'
import { GATE } from './questions/gate.js'
import { IDENTITY } from './questions/identity.js'
import { KEYS } from './questions/keys.js'
import { ORY } from './questions/ory.js'
import { PASSAGE } from './questions/passage.js'
import { SHARING } from './questions/sharing.js'
import type { Need, Question, Received, Subject, Verdict } from './types.js'
import { ask } from './wire.js'
import { holds, Wrong } from './wrong.js'

/** All of them, in the order they are asked. */
export const QUESTIONS: readonly Question[] = [
  ...KEYS,
  ...ORY,
  ...ANONYMOUS,
  ...IDENTITY,
  ...FOREIGN,
  ...PASSAGE,
  ...GATE,
  ...SHARING,
]

/** What a check is told. */
export interface CheckOptions {
  readonly base: URL
  /** The app that we play, when the gateway was pointed at it. */
  readonly app?: CheckApp | undefined
  /** An endpoint of another app that answers `{method, url, headers}` as JSON. */
  readonly echo?: string | undefined
  /** Where the gateway has the app, when not at its root. */
  readonly prefix?: string | undefined
  readonly user?: Credentials | undefined
  readonly secondUser?: Credentials | undefined
  readonly protect?: string | undefined
  readonly cors?: string | undefined
  readonly sessionCache: number
  /** Told of each verdict as it is there. */
  readonly onVerdict?: (verdict: Verdict) => void
}

/** Asks all questions, one after the other: what is shared, like a cache, is seen as one client sees it. */
export async function check(options: CheckOptions): Promise<readonly Verdict[]> {
  const has = neededBy(options)
  const people = await signedIn(options)
  const subject = subjectOf(options, people)
  const verdicts: Verdict[] = []
  for (const question of QUESTIONS) {
    const verdict = await verdictOn(question, subject, has, people)
    verdicts.push(verdict)
    options.onVerdict?.(verdict)
  }
  return verdicts
}

/** How each of them is given. */
const HOW: Readonly<Record<Need, string>> = {
  app: '--app-port, and the gateway pointed at it',
  echo: '--app-port or --echo',
  user: '--user',
  'two users': '--second-user',
  protect: '--protect',
  cors: '--cors-origin',
}

function neededBy({ app, echo, user, secondUser, protect, cors }: CheckOptions): ReadonlySet<Need> {
  const has: [Need, unknown][] = [
    ['app', app],
    ['echo', app ?? echo],
    ['user', user],
    ['two users', secondUser],
    ['protect', protect],
    ['cors', cors],
  ]
  return new Set(has.filter(([, value]) => value !== undefined).map(([need]) => need))
}

/** Both people, or why they could not sign in: that is a no to every question that needs them. */
interface People {
  readonly ada?: Person
  readonly ben?: Person
  readonly problem?: string
}

async function signedIn({ base, user, secondUser }: CheckOptions): Promise<People> {
  try {
    const ada = user && (await signIn(base, user))
    const ben = secondUser && (await signIn(base, secondUser))
    return { ...(ada && { ada }), ...(ben && { ben }) }
  } catch (error) {
    if (error instanceof Wrong) return { problem: error.message }
    throw error
  }
}

async function verdictOn(
  { id, asks, why, needs = [], ask }: Question,
  subject: Subject,
  has: ReadonlySet<Need>,
  { problem }: People,
): Promise<Verdict> {
  const missing = needs.find(need => !has.has(need))
  if (missing) return { id, asks, why, result: 'not asked', instead: `needs ${HOW[missing]}` }
  try {
    if (problem !== undefined && needs.includes('user')) throw new Wrong(problem)
    await ask(subject)
    return { id, asks, why, result: 'yes' }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return { id, asks, why, result: 'no', instead: error.message }
  }
}

function subjectOf({ base, app, echo, prefix = '', ...options }: CheckOptions, people: People): Subject {
  const nobody: Person = { identifier: '', cookie: '', token: '' }
  const path = (rest: string): string => prefix + rest
  return {
    base,
    app,
    ada: people.ada ?? nobody,
    ben: people.ben ?? nobody,
    gated: options.protect ?? '',
    listed: options.cors ?? '',
    sessionCache: options.sessionCache,
    signIn: () => signIn(base, options.user!),
    path,
    ask: (target, asked) => ask(base, target, asked),
    async received(headers = [], { rest, ...asked } = {}) {
      const target = app ? path(rest ?? '/check') : echo!
      const { status, text } = await ask(base, target, {
        ...asked,
        headers: [...headers, ...(asked.headers ?? [])],
      })
      holds(status === 200, `${target.split('?', 1)[0]} gave ${status}`)
      return toldBy(text)
    },
  }
}

function toldBy(text: string): Received {
  try {
    const told = JSON.parse(text) as Received
    holds(typeof told.headers === 'object' && told.headers !== null, 'the app told no headers')
    return told
  } catch {
    throw new Wrong('the app did not tell what it received')
  }
}
