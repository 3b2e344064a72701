// Half an hour of everything at once: `npm run soak`, or two minutes of it with `-- --short`, or `-- --minutes 10`.
// Ends with 1 when memory grows, a connection stays open, a promise is left alone or an answer is somebody else's.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket, WebSocketServer } from 'ws'

const MINUTES = minutes(process.argv.slice(2))
const WARM_UP = 0.25 // of the time: caches fill, the compiler settles
const GROWTH_LIMIT_MIB = 40
const PEOPLE = 200

function minutes(args) {
  if (args.includes('--short')) return 2
  const given = args.indexOf('--minutes')
  return given < 0 ? 30 : Number(args[given + 1])
}

/** An Ory that knows some people, and now and then is slow, refuses or breaks off. */
async function startOry(people) {
  const server = http.createServer((req, res) => {
    req.resume()
    if (!req.url.startsWith('/sessions/whoami')) {
      res.setHeader('content-type', 'application/json')
      return res.end(
        JSON.stringify({ action: `http://${req.headers.host}${req.url}`, text: 'x'.repeat(2000) }),
      )
    }
    const chance = Math.random()
    if (chance < 0.001) return req.socket.destroy()
    if (chance < 0.002) return res.writeHead(500).end()
    const id = people.get(/session=([^;]+)/.exec(req.headers.cookie ?? '')?.[1])
    if (!id) return res.writeHead(401).end('{}')
    res.end(JSON.stringify({ active: true, identity: { id, traits: {} }, padding: 'x'.repeat(1000) }))
  })
  return listen(server)
}

/** An app that says who asked, streams, and breaks off. */
async function startApp() {
  const server = http.createServer((req, res) => {
    const [, what] = req.url.split('/')
    if (what === 'who') return res.end(subOf(req.headers.authorization))
    if (what === 'cut') return res.write('some') && res.destroy()
    if (what === 'stream') return stream(res, 50)
    req.resume().on('end', () => res.end('x'.repeat(50_000)))
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, req) => {
    socket.send(subOf(req.headers.authorization))
    socket.on('message', data => socket.send(String(data)))
  })
  return listen(server)
}

const subOf = authorization =>
  authorization ? JSON.parse(Buffer.from(authorization.split('.')[1], 'base64url')).sub : 'nobody'

function stream(res, left) {
  if (left === 0 || res.destroyed) return res.end()
  res.write(`data: ${left}\n\n`)
  setTimeout(stream, 5, res, left - 1)
}

function listen(server) {
  return new Promise(resolve => {
    server.listen(0, '127.0.0.1', () => resolve({ server, url: `http://127.0.0.1:${server.address().port}` }))
  })
}

function startProxy(app, ory) {
  const flags = ['--sdk-url', ory, '--port', '0', '--dont-install-cert', '--no-open', '--session-cache', '2']
  const child = spawn(process.execPath, ['dist/cli.js', 'local', app, ...flags])
  let output = ''
  return new Promise((resolve, reject) => {
    const hear = chunk => {
      output += chunk
      const url = /Open\s+(\S+)/.exec(output)?.[1]
      if (url) resolve({ child, url, output: () => output })
    }
    child.stdout.setEncoding('utf8').on('data', hear)
    child.stderr.setEncoding('utf8').on('data', hear)
    child.once('exit', code => reject(new Error(`ended with ${code}: ${output}`)))
  })
}

const tally = { requests: 0, overHttp2: 0, anonymous: 0, broken: 0, somebodyElse: 0, sockets: 0 }
const agent = new https.Agent({ keepAlive: true, maxSockets: 64, rejectUnauthorized: false })

/** Asks over HTTP/1.1. */
function get1(url, headers, { method = 'GET', body, leaveAfter } = {}) {
  return new Promise(resolve => {
    const req = https.request(url, { method, headers, agent }, res => {
      let text = ''
      res.setEncoding('utf8').on('data', chunk => {
        text += chunk
      })
      res.on('close', () => resolve(text))
      if (leaveAfter) req.destroy()
    })
    req.on('error', () => {
      tally.broken++
      resolve('')
    })
    req.end(body)
    tally.requests++
  })
}

/** Ends the connections of those who ask over HTTP/2. */
const closing = []

/** Asks over HTTP/2, on a connection for each worker; a connection is left now and then, with all that is on it. */
function createGet2(origin) {
  let session
  closing.push(() => session?.destroy())
  return function get2(url, headers, { method = 'GET', body, leaveAfter } = {}) {
    if (!session || session.closed || session.destroyed || Math.random() < 0.002) {
      session?.destroy()
      session = http2.connect(origin, { rejectUnauthorized: false }).on('error', () => {})
    }
    const path = url.slice(origin.length)
    return new Promise(resolve => {
      const stream = session.request({ ':method': method, ':path': path, ...headers }, { endStream: !body })
      let text = ''
      stream.setEncoding('utf8').on('data', chunk => {
        text += chunk
      })
      stream.on('response', () => leaveAfter && stream.close(http2.constants.NGHTTP2_CANCEL))
      stream.on('error', () => tally.broken++)
      stream.on('close', () => resolve(stream.rstCode === 0 ? text : ''))
      if (body) stream.end(body)
      tally.requests++
      tally.overHttp2++
    })
  }
}

/** What a worker does next, by chance; returns who it was taken for, where that can be told. */
const KINDS = [
  [50, (base, cookie, get) => get(`${base}/who`, { cookie })],
  [10, (base, cookie, get) => get(`${base}/page`, { cookie }).then(() => undefined)],
  [
    10,
    (base, cookie, get) =>
      get(`${base}/.ory/self-service/login/flows?id=1`, { cookie }).then(() => undefined),
  ],
  [3, (base, _cookie, get) => get(`${base}/.ory//`, {}).then(() => undefined)],
  [3, (base, cookie, get) => get(`${base}/stream`, { cookie }).then(() => undefined)],
  [3, (base, cookie, get) => get(`${base}/stream`, { cookie }, { leaveAfter: true }).then(() => undefined)],
  [2, (base, cookie, get) => get(`${base}/cut`, { cookie }).then(() => undefined)],
  [
    3,
    (base, cookie, get) =>
      get(`${base}/up`, { cookie }, { method: 'POST', body: 'x'.repeat(200_000) }).then(() => undefined),
  ],
  [5, (base, cookie) => openSocket(base, cookie)],
  [3, base => sendGarbage(base).then(() => undefined)],
]
const LOT = KINDS.flatMap(([weight, run]) => Array(weight).fill(run))

const pick = () => LOT[Math.floor(Math.random() * LOT.length)]

function openSocket(base, cookie) {
  tally.sockets++
  return new Promise(resolve => {
    const socket = new WebSocket(base.replace('http', 'ws'), {
      headers: { cookie },
      rejectUnauthorized: false,
    })
    socket.once('message', data => {
      resolve(String(data))
      Math.random() < 0.5 ? socket.close() : socket.terminate()
    })
    socket.once('error', () => resolve(undefined))
  })
}

function sendGarbage(base) {
  return new Promise(resolve => {
    const socket = connect(Number(new URL(base).port), '127.0.0.1', () =>
      socket.end(Buffer.from(Array.from({ length: 200 }, () => Math.random() * 256))),
    )
    socket
      .resume()
      .on('error', () => {})
      .on('close', resolve)
  })
}

async function work(base, people, until, get) {
  const cookies = [...people.keys()]
  while (Date.now() < until) {
    const value = cookies[Math.floor(Math.random() * cookies.length)]
    const who = await pick()(base, `session=${value}`, get)
    if (who === 'nobody') tally.anonymous++
    else if (who && who !== people.get(value)) tally.somebodyElse++
  }
}

/** Memory and open descriptors of a process; what this system does not tell is left out. */
function vitals(pid) {
  if (process.platform !== 'linux') return {}
  const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024
  return { rss, open: readdirSync(`/proc/${pid}/fd`).length }
}

const median = numbers => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0

async function main() {
  const people = new Map(Array.from({ length: PEOPLE }, (_, i) => [randomUUID(), `person-${i}`]))
  const [ory, app] = await Promise.all([startOry(people), startApp()])
  const proxy = await startProxy(app.url, ory.url)
  const atRest = vitals(proxy.child.pid)
  const started = Date.now()
  const until = started + MINUTES * 60_000
  const workers = Array.from({ length: 32 }, (_, i) =>
    work(proxy.url, people, until, i % 2 ? createGet2(proxy.url) : get1),
  )
  const samples = []
  while (Date.now() < until) {
    await sleep(Math.min(10_000, MINUTES * 3000))
    const now = vitals(proxy.child.pid)
    const done = (Date.now() - started) / (until - started)
    if (done > WARM_UP && now.rss) samples.push(now.rss)
    console.log(
      `${(done * 100).toFixed(0).padStart(3)} %  ${tally.requests} requests, ${tally.overHttp2} of them over HTTP/2, ${tally.sockets} sockets, ` +
        `${tally.anonymous} anonymous, ${tally.broken} broken off, ` +
        `${now.rss?.toFixed(0) ?? '?'} MiB, ${now.open ?? '?'} descriptors`,
    )
  }
  await Promise.all(workers)
  agent.destroy()
  for (const close of closing) close()
  await sleep(7000) // kept-alive connections to the app and to Ory end
  const after = vitals(proxy.child.pid)
  const code = await end(proxy.child)
  for (const { server } of [ory, app]) {
    server.closeAllConnections()
    server.close()
  }
  const half = Math.floor(samples.length / 2)
  const growth = median(samples.slice(half)) - median(samples.slice(0, half))
  const checks = [
    [`memory grew by ${growth.toFixed(1)} MiB`, growth < GROWTH_LIMIT_MIB],
    [
      `${after.open ?? '?'} descriptors open, ${atRest.open ?? '?'} at the start`,
      !(after.open > atRest.open + 5),
    ],
    [`${tally.somebodyElse} requests taken for somebody else's`, tally.somebodyElse === 0],
    ['no rejection or exception left alone', !/unhandled|uncaught|\n\s+at /i.test(proxy.output())],
    [`exit code ${code}`, code === 0],
  ]
  for (const [what, fine] of checks) console.log(`${fine ? '✓' : '✗'} ${what}`)
  process.exit(checks.every(([, fine]) => fine) ? 0 : 1)
}

function end(child) {
  return new Promise(resolve => {
    child.removeAllListeners('exit').once('exit', resolve)
    child.kill('SIGTERM')
  })
}

await main()
