/** What a person or a script reads: banner, request lines, JSON lines, help. */
import { createColors } from 'picocolors'
import type { Logger } from '../../log.js'
import { printable } from '../../log.js'
import { createLineWriter } from './line-writer.js'
import type { Passed, Terminal } from './report.js'

type Colors = ReturnType<typeof createColors>

/** After this long without a request, a count of assets is shown. */
const COUNTS_PAUSE = 1000

/** Lines for people, on standard error: colours only where somebody sees them (no-color.org). */
export function createTerminal({ quiet, debug }: { quiet: boolean; debug: boolean }): Terminal {
  const { isTTY } = process.stderr
  const { NO_COLOR, TERM } = process.env
  const colors = createColors(isTTY === true && !NO_COLOR && TERM !== 'dumb')
  const writer = createLineWriter(process.stderr)
  const requests = createRequestLines(writer.line, colors)
  const say = (paint: (text: string) => string) => (message: string) => {
    requests.flush()
    writer.line(paint(message))
  }
  const nothing = (): void => {}
  const logger: Logger = {
    info: quiet ? nothing : say(text => text),
    warn: quiet ? nothing : say(colors.yellow),
    error: say(colors.red),
    debug: debug && !quiet ? say(colors.dim) : nothing,
  }
  return {
    logger,
    started: quiet ? nothing : ({ banner }) => writer.line(banner(colors)),
    ...(!quiet && { passed: requests.passed }),
    close() {
      requests.flush()
      writer.flush()
    },
  }
}

/** Requests that went well and have a line of their own, a second; nobody reads more. */
const LINES = 200

/** `12:01:07 GET /todos 200 4 ms ada@example.com`; assets, and what a load test sends, only as a count. */
export function createRequestLines(
  line: (text: string) => void,
  colors: Colors = createColors(false),
): { passed(request: Passed): void; flush(): void } {
  let assets = 0
  let more = 0
  let timer: NodeJS.Timeout | undefined
  const hasRoom = createRoom(LINES)
  const sum = (count: number, what: string): void => {
    if (count > 0) line(colors.dim(`${clock(Date.now())} ${count} ${what}${count === 1 ? '' : 's'}`))
  }
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    sum(assets, 'asset')
    sum(more, 'more request')
    assets = 0
    more = 0
  }
  const flushSoon = (): void => {
    timer ??= setTimeout(flush, COUNTS_PAUSE).unref()
  }
  return {
    flush,
    passed(request) {
      const isFine = request.status < 400
      if (isFine && request.asset) {
        assets++
        return flushSoon()
      }
      if (isFine && !request.cut && !hasRoom(request.at)) {
        more++
        return flushSoon()
      }
      flush()
      line(requestLine(request, colors))
    },
  }
}

/** So many in each second. */
function createRoom(most: number): (at: number) => boolean {
  let second = 0
  let taken = 0
  return at => {
    const now = Math.floor(at / 1000)
    taken = now === second ? taken + 1 : 1
    second = now
    return taken <= most
  }
}

function requestLine({ at, method, path, status, ms, who, cut }: Passed, colors: Colors): string {
  const paint = status >= 500 ? colors.red : status >= 400 ? colors.yellow : colors.green
  const took = `${ms < 10 ? Math.max(0, Math.round(ms * 10) / 10) : Math.round(ms)} ms`
  const parts = [colors.dim(clock(at)), method, printable(path), paint(String(status)), colors.dim(took)]
  if (who !== undefined) parts.push(colors.cyan(printable(who, 80)))
  if (cut) parts.push(colors.yellow('broken off'))
  return parts.join(' ')
}

let clockSecond = 0
let clockText = ''

/** The time of day as the person's clock shows it; worked out once a second. */
function clock(at: number): string {
  const second = Math.floor(at / 1000)
  if (second !== clockSecond) clockText = new Date(at).toTimeString().slice(0, 8)
  clockSecond = second
  return clockText
}
