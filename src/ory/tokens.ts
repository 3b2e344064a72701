/**
 * Ory's own JWT for each session (`tokenize_as`), where it stands in for ours.
 * https://www.ory.com/docs/identities/session-to-jwt-cors
 */
import { hash } from 'node:crypto'
import { LruMap } from '../common/lru.js'
import { printable } from '../log.js'
import type { OryClient } from './client.js'
import type { Credentials, Identified, WhoamiAnswer } from './whoami.js'

type Whoami = OryClient['whoami']
type SessionAnswer = Extract<WhoamiAnswer, { kind: 'session' }>

/** Bytes of tokens and sessions kept at most. */
const KEPT_BYTES = 3 * 1024 * 1024

/** A token, the session it was made for, and until when it is handed out; milliseconds since 1970. */
interface Held {
  readonly token: string
  readonly session: string
  readonly until: number
}

export interface TokenRules {
  readonly whoami: Whoami
  readonly template: string
  /** The machine's clock. */
  readonly now: () => number
  readonly warn: (message: string) => void
}

/**
 * As whoami, with the token of whoever it is. One is handed out until half of its life is gone, as long as Ory says that
 * the session is as it was: then it would make the same one again.
 */
export function withTokens({ whoami, template, now, warn }: TokenRules): Whoami {
  const held = new LruMap<string, Held>(
    KEPT_BYTES,
    (_key, { token, session }) => token.length + session.length,
  )
  const say = once(warn)

  async function fresh(key: string, credentials: Credentials, deadline?: number): Promise<WhoamiAnswer> {
    const answer = await whoami(credentials, deadline, template)
    held.delete(key)
    if (answer.kind === 'nobody' && answer.noToken !== undefined) say(whyNone(template, answer.noToken))
    if (answer.kind !== 'session') return answer
    const { token = '', sessionJson } = answer.identified
    const life = lifeOf(token)
    if (life <= 0)
      say(
        `The tokens of tokenizeAs "${template}" have expired when Ory makes them: its template needs a ttl.`,
      )
    const until = Math.min(now() + life / 2, answer.expiresAt)
    held.set(key, { token, session: canonical(sessionJson), until })
    return { ...answer, keepUntil: until }
  }

  return async function whoamiWithToken(credentials, deadline) {
    const key = keyOf(credentials)
    const known = held.get(key)
    if (!known || known.until <= now()) return fresh(key, credentials, deadline)
    const answer = await whoami(credentials, deadline)
    if (answer.kind === 'nobody') held.delete(key)
    if (answer.kind !== 'session') return answer
    return isAsBefore(answer, known) ? carrying(answer, known) : fresh(key, credentials, deadline)
  }
}

const isAsBefore = ({ identified }: SessionAnswer, { session }: Held): boolean =>
  canonical(identified.sessionJson) === session

function carrying(answer: SessionAnswer, { token, until }: Held): SessionAnswer {
  const identified: Identified = { ...answer.identified, token }
  return { ...answer, identified, keepUntil: until }
}

const canonical = (json: string): string => JSON.stringify(JSON.parse(json))

/** Milliseconds between `iat` and `exp`, whatever clock Ory has; without an end none that counts. */
function lifeOf(token: string): number {
  const { iat, exp } = payloadOf(token)
  return typeof iat === 'number' && typeof exp === 'number' ? (exp - iat) * 1000 : Number.POSITIVE_INFINITY
}

/** Not verified: it came from Ory, and is for the app to verify. */
function payloadOf(token: string): { iat?: unknown; exp?: unknown } {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) ?? {}
  } catch {
    return {}
  }
}

/** All that Ory looks at, byte for byte; named by its hash, so that no credential lies about in memory. */
function keyOf({ cookie, authorization, sessionToken, namespace }: Credentials): string {
  const all = [cookie, authorization, sessionToken, namespace]
  return hash('sha256', JSON.stringify(all.map(value => value ?? null)), 'base64')
}

const whyNone = (template: string, why: string): string =>
  `Ory gives no token for tokenizeAs "${printable(template)}" (${printable(why)}): requests pass as anonymous. ` +
  'Templates are at session.whoami.tokenizer.templates of its configuration.'

function once(warn: (line: string) => void): (line: string) => void {
  const told = new Set<string>()
  return line => {
    if (!told.has(line)) warn(line)
    told.add(line)
  }
}
