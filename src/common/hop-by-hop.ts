/** Headers that belong to one connection and never travel on (RFC 9110, section 7.6.1). */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** The lower-cased tokens of a Connection header. */
export function connectionTokens(value: string | undefined): readonly string[] {
  if (value === undefined) return NONE
  return value === 'keep-alive' ? KEEP_ALIVE : value.split(',').map(token => token.trim().toLowerCase())
}

const NONE: readonly string[] = []
/** What nearly all of them say. */
const KEEP_ALIVE: readonly string[] = ['keep-alive']
