/** Everything the emulator remembers, in memory. Whoever reads gets a copy: only `put` changes something. */
import type { Flow } from '../flows/types.js'
import type {
  Continuation,
  CourierMessage,
  CredentialsType,
  Identity,
  OneTimeCode,
  Session,
  StoredError,
  TokenExchange,
} from './model.js'

/**
 * How much is kept at most; the oldest go first. A test run that makes 100,000 flows must not eat the
 * developer's memory, and nobody comes back to a flow that 10,000 newer ones followed.
 */
export const LIMITS = {
  flows: 10_000,
  sessions: 20_000,
  messages: 1_000,
  errors: 1_000,
  others: 1_000,
} as const

const identifierKey = (type: string, identifier: string): string => `${type}\n${identifier}`

/** A flow, and when it ends beside it: whoever sweeps thousands of them away reads none. */
interface KeptFlow {
  readonly text: string
  readonly expiresAt: string
}

export class State {
  readonly #identities = new Map<string, Identity>()
  readonly #byIdentifier = new Map<string, string>()
  readonly #byAddress = new Map<string, string>()
  readonly #sessions = new Map<string, Session>()
  readonly #byToken = new Map<string, string>()
  readonly #byIdentity = new Map<string, Set<string>>()
  /** As text: a tenth of the memory of objects, and reading one is making a copy. */
  readonly #flows = new Map<string, KeptFlow>()
  readonly #codes = new Map<string, OneTimeCode[]>()
  readonly messages: CourierMessage[] = []
  readonly errors: Map<string, StoredError> = new Map()
  readonly exchanges: Map<string, TokenExchange> = new Map()
  readonly continuations: Map<string, Continuation> = new Map()

  identity(id: string): Identity | undefined {
    return clone(this.#identities.get(id))
  }
  /** Oldest first. */
  identities(): Identity[] {
    return [...this.#identities.values()].map(identity => structuredClone(identity))
  }
  identityByIdentifier(type: CredentialsType, identifier: string): Identity | undefined {
    const id = this.#byIdentifier.get(identifierKey(type, identifier))
    return id === undefined ? undefined : this.identity(id)
  }
  identityByAddress(kind: 'verifiable' | 'recovery', via: string, value: string): Identity | undefined {
    const id = this.#byAddress.get(identifierKey(`${kind} ${via}`, value))
    return id === undefined ? undefined : this.identity(id)
  }
  /** Stores an identity. Its identifiers must be free: see {@link State.conflict}. */
  putIdentity(identity: Identity): void {
    this.#unindex(identity.id)
    this.#identities.set(identity.id, structuredClone(identity))
    for (const key of credentialKeys(identity)) this.#byIdentifier.set(key, identity.id)
    for (const key of addressKeys(identity)) this.#byAddress.set(key, identity.id)
  }
  /** The first identifier or address of this identity that belongs to another one. */
  conflict(identity: Identity): { owner: Identity; value: string; kind: string } | undefined {
    const taken = (index: Map<string, string>, keys: string[]): string | undefined =>
      keys.find(key => (index.get(key) ?? identity.id) !== identity.id)
    const byCredential = taken(this.#byIdentifier, credentialKeys(identity))
    const key = byCredential ?? taken(this.#byAddress, addressKeys(identity))
    if (key === undefined) return undefined
    const owner = this.identity((byCredential ? this.#byIdentifier : this.#byAddress).get(key) ?? '')
    const [kind = '', value = ''] = key.split('\n')
    return owner && { owner, value, kind }
  }
  deleteIdentity(id: string): boolean {
    this.#unindex(id)
    for (const session of this.sessionsOf(id)) this.deleteSession(session.id)
    return this.#identities.delete(id)
  }
  #unindex(id: string): void {
    const old = this.#identities.get(id)
    if (!old) return
    for (const key of credentialKeys(old))
      if (this.#byIdentifier.get(key) === id) this.#byIdentifier.delete(key)
    for (const key of addressKeys(old)) if (this.#byAddress.get(key) === id) this.#byAddress.delete(key)
  }

  session(id: string): Session | undefined {
    return clone(this.#sessions.get(id))
  }
  sessions(): Session[] {
    return [...this.#sessions.values()].map(session => structuredClone(session))
  }
  sessionByToken(token: string): Session | undefined {
    const id = this.#byToken.get(token)
    return id === undefined ? undefined : this.session(id)
  }
  /** Newest first. */
  sessionsOf(identityId: string): Session[] {
    const ids = [...(this.#byIdentity.get(identityId) ?? [])].reverse()
    return ids.flatMap(id => this.session(id) ?? [])
  }
  putSession(session: Session): void {
    this.#sessions.set(session.id, structuredClone(session))
    this.#byToken.set(session.token, session.id)
    const ids = this.#byIdentity.get(session.identity_id) ?? new Set()
    this.#byIdentity.set(session.identity_id, ids.add(session.id))
    const oldest = this.#sessions.keys().next().value
    if (this.#sessions.size > LIMITS.sessions && oldest !== undefined) this.deleteSession(oldest)
  }
  deleteSession(id: string): boolean {
    const session = this.#sessions.get(id)
    if (!session) return false
    this.#byToken.delete(session.token)
    const ids = this.#byIdentity.get(session.identity_id)
    ids?.delete(id)
    if (ids?.size === 0) this.#byIdentity.delete(session.identity_id)
    return this.#sessions.delete(id)
  }

  flow(id: string): Flow | undefined {
    const kept = this.#flows.get(id)
    return kept && (JSON.parse(kept.text) as Flow)
  }
  putFlow(flow: Flow): void {
    this.#flows.set(flow.id, { text: JSON.stringify(flow), expiresAt: flow.expires_at })
    trim(this.#flows, LIMITS.flows, id => this.#codes.delete(id))
  }
  /** Forgets flows that expired before then; a while after expiry Kratos still says so. */
  dropFlowsBefore(expiry: string): void {
    for (const [id, { expiresAt }] of this.#flows) {
      if (expiresAt >= expiry) continue
      this.#flows.delete(id)
      this.#codes.delete(id)
    }
  }
  newestFlows(count: number): Flow[] {
    const newest = [...this.#flows.values()].slice(-count).reverse()
    return newest.map(({ text }) => JSON.parse(text) as Flow)
  }
  get flowCount(): number {
    return this.#flows.size
  }

  codesOf(flowId: string): OneTimeCode[] {
    return structuredClone(this.#codes.get(flowId) ?? [])
  }
  addCode(code: OneTimeCode): void {
    this.#codes.set(code.flow_id, [...this.codesOf(code.flow_id), code])
  }
  markCodeUsed(code: OneTimeCode): void {
    const codes = this.codesOf(code.flow_id)
    this.#codes.set(
      code.flow_id,
      codes.map(other => (other.id === code.id ? { ...other, used: true } : other)),
    )
  }
  deleteCodes(flowId: string): void {
    this.#codes.delete(flowId)
  }

  addMessage(message: CourierMessage): void {
    this.messages.unshift(message)
    this.messages.length = Math.min(this.messages.length, LIMITS.messages)
  }
  addError(error: StoredError): void {
    this.errors.set(error.id, error)
    trim(this.errors, LIMITS.errors)
  }
  addExchange(exchange: TokenExchange): void {
    this.exchanges.set(exchange.flow_id, exchange)
    trim(this.exchanges, LIMITS.others)
  }
  addContinuation(continuation: Continuation): void {
    this.continuations.set(continuation.id, continuation)
    trim(this.continuations, LIMITS.others)
  }

  /** All of it, as plain JSON; the same state gives the same text. */
  snapshot(): Snapshot {
    return {
      identities: this.identities(),
      sessions: this.sessions(),
      flows: [...this.#flows.values()].map(({ text }) => JSON.parse(text) as Flow),
      codes: [...this.#codes.values()].flat(),
      messages: structuredClone(this.messages),
      errors: [...this.errors.values()],
      exchanges: [...this.exchanges.values()],
      continuations: [...this.continuations.values()],
    }
  }
  /** Replaces all of it. */
  restore(snapshot: Snapshot): void {
    this.clear()
    for (const identity of snapshot.identities) this.putIdentity(identity)
    for (const session of snapshot.sessions) this.putSession(session)
    for (const flow of snapshot.flows) this.putFlow(flow)
    for (const code of snapshot.codes) this.addCode(code)
    this.messages.push(...structuredClone(snapshot.messages))
    for (const error of snapshot.errors) this.addError(error)
    for (const exchange of snapshot.exchanges) this.addExchange(exchange)
    for (const continuation of snapshot.continuations) this.addContinuation(continuation)
  }
  clear(): void {
    const maps = [this.#identities, this.#byIdentifier, this.#byAddress, this.#sessions, this.#byToken]
    for (const map of [...maps, this.#byIdentity, this.#flows, this.#codes]) map.clear()
    for (const map of [this.errors, this.exchanges, this.continuations]) map.clear()
    this.messages.length = 0
  }
}

/** {@link State.snapshot} */
export interface Snapshot {
  identities: Identity[]
  sessions: Session[]
  flows: Flow[]
  codes: OneTimeCode[]
  messages: CourierMessage[]
  errors: StoredError[]
  exchanges: TokenExchange[]
  continuations: Continuation[]
}

const clone = <T>(value: T | undefined): T | undefined =>
  value === undefined ? undefined : structuredClone(value)

/** Maps keep the order of insertion, so the first key is the oldest. */
function trim<T>(map: Map<string, T>, limit: number, dropped?: (key: string) => void): void {
  for (const key of map.keys()) {
    if (map.size <= limit) return
    map.delete(key)
    dropped?.(key)
  }
}

function credentialKeys(identity: Identity): string[] {
  return Object.values(identity.credentials)
    .sort((a, b) => (a.type < b.type ? -1 : 1))
    .flatMap(({ type, identifiers }) => identifiers.map(value => identifierKey(type, value)))
}

function addressKeys(identity: Identity): string[] {
  const verifiable = identity.verifiable_addresses.map(a => identifierKey(`verifiable ${a.via}`, a.value))
  const recovery = identity.recovery_addresses.map(a => identifierKey(`recovery ${a.via}`, a.value))
  return [...verifiable, ...recovery]
}
