import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Exchange } from '../../middleware/pipeline.js'
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

/** Kept on the request itself: to look each one up in a table is dear for what is forgotten at once. */
const WHO = Symbol('who')

type Watched = IncomingMessage & { [WHO]?: string }

export function createWatch({ passed }: Terminal): Watch {
  if (!passed) return { request() {}, identified() {}, upgraded() {} }
  return {
    request(req: Watched, res) {
      const start = performance.now()
      const path = pathOf(req) // now: later stages may change the address
      res.on('close', () => {
        passed({
          at: Date.now(),
          method: req.method ?? '',
          path,
          status: res.statusCode,
          ms: performance.now() - start,
          who: req[WHO],
          asset: isAsset(req, path),
          cut: isCut(res),
        })
      })
    },
    identified({ req, identified }) {
      if (identified) (req as Watched)[WHO] = identified.label
    },
    upgraded(req: Watched) {
      const line = { method: 'WS', path: pathOf(req), who: req[WHO], asset: false, cut: false }
      passed({ ...line, at: Date.now(), status: 101, ms: 0 })
    },
  }
}

function pathOf({ url = '' }: IncomingMessage): string {
  const end = url.indexOf('?')
  return end < 0 ? url : url.slice(0, end)
}

/** Whether the answer was not sent to its end; over HTTP/2, `writableFinished` is true of what was broken off too. */
function isCut(res: ServerResponse): boolean {
  const { stream } = res as { stream?: { readonly aborted: boolean; readonly rstCode: number } }
  return stream ? stream.aborted || stream.rstCode !== 0 : !res.writableFinished
}
