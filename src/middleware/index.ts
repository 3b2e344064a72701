/** What a request meets, in order. */
import type { Identified } from '../ory/whoami.js'
import { answerError } from './answer.js'
import { type CorsRules, corsStage } from './cors.js'
import { flowsStage } from './flows.js'
import { guardStage } from './guard.js'
import { type HostRules, hostStage } from './host.js'
import { jwksStage } from './jwks.js'
import { lengthStage } from './length.js'
import { loopStage } from './loop.js'
import { otherNameStage } from './other-name.js'
import { chain, type Exchange, type Middleware, type Reason, run, type Stage } from './pipeline.js'
import { protectStage } from './protect/stage.js'

import { type ProxyRules, proxyStage } from './proxy.js'
import { type SessionLookup, sessionStage } from './session.js'
import { socketStage } from './socket.js'
import { tokenStage } from './token.js'

/** Everything the stages are made of. */
export interface Parts {
  readonly host: HostRules
  /** The origin that was announced to people, once it is known. */
  readonly home: () => string | undefined
  readonly warn: (message: string) => void
  readonly cors: CorsRules
  readonly proxy: ProxyRules
  readonly jwks: () => Promise<string>
  readonly sessions: SessionLookup
  /** `Bearer` and a token. */
  readonly bearer: (identified: Identified) => string | Promise<string>
  readonly jwt: boolean
  /** What is behind us says of every body where it ends. */
  readonly framesBodies: boolean
  readonly passAuthorization: boolean
  /** Paths that are for signed-in people only. */
  readonly protect: readonly string[]
  /** Tools for the developer, in front of everything that changes a request. */
  readonly tools?: Stage
  /** Adds the badge that opens them to pages of the app, where somebody wants it. */
  readonly badge?: Stage
  /** Told why each request is who it is. */
  readonly explain: (x: Exchange, reason: Reason) => void
  /** Told what a stage threw that is no refusal of ours. */
  readonly onError: (x: Exchange, error: unknown) => void
}

/** What a request meets, in order: start reading here. */
export function requestStages(parts: Parts): Middleware {
  const stages: Stage[] = [
    hostStage(parts.host), // is this request for us at all?
    loopStage(), // has it been here before?
    otherNameStage(parts.home, parts.warn), // 127.0.0.1 where localhost was announced: cookies are not seen
    ...(parts.tools ? [parts.tools] : []), // what was seen, for the developer; judged by what came
    ...(parts.badge ? [parts.badge] : []), // opens the tools, on pages of this machine
    guardStage(), // drops what only we may say
    corsStage(parts.cors), // who may read the answer from another origin
    jwksStage(parts.jwks), // /.ory/jwks.json: the public keys
    flowsStage({ ...parts.cors, mount: parts.proxy.mount }), // /.ory/init/login and friends: into a flow
    proxyStage(parts.proxy), // the rest of /.ory: to Ory and back
    ...(parts.framesBodies ? [] : [lengthStage()]), // may what is behind us pass this body on?
    ...identityStages(parts),
  ]
  return chain(stages, (x, error) => {
    if (x.res.destroyed) return // the client left: what broke off with it is nobody's fault
    parts.onError(x, error)
    answerError(x.req, x.res, error)
  })
}

/** What a WebSocket handshake meets: the same rules, and nothing of Ory's is behind an upgrade. */
export function handshakeStages(parts: Parts): (x: Exchange) => Promise<void> {
  const stages: Stage<Exchange>[] = [
    hostStage(parts.host),
    loopStage(),
    guardStage(),
    socketStage(parts.cors.allowedCorsOrigins), // may this page open one?
    ...identityStages(parts),
  ]
  return async x => void (await run(stages, x))
}

function identityStages(parts: Parts): Stage<Exchange>[] {
  const { jwt, sessions, cors, explain, bearer, passAuthorization, protect } = parts
  if (!jwt && protect.length === 0) return []
  return [
    sessionStage(sessions, cors.allowedCorsOrigins, explain), // who is this? one question per credential, remembered briefly
    ...(protect.length > 0 ? [protectStage(protect)] : []), // is this for signed-in people only?
    ...(jwt ? [tokenStage({ bearer, passAuthorization })] : []), // the app gets a JWT, or no Authorization at all
  ]
}
