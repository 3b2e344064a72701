import type { Identified } from '../ory/whoami.js'
import { setHeader } from './headers.js'
import type { Exchange, Stage } from './pipeline.js'

/** What the token stage needs to know. */
export interface TokenRules {
  /** `Bearer` and a token. */
  readonly bearer: (identified: Identified) => string | Promise<string>
  /** Leaves a client's own `Authorization` alone when nobody is signed in. */
  readonly passAuthorization: boolean
}

/** Stage 6: signed in, so the app gets a JWT. Anonymous: it gets no `Authorization` at all. */
export function tokenStage({ bearer, passAuthorization }: TokenRules): Stage<Exchange> {
  return function oryToken({ req, identified }) {
    if (identified === null) {
      if (!passAuthorization && 'authorization' in req.headers) setHeader(req, 'Authorization', undefined)
      return 'next'
    }
    const value = bearer(identified)
    if (typeof value === 'string') return put(req, value)
    // Removed before anything can fail: an app that trusts this header must never see one a client wrote.
    setHeader(req, 'Authorization', undefined)
    return value.then(minted => put(req, minted))
  }
}

function put(req: Exchange['req'], value: string): 'next' {
  setHeader(req, 'Authorization', value)
  return 'next'
}
