/** Milliseconds between two looks at the clock; what is more between them, this process was kept from running. */
const TICK = 100

/** What is to happen, and when. */
interface Alarm {
  readonly due: number
  readonly ring: () => void
}

const alarms = new Set<Alarm>()
/** Milliseconds this process ran, as far as somebody waited. */
let awake = 0
let lastTick = 0
let ticking: NodeJS.Timeout | undefined

/**
 * A time-out that counts only the time in which this process ran: where a bundler kept it busy, or the machine had no
 * turn for it, an answer may lie there unread, and whoever waits for it is not to blame the other side.
 *
 * @param deadline milliseconds
 * @returns takes it back
 */
export function ringAfter(deadline: number, ring: () => void): () => void {
  if (!ticking) {
    lastTick = performance.now()
    ticking = setInterval(tick, TICK)
  }
  const sinceTick = Math.min(performance.now() - lastTick, TICK)
  const alarm = { due: awake + sinceTick + deadline, ring }
  alarms.add(alarm)
  return () => {
    alarms.delete(alarm)
  }
}

function tick(): void {
  const now = performance.now()
  awake += Math.min(now - lastTick, TICK)
  lastTick = now
  if (alarms.size > 0) return void setImmediate(ringDue) // what has arrived is read first
  clearInterval(ticking)
  ticking = undefined
}

function ringDue(): void {
  for (const alarm of alarms) {
    if (alarm.due > awake) continue
    alarms.delete(alarm)
    alarm.ring()
  }
}
