/** What happens to a request on its way to Ory, and to Ory's answer. */
import { type Caller, forwardedOf } from '../../common/caller.js'
import { HOP_BY_HOP } from '../../common/hop-by-hop.js'
import { isLoopback } from '../../common/loopback.js'
import type { OryClient } from '../../ory/client.js'
import type { PassageRules } from '../../outbound/passage.js'
import type { Mount } from '../mount.js'
import type { HttpExchange } from '../pipeline.js'
import { acceptable } from './decode.js'

/** What a request to Ory is made of, besides the client's. */
export interface SendRules {
  readonly client: OryClient
  readonly ory: URL
  readonly mount: Mount
  /** Lets Ory itself write our address into its mails and links. */
  readonly apiKey: string | undefined
}

/** A client's request as it goes to a path of Ory's. */
export function requestToOry(x: HttpExchange, path: string, rules: SendRules): PassageRules['outgoing'] {
  return {
    method: x.req.method!,
    path: rules.client.pathOf(path),
    headers: requestHeaders(x, rules),
  }
}

/** The client's headers, less what is not for Ory, plus what only we say. */
function requestHeaders({ req, caller, origin, prefix }: HttpExchange, rules: SendRules): string[] {
  const { rawHeaders: raw, headers } = req
  const pairs: string[] = ['Host', rules.ory.host]
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase()
    if (
      !NOT_FORWARDED.has(name) &&
      !HOP_BY_HOP.has(name) &&
      !name.startsWith('x-forwarded-') &&
      name[0] !== ':'
    ) {
      pairs.push(raw[i]!, name === 'accept-encoding' ? acceptable(raw[i + 1]!) : raw[i + 1]!)
    }
  }
  if (headers.cookie !== undefined) pairs.push('Cookie', headers.cookie) // HTTP/2 may split it over fields
  pairs.push('X-Forwarded-For', whoAsks(caller))
  // The emulator's tools believe nobody else; to other machines it is of no use.
  if (isLoopback(rules.ory.hostname)) pairs.push('Forwarded', forwardedOf(caller))
  pairs.push('Ory-No-Custom-Domain-Redirect', 'true', 'Ory-Base-URL-Rewrite', origin + prefix + rules.mount)
  if (rules.apiKey !== undefined) pairs.push('Ory-Base-URL-Rewrite-Token', rules.apiKey)
  return pairs
}

/**
 * Ory notes it. A tunnel in front of us (ngrok and its like) is on this machine, whoever uses it is not: who, is not
 * the client's to say, so it is `unknown` (RFC 7239, section 6.2).
 */
function whoAsks({ peer, behind }: Caller): string {
  const last = peer || 'unknown'
  return behind === undefined ? last : `unknown, ${last}`
}

const NOT_FORWARDED: ReadonlySet<string> = new Set(['host', 'cookie', 'expect', 'forwarded'])

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** APIs of Ory's, where what is asked for is done, whether or not somebody waits for the answer. */
const API = /^\/(?:self-service|sessions|admin|oauth2|relation-tuples)(?:\/|$)/

/** Ory's flows do their work at `GET` too: a sign-out, a link of a mail, the way back from a provider. */
const DONE_BY_GET =
  /^\/self-service\/(?:logout|recovery|verification|methods\/[^/]+\/callback\/[^/]+|fed-cm\/.*)\/?$/

/**
 * Whether a request is to change something at Ory: it is not cut off when its client leaves. A person who signs out
 * and closes the page is signed out.
 */
export function changesSomething(method: string, target: string): boolean {
  const path = target.split('?', 1)[0]!
  return SAFE.has(method) ? DONE_BY_GET.test(path) : API.test(path)
}
