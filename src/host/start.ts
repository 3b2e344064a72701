/** Joins everything for one server. */
import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { isLoopback } from '../common/loopback.js'
import { projectSlug } from '../common/project.js'
import type { Look, PageHead } from '../diagnoses/http-assets.js'
import type { Emulator } from '../emulator/index.js'
import { OryProxyError } from '../errors.js'
import { createMinter, jwksText, type Minter, type SigningKey, sign } from '../keys/jwt.js'
import type { KeyKind } from '../keys/key-file.js'
import { type Logger, printable } from '../log.js'
import { handshakeStages, type Parts, requestStages } from '../middleware/index.js'
import { atRoot, MOUNT } from '../middleware/mount.js'
import type { Exchange, Middleware, Reason } from '../middleware/pipeline.js'
import { createSessionLookup, type SessionLookup } from '../middleware/session.js'
import { type ResolvedOptions, resolveOptions, type Surroundings } from '../options/resolve.js'
import type { OryOptions } from '../options/types.js'
import { type Breaker, createBreaker } from '../ory/breaker.js'
import { createOryClient, type OryClient } from '../ory/client.js'
import { chooseTarget } from '../ory/target.js'
import type { OryTarget } from '../ory/types.js'
import { badgeStage } from '../tools/badge-stage.js'
import { createExplainer, createOriginWarning } from './explain.js'
import { createInsight, type Insight } from './insight.js'
import { bearerFor, whoamiFor } from './orys-token.js'
import { noteRunning } from './running.js'
import { type Keys, keyFor, keysOf } from './signing.js'
import { gateServer } from './upgrade.js'

/** Somebody to sign in as, in the emulator. */
export interface Person {
  readonly email: string
  readonly password: string
}

/** What hosts know beyond the user's options. */
export interface HostContext extends Surroundings {
  /** Names this dev server answers to besides the user's own; `true`: it allows every host. */
  readonly allowedHosts?: readonly string[] | true
  /** Told about every request's identity. */
  readonly explain?: (x: Exchange, reason: Reason) => void
  /** What is behind the stages is our own way out: every body is framed there. */
  readonly framesBodies?: true
  /** The origin of the app that Ory is to be a tunnel for: Ory is at our root then, not below `/.ory`. */
  readonly tunnelFor?: string
  /** What a test starts the emulator with, which no option can say. */
  readonly emulator?: { readonly seed?: string | readonly object[]; readonly config?: string | object }
  /** Where options are looked for that were not given. @default process.env */
  readonly env?: NodeJS.ProcessEnv
}

/** Everything a host needs, running. */
export interface Ory {
  readonly middleware: Middleware
  /** The same rules for one WebSocket handshake; rejects with what to refuse. */
  readonly handshake: (x: Exchange) => Promise<void>
  /** Lets WebSocket handshakes of a server meet the same rules; after `close` they are refused. Returns the undo. */
  gateUpgrades(server: EventEmitter, isHmr?: (req: IncomingMessage) => boolean): () => void
  /** For a host that serves https and passes the app's answers on: what a page is looked at with as it goes by. */
  readonly watchPage: (page: PageHead) => Look | undefined
  /** What people are told to open: another name of this machine is another jar of cookies, which is said. */
  announcedAt(home: () => string | undefined): void
  readonly target: OryTarget
  /** Who the tokens are from (`iss`): Ory's address, or a name that stays the embedded emulator's. */
  readonly issuer: string
  readonly options: ResolvedOptions
  /** Set when the embedded emulator answers. */
  readonly emulator: { readonly people: readonly Person[]; readonly adminUrl: string | undefined } | undefined
  /** Things that can be counted, for tests and the debug output. */
  counters(): Counters
  /** Runs before it closes. */
  beforeClose(run: () => void): void
  close(): Promise<void>
}

/** Counted since the start. */
export interface Counters {
  readonly whoami: number
  readonly connections: number
  readonly signatures: number
  readonly cacheHits: number
  readonly remembered: number
}

/**
 * Starts what all hosts need: the options, the emulator if wanted, the stages.
 *
 * @throws {OryProxyError} when an option is wrong, the project cannot be found or the key cannot be used
 */
export async function startOry(raw: OryOptions = {}, context: HostContext = {}): Promise<Ory> {
  const options = resolveOptions(raw, context.env, context)
  const choice = await chooseTarget(options)
  const kind = choice === 'emulator' ? choice : 'ory'
  const keys = keysOf(options, context.root)
  if (options.jwt && options.keyFile !== undefined) {
    // A wrong file is told now, not by the first request.
    await keys(kind).catch(async error => {
      if (choice !== 'emulator') await choice.release?.()
      throw error
    })
  }
  if (choice !== 'emulator') {
    warnOfPlainKey(choice, options.logger)
    const issuer = choice.url.origin
    // Ory Network is no emulator.
    const known = options.sdkUrl === undefined ? kind : undefined
    return assemble({ options, context, keys, kind: known, issuer, target: choice })
  }
  const { startEmulator } = await import('../emulator/index.js')
  const { logger } = options
  const emulator = await startEmulator({
    ...options.emulator,
    ...context.emulator,
    ...(context.root !== undefined && { folder: context.root }),
    embedded: true,
    ...(context.tunnelFor !== undefined && { appOrigin: context.tunnelFor }),
    project: projectSlug(context.root),
    logger,
    mintJwt: sessionJson => mintFor(sessionJson),
    tokenizeAs: options.jwt ? options.tokenizeAs : undefined,
  })
  const mintFor = async (sessionJson: string): Promise<string> => {
    const { identity } = JSON.parse(sessionJson) as { identity: { id: string } }
    const iat = Math.floor(Date.now() / 1000) // the verifier has the machine's clock, too
    return sign(await keys(kind), { iss: EMULATOR_ISSUER, sub: identity.id, sessionJson }, iat)
  }
  const target: OryTarget = { url: new URL(emulator.url), why: 'no other Ory is named' }
  return assemble({ options, context, keys, kind, issuer: EMULATOR_ISSUER, target, emulator })
}

function warnOfPlainKey({ url, apiKey }: OryTarget, logger: Logger): void {
  if (apiKey === undefined || url.protocol === 'https:' || isLoopback(url.hostname)) return
  logger.warn(
    `The API key (ORY_PROJECT_API_KEY) goes to ${url.host} over plain http, for everybody on the way to read: give an https:// address.`,
  )
}

/** Its address is another one at every start, and a backend wants to be told once whom to believe. */
const EMULATOR_ISSUER = 'http://emulator.localhost'

interface Ingredients {
  readonly options: ResolvedOptions
  readonly context: HostContext
  readonly keys: Keys
  /** Whose key signs; undefined where the Ory has to be asked. */
  readonly kind: KeyKind | undefined
  /** The tokens' `iss`. */
  readonly issuer: string
  readonly target: OryTarget
  readonly emulator?: Emulator
}

/** What stages share and `close` has to end. */
interface Machinery {
  readonly insight: Insight
  readonly client: OryClient
  readonly breaker: Breaker
  readonly sessions: SessionLookup
  readonly minter: Minter
  readonly key: () => Promise<SigningKey>
}

function build({ options, keys, kind, issuer, target }: Ingredients): Machinery {
  const client = createOryClient(target.url)
  const breaker = createBreaker(client, options.logger)
  const warn = (message: string): void => options.logger.warn(message)
  const ttl = options.sessionCache * 1000
  const asked = { whoami: whoamiFor(options, client, warn) }
  const sessions = createSessionLookup({ client: asked, breaker, ttl, now: Date.now, warn })
  const key = keyFor(keys, client, kind)
  const minter = createMinter(key, issuer, Date.now)
  return { client, breaker, sessions, minter, key, insight: createInsight(client, options.logger) }
}

function partsOf(
  { options, context, target, emulator }: Ingredients,
  machinery: Machinery,
  home: Parts['home'],
): Parts {
  const { client, sessions, minter, key, insight } = machinery
  const bearer = bearerFor(options, minter.bearer)
  const { tunnelFor } = context
  const explain = createExplainer(options)
  const warnOfOrigin = createOriginWarning(options)
  const oryShares = (): boolean => emulator?.sharesAnswers === true
  return {
    ...options,
    framesBodies: context.framesBodies === true,
    home,
    warn: message => options.logger.warn(message),
    host: {
      ...options,
      allowedHosts: context.allowedHosts === true || [
        ...options.allowedHosts,
        ...(context.allowedHosts ?? []),
      ],
    },
    cors: {
      ...options,
      oryShares,
      allowedCorsOrigins: [...(tunnelFor === undefined ? [] : [tunnelFor]), ...options.allowedCorsOrigins],
    },
    proxy: {
      ...options,
      client,
      ory: target.url,
      mount: tunnelFor === undefined ? MOUNT : '',
      defaultRedirectUrl: options.defaultRedirectUrl ?? tunnelFor,
      apiKey: target.apiKey,
      explain: explain?.answer,
      oryShares,
      listen: insight.listen,
      observe: insight.answered,
      // To a real Ory, who has no namespaces, a header of that name is a client's word and no more.
      onChange: namespace => sessions.flush(emulator && namespace),
    },
    jwks: async () => jwksText(await key()),
    sessions,
    bearer,
    tools: insight.tools({
      sessions,
      bearer: options.jwt ? bearer : undefined,
      ory: { url: emulator ? 'emulator' : target.url.origin, why: target.why },
      isEmulator: emulator !== undefined,
      panel: options.panel,
    }),
    ...(options.panel && { badge: badgeStage() }),
    explain(x, reason) {
      insight.identified(x, reason)
      context.explain?.(x, reason)
      explain?.identity(x, reason)
      if (reason === 'another origin') warnOfOrigin(x)
    },
    onError: (x, error) => report(x, error, options.logger),
  }
}

function assemble(ingredients: Ingredients): Ory {
  const { options, context, target, emulator } = ingredients
  const machinery = build(ingredients)
  let home: Parts['home'] = () => undefined
  const parts = partsOf(ingredients, machinery, () => home())
  const { insight } = machinery
  const stages = requestStages(parts)
  const middleware = insight.watch(context.tunnelFor === undefined ? stages : atRoot(stages))
  const gate = insight.watchHandshake(handshakeStages(parts))
  let isClosed = false
  const ends: (() => void)[] = []
  // Gates stay where they are: a server that outlives us would pass on whatever Authorization a client wrote.
  const handshake: Ory['handshake'] = async x => {
    if (isClosed) throw new OryProxyError('ORY_PROXY_CLOSED', 'Nobody is here any more to say who asks.')
    await gate(x)
  }
  return {
    middleware,
    handshake,
    announcedAt(address) {
      home = address
      const url = address()
      const mode = emulator ? 'emulator' : 'ory'
      if (url !== undefined) ends.push(noteRunning(context.root, { pid: process.pid, url, mode }))
    },
    gateUpgrades(server, isHmr = () => false) {
      return gateServer(server, { prepare: handshake, isHmr })
    },
    watchPage: insight.watchPage,
    target,
    issuer: ingredients.issuer,
    options,
    emulator: emulator && { people: emulator.people, adminUrl: emulator.adminUrl },
    counters: () => countersOf(machinery),
    beforeClose: run => void ends.push(run),
    async close() {
      isClosed = true
      for (const end of ends) end()
      machinery.breaker.close()
      machinery.client.close()
      await target.release?.()
      await emulator?.close()
    },
  }
}

function countersOf({ client, minter, sessions }: Machinery): Counters {
  const { hits, remembered } = sessions.counters
  return { ...client.counters, signatures: minter.signatures, cacheHits: hits, remembered }
}

/** Refusals are the client's business; what is not ours to explain goes to the log. */
function report({ req }: Exchange, error: unknown, logger: Logger): void {
  const where = `${req.method} ${printable(req.url?.split('?', 1)[0] ?? '')}`
  if (!(error instanceof OryProxyError)) logger.error(`${where}: ${printable(String(error))}`)
  else if (error.status >= 500) logger.warn(`${where}: ${error.message}`)
  else logger.debug(`${where}: ${error.message}`)
}
