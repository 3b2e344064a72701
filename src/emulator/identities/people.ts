/** The people of the seed in the emulator: planted at the start, and again whenever the seed changes. */
import { OryProxyError } from '../../errors.js'
import type { Core } from '../core.js'
import { Problem } from '../http/kratos-errors.js'
import type { Identity } from '../store/model.js'
import type { Seed, SeedIdentity } from '../store/seed.js'
import { Duplicate, InvalidTraits, insertIdentity } from './identities.js'
import { importIdentity } from './import-identity.js'

/** Somebody whose password is known in clear. */
export interface SignInHint {
  email: string
  password: string
}

/** What a seed became under one configuration: a thousand namespaces hash each of its passwords once. */
interface Grown {
  revision?: number
  people?: readonly Identity[]
}

export class People {
  #seed: Seed
  #grown: Grown

  constructor(seed: Seed, grown: Grown = {}) {
    this.#seed = seed
    this.#grown = grown
  }

  /** As the seed has them. */
  get seeded(): readonly SeedIdentity[] {
    return this.#seed.people
  }
  /** Whom one can sign in as with a password that the seed gives in clear. */
  get signIns(): SignInHint[] {
    return this.#seed.people.flatMap(signInOf)
  }
  /** Those that the seed gives in clear, by the id of whose they are. */
  get passwords(): Map<string, string | undefined> {
    return new Map(
      this.#seed.people.map(({ id, credentials }) => [id, credentials?.password?.config.password]),
    )
  }

  /** The same people for another state. */
  again(): People {
    return new People(this.#seed, this.#grown)
  }

  async plant(core: Core): Promise<void> {
    const { revision } = core
    const known = this.#grown.revision === revision ? this.#grown.people : undefined
    const people = known ?? (await this.#grow(core))
    for (const [i, person] of people.entries()) store(core, person, this.#seed, i)
    Object.assign(this.#grown, { revision, people })
  }

  async #grow(core: Core): Promise<Identity[]> {
    const seed = fitted(core, this.#seed)
    this.#seed = seed
    const people: Identity[] = []
    for (const [i, person] of seed.people.entries()) people.push(await build(core, seed, person, i))
    return people
  }

  /**
   * Takes over a changed seed: whoever is not in it any more goes, whoever changed is made anew, everybody
   * else stays as they are, those who signed up by hand included. All of it or nothing.
   *
   * @returns whether anything is different
   */
  async reseed(core: Core, given: Seed): Promise<boolean> {
    const seed = fitted(core, given)
    const before = new Map(this.#seed.people.map(person => [person.id, JSON.stringify(person)]))
    const changed = seed.people
      .map((person, i) => ({ person, i }))
      .filter(({ person }) => before.get(person.id) !== JSON.stringify(person))
    const built: [Identity, number][] = []
    for (const { person, i } of changed) built.push([await build(core, seed, person, i), i])
    const kept = new Set(seed.people.map(person => person.id))
    const gone = [...before.keys()].filter(id => !kept.has(id))
    const backup = core.state.snapshot()
    try {
      for (const id of gone) core.state.deleteIdentity(id)
      for (const [{ id }] of built) release(core, id)
      for (const [identity, i] of built) store(core, identity, seed, i)
    } catch (error) {
      core.state.restore(backup)
      throw error
    }
    this.#seed = seed
    this.#grown = {}
    return built.length > 0 || gone.length > 0
  }
}

function fitted(core: Core, seed: Seed): Seed {
  return seed.optional ? { ...seed, people: seed.people.flatMap(person => fitting(core, person)) } : seed
}

/** People nobody asked for are as much of themselves as the identity schema allows, or not there. */
function fitting(core: Core, person: SeedIdentity): SeedIdentity[] {
  const schema = core.schema(core.config.identity.default_schema_id)
  const { email = null } = person.traits
  const traits = [person.traits, { email }].find(candidate => schema && !schema.check(candidate))
  return traits ? [{ ...person, traits }] : []
}

async function build(core: Core, seed: Seed, person: SeedIdentity, index: number): Promise<Identity> {
  try {
    return await importIdentity(core, person)
  } catch (error) {
    throw explain(error, seed, index)
  }
}

/** Sets free what somebody is found by, so that two people can swap their addresses. The sessions stay. */
function release(core: Core, id: string): void {
  const identity = core.state.identity(id)
  if (!identity) return
  core.state.putIdentity({ ...identity, credentials: {}, verifiable_addresses: [], recovery_addresses: [] })
}

function store(core: Core, identity: Identity, seed: Seed, index: number): void {
  try {
    insertIdentity(core, identity)
  } catch (error) {
    throw explain(error, seed, index)
  }
}

function explain(error: unknown, seed: Seed, index: number): unknown {
  if (error instanceof InvalidTraits) {
    const [first] = error.issues
    return seed.problem(index, first ? `${first.name}: ${first.text.text}` : error.reason)
  }
  if (error instanceof Duplicate)
    return seed.problem(index, 'somebody else has this address or identifier already')
  if (error instanceof Problem) return seed.problem(index, error.reason || error.message)
  return error instanceof OryProxyError ? error : seed.problem(index, String(error))
}

function signInOf({ traits, credentials }: SeedIdentity): SignInHint[] {
  const email = traits['email']
  const password = credentials?.password?.config.password
  return typeof email === 'string' && password !== undefined ? [{ email, password }] : []
}
