// The load generator: a process of its own, plain sockets, one request at a time on each connection. Far cheaper
// than node:http, so that what is measured is the side and not this; every answer is compared to what is expected.
import { connect } from 'node:net'

process.on('message', async message => {
  if (message.load) process.send(await load(message.load))
})
process.send({ url: '' })

/**
 * @param job `url`, `connections`, `requests` or `seconds`, `cookie` (with `{user}`: one of `users` after the other,
 *   counted on from `from`, each for `burst` requests), and `expect`, the body of every right answer (`{user}` too);
 *   `ahead`: milliseconds for which all connections lie open, each with one answer, before any is measured
 */
async function load(job) {
  const run = { job, sent: 0, latencies: [], wrong: 0, example: undefined, ahead: openedAhead(job) }
  let started = performance.now()
  void run.ahead?.open.then(() => {
    started = performance.now()
  })
  run.until = job.seconds ? started + job.seconds * 1000 : Number.POSITIVE_INFINITY
  run.limit = job.requests ?? Number.POSITIVE_INFINITY
  await Promise.all(Array.from({ length: job.connections }, () => oneConnection(run)))
  const { latencies, wrong, example } = run
  const sorted = Float64Array.from(latencies).sort()
  const at = share => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  const seconds = (performance.now() - started) / 1000
  const rate = latencies.length / seconds
  return {
    requests: latencies.length,
    seconds,
    rate,
    p50: at(0.5),
    p99: at(0.99),
    max: at(1),
    wrong,
    example,
  }
}

/** Told of each connection; `open` once all have lain there for a while. */
function openedAhead({ ahead, connections }) {
  if (ahead === undefined) return undefined
  let missing = connections
  let tell
  const open = new Promise(resolve => {
    tell = resolve
  })
  const opened = () => {
    if (--missing === 0) setTimeout(tell, ahead)
    return open
  }
  return { open, opened }
}

function oneConnection(run) {
  const { url, cookie, path = '/', users = 0, burst = 1, from = 0, expect } = run.job
  const { hostname, port, host } = new URL(url)
  const request = user =>
    Buffer.from(
      `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: */*\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\nAccept-Encoding: gzip, deflate, br\r\nAccept-Language: en-US,en;q=0.9\r\n` +
        `${cookie ? `Cookie: ${cookie.replace('{user}', user)}\r\n` : ''}\r\n`,
    )
  const always = users ? undefined : request('')
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname).setNoDelay()
    let user = ''
    let sentAt = 0
    let received = null
    let isLast = false
    let isAhead = run.ahead !== undefined
    const next = () => {
      if (run.sent >= run.limit || performance.now() >= run.until) return socket.end()
      if (users) user = String((from + Math.floor(run.sent / burst)) % users)
      run.sent++
      const bytes = always ?? request(user)
      sentAt = performance.now()
      socket.write(bytes)
    }
    socket.on('data', chunk => {
      received = received === null ? chunk : Buffer.concat([received, chunk])
      const body = wholeBody(received)
      if (body === undefined) return
      run.latencies.push(performance.now() - sentAt)
      if (body !== expect.replace('{user}', user)) {
        run.wrong++
        run.example ??= received.toString('latin1', 0, 300)
      }
      // nginx ends a connection after a thousand requests.
      isLast = received.includes('\r\nConnection: close\r\n')
      received = null
      if (isLast) return socket.end()
      if (isAhead) {
        isAhead = false
        run.latencies.pop()
        return void run.ahead.opened().then(next)
      }
      next()
    })
    socket.on('connect', () => {
      if (!isAhead) return next()
      user = String(from % users)
      socket.write(request(user))
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(isLast ? oneConnection(run) : undefined))
  })
}

/** The body of a whole answer with status 200, '' of another status, undefined while more is to come. */
function wholeBody(bytes) {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = bytes.latin1Slice(0, end)
  const length = /\r\ncontent-length: (\d+)/i.exec(head)
  if (!length) throw new Error(`an answer without Content-Length:\n${head}`)
  if (bytes.length < end + 4 + Number(length[1])) return undefined
  return head.startsWith('HTTP/1.1 200') ? bytes.latin1Slice(end + 4) : ''
}
