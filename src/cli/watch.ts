import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Exchange } from '../middleware/pipeline.js'
import { isAsset } from './assets.js'
import type { Terminal } from './report.js'

/** Sees every request to its end, for the request lines. */
export interface Watch {
  request(req: IncomingMessage, res: ServerResponse): void
  /** Told by the session stage who a request is from. */
  readonly identified: (x: Exchange) => void
  /** A WebSocket that was let through. */
  upgraded(req: IncomingMessage): void
}

export function createWatch(terminal: Terminal): Watch {
  const people = new WeakMap<IncomingMessage, string>()
  return {
    request: watch,
    identified({ req, identified }) {
      if (identified) people.set(req, identified.label)
    },
    upgraded(req) {
      const line = { method: 'WS', path: pathOf(req), who: people.get(req), asset: false, cut: false }
      terminal.passed({ ...line, at: new Date(), status: 101, ms: 0 })
    },
  }

  function watch(req: IncomingMessage, res: ServerResponse): void {
    const start = performance.now()
    const path = pathOf(req) // now: later stages may change the address
    res.once('close', () => {
      const { method = '' } = req
      terminal.passed({
        at: new Date(),
        method,
        path,
        status: res.statusCode,
        ms: performance.now() - start,
        who: people.get(req),
        asset: isAsset(req, path),
        cut: !res.writableFinished,
      })
    })
  }
}

const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0]!
