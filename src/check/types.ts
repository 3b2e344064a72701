/** What is asked of a gateway, and what came out. */
import type { CheckApp } from './app.js'
import type { Person } from './people.js'
import type { Answer, Asked } from './wire.js'

/** What an app behind the gateway received. */
export interface Received {
  readonly method: string
  readonly url: string
  /** By lower-case name; what came twice is joined. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Names and values in turn, as they came; missing where the app is not ours. */
  readonly rawHeaders?: readonly string[]
}

/** Something that not every check has: a question that needs it is not asked without. */
export type Need = 'app' | 'echo' | 'user' | 'two users' | 'protect' | 'cors'

/** What questions are asked of. */
export interface Subject {
  readonly base: URL
  /** The app that we play ourselves, where the gateway was pointed at it. */
  readonly app: CheckApp | undefined
  /** Person signed in; asked for where a question needs one. */
  readonly ada: Person
  readonly ben: Person
  /** A path behind the gate, like `/members`. */
  readonly gated: string
  /** An origin whose pages may read answers. */
  readonly listed: string
  /** Seconds that an answer of whoami is believed. */
  readonly sessionCache: number
  /** A new session of the first person, for a question that ends it. */
  signIn(): Promise<Person>
  /** A path of the app, where the gateway passes on only some. */
  path(rest: string): string
  ask(target: string, asked?: Asked): Promise<Answer>
  /** What the app received of a request; wrong where it was not the app that answered. */
  received(headers?: readonly string[], asked?: Asked & { rest?: string }): Promise<Received>
}

/** One question with a yes or a no. */
export interface Question {
  /** Stable: scripts may name it. */
  readonly id: string
  /** A sentence that holds, or does not. */
  readonly asks: string
  /** What goes wrong where it does not hold. */
  readonly why: string
  readonly needs?: readonly Need[]
  /** Throws a `Wrong` with what came instead. */
  ask(x: Subject): Promise<void>
}

/** What came out of one question. */
export interface Verdict {
  readonly id: string
  readonly asks: string
  readonly why: string
  readonly result: 'yes' | 'no' | 'not asked'
  /** What came instead, or what is missing for the question. */
  readonly instead?: string
}
