/** Where the public API is for those who use it: what the configuration says, or where they asked. */
import { isLoopback } from '../../common/loopback.js'
import type { ConfigFile } from './read.js'
import { isDirect, trimmed } from './urls.js'

/** How the emulator stands in the world. */
export interface Standing {
  /** The address of the socket. */
  readonly listening: string
  /** Where people reach it, if its caller knows. */
  readonly publicUrl?: string | undefined
  /** A dev server is in front of it, which points all its addresses at itself. */
  readonly embedded?: boolean | undefined
}

/**
 * The base of every address in an answer.
 *
 * @param host what the request calls us; only names of this machine count, as anybody can write anything there
 */
export function baseFor(
  { baseUrl, port }: Pick<ConfigFile, 'baseUrl' | 'port'>,
  { listening, publicUrl, embedded }: Standing,
  host = '',
): string {
  if (publicUrl !== undefined) return trimmed(publicUrl)
  if (embedded) return listening
  if (baseUrl === undefined)
    return LOCAL_HOST.test(host) && isLoopback(nameOf(host)) ? `http://${host}` : listening
  return isDirect(baseUrl, port)
    ? `http://${new URL(baseUrl).hostname}:${new URL(listening).port}`
    : trimmed(baseUrl)
}

const LOCAL_HOST = /^(?:\[::1\]|[a-z0-9.-]+)(?::\d{1,5})?$/i
const nameOf = (host: string): string => host.replace(/:\d+$/, '').toLowerCase()
