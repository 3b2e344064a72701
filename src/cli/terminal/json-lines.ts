import type { Logger } from '../../log.js'
import { createLineWriter } from './line-writer.js'
import type { Terminal } from './report.js'

/** One JSON object a line on standard output, for scripts: `started`, `request`, `log`. */
export function createJsonLines({ debug }: { debug: boolean }): Terminal {
  const writer = createLineWriter(process.stdout)
  const write = (value: object): void => writer.line(JSON.stringify(value))
  const log = (level: string) => (message: string) =>
    write({ type: 'log', level, time: new Date().toISOString(), message: message.trim() })
  const logger: Logger = {
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    debug: debug ? log('debug') : () => {},
  }
  return {
    logger,
    started({ facts }) {
      write({ type: 'started', ...facts })
      writer.flush()
    },
    passed({ at, method, path, status, ms, who, cut }) {
      const rounded = Math.round(ms * 1000) / 1000
      write({
        type: 'request',
        time: new Date(at).toISOString(),
        method,
        path,
        status,
        ms: rounded,
        who: who ?? null,
        cut,
      })
    },
    close: () => writer.flush(),
  }
}
