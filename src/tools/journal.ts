import type { IncomingMessage, ServerResponse } from 'node:http'
import { namespaceIn } from '../common/namespace.js'
import { withoutValues } from '../common/without-values.js'
import { printable } from '../log.js'
import { belowMount } from '../middleware/mount.js'
import type { Exchange, Middleware, Reason } from '../middleware/pipeline.js'

/** Requests remembered. */
const SIZE = 500

/** One request that was answered. */
export interface Entry {
  /** Counts up from 1. */
  readonly id: number
  /** When it came, as ISO time. */
  readonly at: string
  readonly method: string
  /** With the names of its parameters and without their values. */
  readonly path: string
  readonly status: number
  readonly ms: number
  /** The address of the person; null is nobody. */
  readonly who: string | null
  readonly why: Why
  /** The test's state that it was in; left out for the default one. */
  readonly namespace?: string
}

/** Why it was from whom it was: as the session stage found, or because nobody looked. */
export type Why = Reason | 'for Ory' | 'not asked'

/** The last requests, who they were from, and who is waiting for an answer of the app. */
export interface Journal {
  watch(middleware: Middleware): Middleware
  identified(x: Exchange, reason: Reason): void
  /** A WebSocket handshake that passed, or what refused it. */
  handshake(req: IncomingMessage, status: number): void
  /** Oldest first. */
  list(after?: number): Entry[]
  /** As soon as there is one, or after the time. */
  wait(after: number, ms: number): Promise<Entry[]>
  open(): { readonly anonymous: number; readonly signedIn: number }
}

const NOTE = Symbol('journal')

/** An entry before anybody wants to read it. */
type Kept = Omit<Entry, 'at' | 'namespace'> & { readonly at: number; readonly namespace: string | undefined }

interface Note {
  who: string | null
  why: Why
  /** Past the session stage: the app is at it. */
  withApp: boolean
  /** Read before the emulator or a stage takes it off. */
  readonly namespace: string | undefined
}

const noteOf = ({ headers }: IncomingMessage, why: Why): Note => ({
  who: null,
  why,
  withApp: false,
  namespace: namespaceIn(headers),
})

type Noted = IncomingMessage & { [NOTE]?: Note }

export function createJournal(): Journal {
  const ring: Kept[] = []
  const waiting = new Set<() => void>()
  const open = { anonymous: 0, signedIn: 0 }
  let last = 0

  function list(after = 0): Entry[] {
    const first = Math.max(after, last - SIZE)
    return Array.from({ length: Math.max(0, last - first) }, (_, i) => entryOf(ring[(first + i) % SIZE]!))
  }

  function finish(method: string, path: string, status: number, ms: number, note: Note): void {
    if (note.withApp) open[note.who === null ? 'anonymous' : 'signedIn']--
    const { who, why, namespace } = note
    const at = Date.now() - ms
    path = printable(withoutValues(path)) // now: what is kept has a bound, and no secrets
    ring[last % SIZE] = { id: ++last, at, method, path, status, ms, who, why, namespace }
    if (waiting.size > 0) for (const wake of waiting) wake()
  }

  return {
    watch: middleware => (req: Noted, res: ServerResponse, next) => {
      const { url = '', method = '' } = req // now: later stages may change them
      const below = belowMount(url)
      if (below === null || !OURS.test(below)) {
        const start = performance.now()
        const note = noteOf(req, below === null ? 'not asked' : 'for Ory')
        req[NOTE] = note
        res.on('close', () => finish(method, url, res.statusCode, performance.now() - start, note))
      }
      middleware(req, res, next)
    },
    identified({ req, identified }, reason) {
      const noted = req as Noted
      noted[NOTE] ??= noteOf(req, reason)
      const note = noted[NOTE]
      note.who = identified ? printable(identified.label, 100) : null
      note.why = reason
      if (req.headers.upgrade !== undefined) return
      note.withApp = true
      open[note.who === null ? 'anonymous' : 'signedIn']++
    },
    handshake(req: Noted, status) {
      finish('WS', req.url ?? '', status, 0, req[NOTE] ?? noteOf(req, 'not asked'))
    },
    list,
    wait: (after, ms) =>
      new Promise(resolve => {
        const done = (): void => {
          clearTimeout(timer)
          waiting.delete(done)
          resolve(list(after))
        }
        const timer = setTimeout(done, ms).unref()
        if (last > after) done()
        else waiting.add(done)
      }),
    open: () => open,
  }
}

const entryOf = ({ namespace, ...kept }: Kept): Entry => ({
  ...kept,
  ...(namespace !== undefined && { namespace: printable(namespace, 64) }),
  at: new Date(kept.at).toISOString(),
  ms: Math.round(kept.ms * 10) / 10,
})

/** The tools' own requests are not what anybody looks for. */
const OURS = /^\/dev(?:[/?]|$)/
