import type { Writable } from 'node:stream'

/** Milliseconds for which lines are gathered: one write for many requests. */
const GATHER = 50

/** Writes lines in their order, several at once; what is left is written when the process ends. */
export function createLineWriter(stream: Writable): { line(text: string): void; flush(): void } {
  let pending: string[] = []
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (pending.length === 0) return
    const text = pending.join('\n')
    pending = []
    stream.write(`${text}\n`)
  }
  process.once('exit', flush)
  return {
    flush,
    line(text) {
      pending.push(text)
      timer ??= setTimeout(flush, GATHER).unref()
    },
  }
}
