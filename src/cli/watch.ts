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

export function createWatch({ passed }: Terminal): Watch {
  if (!passed) return { request() {}, identified() {}, upgraded() {} }
  const people = new WeakMap<IncomingMessage, string>()
  return {
    request(req, res) {
      const start = performance.now()
      const path = pathOf(req) // now: later stages may change the address
      res.once('close', () => {
        passed({
          at: new Date(),
          method: req.method ?? '',
          path,
          status: res.statusCode,
          ms: performance.now() - start,
          who: people.get(req),
          asset: isAsset(req, path),
          cut: !res.writableFinished,
        })
      })
    },
    identified({ req, identified }) {
      if (identified) people.set(req, identified.label)
    },
    upgraded(req) {
      const line = { method: 'WS', path: pathOf(req), who: people.get(req), asset: false, cut: false }
      passed({ ...line, at: new Date(), status: 101, ms: 0 })
    },
  }
}

const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0]!
