import { hash } from 'node:crypto'
import { LruMap } from '../common/lru.js'

/** Sessions remembered, by the hash of their cookie. */
const REMEMBERED = 500

/** What a session cookie of Ory's is called: Kratos' own name, Ory Network's, the emulator's per project. */
const SESSION = /^(?:__(?:secure|host)-)?ory_(?:kratos_)?session\w*$/i

/** Name and value of the session cookies in a Cookie header. */
export function sessionCookies(header: string | undefined): [name: string, value: string][] {
  return (header ?? '').split(';').flatMap((pair): [string, string][] => {
    const end = pair.indexOf('=')
    const name = pair.slice(0, Math.max(end, 0)).trim()
    return SESSION.test(name) ? [[name, pair.slice(end + 1).trim()]] : []
  })
}

/** Which session cookies were given or believed here; hashes only. */
export interface CookieMemory {
  /** Ory set or confirmed it. */
  learn(name: string, value: string): void
  knows(value: string): boolean
  /** Whether one of this name was given here before. */
  hasGiven(name: string): boolean
}

export function createCookieMemory(): CookieMemory {
  const values = new LruMap<string, true>(REMEMBERED, () => 1)
  const names = new LruMap<string, true>(REMEMBERED, () => 1)
  const keyOf = (value: string): string => hash('sha256', value, 'base64')
  return {
    learn(name, value) {
      if (value === '') return
      values.set(keyOf(value), true)
      names.set(name, true)
    },
    knows: value => values.get(keyOf(value)) === true,
    hasGiven: name => names.get(name) === true,
  }
}
