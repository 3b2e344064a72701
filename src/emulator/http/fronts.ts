/** Where people see us: the dev servers that forward to us. */
import { isLoopback } from '../../common/loopback.js'

/** Of the origins that people have seen us at, those that still count. */
const MAX_FRONTS = 20

/** A dev server may have many addresses, and be restarted. */
export class Fronts {
  readonly #kept: Set<string>
  readonly #app: string | undefined

  /** @param app an app's own origin, which counts from the start and always */
  constructor(app?: string) {
    this.#app = app
    this.#kept = new Set(app === undefined ? [] : [app])
  }

  /** Those that count for everybody. */
  get kept(): ReadonlySet<string> {
    return this.#kept
  }

  /**
   * Those that count for a request that `front` forwarded.
   *
   * Its own counts for itself whatever it is. For everybody only a name of this machine does, or what the
   * configuration names: a Host is written by whoever asks, and one request must not open a way for all.
   *
   * @param isNamed whether the configuration names an origin
   */
  seen(front: string, isNamed: (origin: string) => boolean): ReadonlySet<string> {
    if (!URL.canParse(front)) return this.#kept
    const { origin, hostname } = new URL(front)
    if (!isLoopback(hostname) && !isNamed(origin)) return new Set([...this.#kept, origin])
    this.#kept.delete(origin)
    this.#kept.add(origin) // as the newest
    const [oldest = ''] = [...this.#kept].filter(one => one !== this.#app)
    if (this.#kept.size > MAX_FRONTS) this.#kept.delete(oldest)
    return this.#kept
  }
}
