/** One emulator, many states: a test has its own, so that tests run side by side and clean nothing up. */
import { randomUUID } from 'node:crypto'
import { DEFAULT_NAMESPACE } from '../common/namespace.js'
import type { Logger } from '../log.js'
import type { Core } from './core.js'
import type { CoreOwn } from './create-core.js'
import type { Namespace, NamespaceBook, NamespaceStart } from './dev/types.js'
import { Faults } from './http/faults.js'
import { badRequest, Problem } from './http/kratos-errors.js'
import { unknownNamespace } from './http/namespace-name.js'
import { People } from './identities/people.js'
import { Clock } from './store/clock.js'
import { openSeed } from './store/seed.js'
import type { State } from './store/state.js'

/** The longest unused goes when there are more; a run of thousands of tests needs no one to clean up. */
const MOST = 256

const NAME = /^[\w-]{1,64}$/

/** What they are made of. */
export interface NamespaceRules {
  readonly makeCore: (own: CoreOwn) => Core
  /** The machine's time in milliseconds. */
  readonly machine: () => number
  /** The people of the emulator's seed. */
  readonly people: People
  readonly log: Logger
}

export class Namespaces implements NamespaceBook {
  readonly default: Namespace
  readonly #rules: NamespaceRules
  /** In the order of their last use. */
  readonly #named = new Map<string, Namespace>()
  readonly #byState = new WeakMap<State, Namespace>()
  /** One for all of them, so that what is said once is said once; their mails would bury what the developer does. */
  readonly #log: Logger

  constructor(rules: NamespaceRules) {
    const { log, people } = rules
    this.#rules = rules
    this.#log = {
      debug: line => log.debug(line),
      info: line => log.debug(line),
      warn: line => log.warn(line),
      error: line => log.error(line),
    }
    this.default = this.#make(DEFAULT_NAMESPACE, people, log)
  }

  find(name: string | undefined): Namespace | undefined {
    if (name === undefined || name === DEFAULT_NAMESPACE) return this.default
    const found = this.#named.get(name)
    if (!found) return undefined
    found.usedAt = this.#rules.machine()
    this.#named.delete(name)
    this.#named.set(name, found) // as the newest
    return found
  }

  of(core: Core): Namespace {
    return this.#byState.get(core.state) ?? this.default
  }

  list(): Namespace[] {
    return [this.default, ...this.#named.values()]
  }

  async create({ name = randomUUID(), seed, from }: NamespaceStart): Promise<Namespace> {
    if (!NAME.test(name)) throw badRequest('"name" is up to 64 letters, digits, "-" and "_".')
    if (seed !== undefined && from !== undefined) throw badRequest('Say "seed" or "from", not both.')
    const source = from === undefined ? undefined : this.find(from)
    if (from !== undefined && !source) throw unknownNamespace(from)
    const people = seed === undefined ? (source ?? this.default).people.again() : await peopleOf(seed)
    const made = this.#make(name, people, this.#log)
    if (source) copy(source, made)
    else await people.plant(made.core)
    if (name === DEFAULT_NAMESPACE || this.#named.has(name)) throw taken(name)
    this.#named.set(name, made)
    this.#trim()
    return made
  }

  delete(name: string): boolean {
    return this.#named.delete(name)
  }

  #make(name: string, people: People, log: Logger): Namespace {
    const { makeCore, machine } = this.#rules
    const clock = new Clock(machine)
    const faults = new Faults()
    const core = makeCore({ namespace: name, clock, people, log })
    const reset = async (): Promise<void> => {
      clock.reset()
      faults.clear()
      core.state.clear()
      await people.plant(core)
    }
    const at = machine()
    const made = { name, core, clock, faults, people, reset, namespaces: this, createdAt: at, usedAt: at }
    this.#byState.set(core.state, made)
    return made
  }

  #trim(): void {
    const [oldest] = this.#named.keys()
    if (this.#named.size <= MOST || oldest === undefined) return
    this.#named.delete(oldest)
    this.#rules.log.warn(
      `namespace ${oldest} is gone: it was unused the longest, and there are at most ${MOST}`,
    )
  }
}

function copy(from: Namespace, to: Namespace): void {
  to.core.state.restore(from.core.state.snapshot())
  if (from.clock.offset !== 0) to.clock.set(from.clock.now())
  if (from.clock.frozen) to.clock.freeze()
}

async function peopleOf(seed: readonly object[]): Promise<People> {
  return new People(await openSeed(JSON.stringify(seed), 'seed'))
}

const taken = (name: string): Problem =>
  new Problem(409, { id: 'dev_namespace_exists', reason: `There is a namespace "${name}" already.` })
