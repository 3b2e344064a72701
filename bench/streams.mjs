import assert from 'node:assert/strict'
import { Agent, request } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { start, startCli } from './_processes.mjs'
import { COOKIE, checkedAuthorization, startBackends, timed } from './_signed-in.mjs'
import { inTurns, median, promise, shown } from './_stats.mjs'

const MIB = 1024 * 1024
const SIZE = 64
const OURS = 'ory-proxy'
const BARE = 'http-proxy-middleware alone'
const DIRECT = 'the app itself'

/** Milliseconds until the first server-sent event is there. */
export async function sse() {
  const rounds = await compare(9, async ({ url }) => {
    const firsts = []
    for (let i = 0; i < 20; i++) firsts.push(await firstEvent(url))
    return median(firsts)
  })
  const added = rounds[OURS].map((value, i) => value - rounds[DIRECT][i])
  return {
    title: 'First byte of a server-sent event',
    how: '9 rounds of 20 streams each; milliseconds from the request to the first event',
    table: {
      columns: ['', 'first event, ms'],
      rows: [...Object.keys(rounds).map(name => [name, shown(rounds[name], 2)]), ['added', shown(added, 2)]],
    },
    promises: [promise('first byte of a server-sent event, added', '< 2', median(added), 'ms')],
  }
}

/** 64 MiB to the app. */
export function upload() {
  return transfer('up', async url => {
    const chunks = Array.from({ length: SIZE }, () => Buffer.alloc(MIB, 'x'))
    const { req, response } = open(url, '/upload', { method: 'POST', 'content-length': SIZE * MIB })
    await pipeline(Readable.from(chunks), req)
    assert.equal(await text(await response), String(SIZE * MIB))
  })
}

/** 64 MiB from the app. */
export function download() {
  return transfer('down', async url => {
    const { req, response } = open(url, '/download')
    req.end()
    let bytes = 0
    for await (const chunk of await response) bytes += chunk.length
    assert.equal(bytes, SIZE * MIB)
  })
}

async function transfer(direction, move) {
  const rounds = await compare(7, async side => {
    await side.ask({ watch: true })
    const started = performance.now()
    await move(side.url)
    const rate = SIZE / ((performance.now() - started) / 1000)
    return { rate, grown: (await side.ask({ peak: true })).grown / MIB }
  })
  const of = (name, key) => rounds[name].map(round => round[key])
  return {
    title: `${SIZE} MiB ${direction}`,
    how: '7 rounds; the memory is the most the process had above its start, looked at every 10 ms',
    table: {
      columns: ['', 'MiB/s', 'memory growth, MiB'],
      rows: Object.keys(rounds).map(name => [
        name,
        shown(of(name, 'rate')),
        name === DIRECT ? '' : shown(of(name, 'grown'), 1),
      ]),
    },
    promises: [
      promise(`memory growth over ${SIZE} MiB ${direction}`, '< 16', median(of(OURS, 'grown')), 'MiB'),
    ],
  }
}

/** The app itself, behind a bare proxy and behind us, in turns. */
async function compare(rounds, measure) {
  const { app, ory, load, close } = await startBackends()
  const ours = await startCli(app.url, ['--sdk-url', ory.url])
  const bare = await start('sides/bare.mjs', {
    app: app.url,
    authorization: await checkedAuthorization(ours),
  })
  const sides = { [OURS]: ours, [BARE]: bare, [DIRECT]: app }
  for (const [name, { url }] of Object.entries(sides)) await timed(load, name, { url, requests: 3000 }) // warm
  const results = await inTurns(rounds, sides, measure)
  await Promise.all([close(), ours.close(), bare.close()])
  return results
}

const agent = new Agent({ keepAlive: true })

function open(url, path, { method = 'GET', ...headers } = {}) {
  const req = request(url + path, { agent, method, headers: { cookie: COOKIE, ...headers } })
  return { req, response: new Promise((resolve, reject) => req.on('response', resolve).on('error', reject)) }
}

async function text(response) {
  let all = ''
  for await (const chunk of response) all += chunk
  return all
}

async function firstEvent(url) {
  const started = performance.now()
  const { req, response } = open(url, '/events')
  req.end()
  for await (const chunk of await response) {
    assert.match(String(chunk), /^data: first\n\n/)
    return performance.now() - started
  }
}
