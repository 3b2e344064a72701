/** Other servers whose pages the configuration names, and whether they are there. */
import { connect } from 'node:net'
import { lookupLoopback } from '../../common/loopback.js'
import type { Logger } from '../../log.js'
import type { FrontEnd } from '../config/urls.js'

/** Milliseconds for which an answer is believed. */
const FRESH_MS = 1000
/** This machine answers at once or not at all. */
const PATIENCE_MS = 250

interface Seen {
  isUp: boolean
  until: number
  asking?: Promise<void> | undefined
}

export class FrontEnds {
  readonly #log: Logger
  readonly #seen = new Map<string, Seen>()
  readonly #told = new Set<string>()

  constructor(log: Logger) {
    this.#log = log
  }

  /** Asks those whose last answer is old; afterwards {@link isUp} knows. */
  async look(frontEnds: readonly FrontEnd[]): Promise<void> {
    const now = Date.now()
    await Promise.all(frontEnds.filter(one => one.isLocal).map(one => this.#ask(one, now)))
  }

  isUp(origin: string): boolean {
    return this.#seen.get(origin)?.isUp === true
  }

  /** A page that sends us people is there, even where only they can reach it. */
  noteSender(frontEnds: readonly FrontEnd[], address: string): void {
    if (!URL.canParse(address)) return
    const { origin } = new URL(address)
    if (frontEnds.some(one => one.isLocal && one.origin === origin)) {
      this.#seen.set(origin, { isUp: true, until: Date.now() + 10 * FRESH_MS })
    }
  }

  /** Why ours are shown instead; once for each. */
  tellAbsent({ origin, key, isLocal }: FrontEnd): void {
    if (this.#told.has(origin)) return
    this.#told.add(origin)
    const why = isLocal ? 'does not answer' : 'is another machine, which is not asked'
    this.#log.warn(`${origin} (${key}) ${why}: the built-in pages take its place`)
  }

  #ask(frontEnd: FrontEnd, now: number): Promise<void> | undefined {
    const known = this.#seen.get(frontEnd.origin)
    if (known?.asking) return known.asking
    if (known && known.until > now) return undefined
    const asking = answers(frontEnd.origin).then(isUp => {
      this.#seen.set(frontEnd.origin, { isUp, until: Date.now() + FRESH_MS })
    })
    this.#seen.set(frontEnd.origin, { isUp: known?.isUp ?? false, until: 0, asking })
    return asking
  }
}

/** Whether somebody listens there. Nothing is sent. */
function answers(origin: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(origin)
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || (protocol === 'https:' ? 443 : 80)),
    lookup: lookupLoopback,
    timeout: PATIENCE_MS,
  })
  return new Promise(resolve => {
    const end = (isUp: boolean) => (): void => {
      socket.destroy()
      resolve(isUp)
    }
    socket.once('connect', end(true)).once('timeout', end(false)).once('error', end(false))
  })
}
