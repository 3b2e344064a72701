import { startKratos } from './_kratos.mjs'
import { start, startCli, startNginx } from './_processes.mjs'
import { COOKIE, checkedAuthorization, checkSameHeaders, startBackends, timed } from './_signed-in.mjs'
import { inTurns, median, promise, shown } from './_stats.mjs'

const ROUNDS = 7
const JOB = { connections: 32, seconds: 1.5 }
const OURS = 'ory-proxy'
const BARE = 'http-proxy-middleware alone'
const LEAN = 'the least that forwards (20 lines)'
const NAIVE = 'whoami for each request, Node'
const NGINX = 'whoami for each request, nginx'
const LIMIT = 'nginx as a plain proxy, one worker'

/** Signed-in requests a second: ours against a bare proxy, and against those that ask Ory each time. */
export async function proxy() {
  const { app, ory: standIn, load, close } = await startBackends()
  const kratos = await startKratos()
  const { url: ory, cookie } = kratos ?? { url: standIn.url, cookie: COOKIE }
  const ours = await startCli(app.url, ['--sdk-url', ory])
  const options = { app: app.url, ory, authorization: await checkedAuthorization(ours, cookie) }
  const nginx = await startNginx(options)
  const limit = await startNginx({ ...options, ory: undefined })
  const sides = {
    [OURS]: ours,
    [BARE]: await start('sides/bare.mjs', options),
    [LEAN]: await start('sides/lean.mjs', options),
    [NAIVE]: await start('sides/naive.mjs', options),
    ...(nginx && { [NGINX]: nginx, [LIMIT]: limit }),
  }
  await checkSameHeaders(BARE, sides[BARE], ours, cookie)
  const run = (side, name) => timed(load, name, { ...JOB, cookie, url: side.url })
  for (const [name, side] of Object.entries(sides)) await run(side, name) // warm
  const rounds = await inTurns(ROUNDS, sides, (side, name) =>
    name === NGINX || name === LIMIT ? run(side, name) : withCpu(side, () => run(side, name)),
  )
  await Promise.all([close(), kratos?.close(), ...Object.values(sides).map(side => side.close())])
  return report(rounds, kratos ? 'a real Kratos in memory' : 'a stand-in that answers whoami at once')
}

async function withCpu(side, run) {
  const before = await side.cpu()
  const result = await run()
  const after = await side.cpu()
  return { ...result, micros: ((after - before) / result.requests) * 1e6 }
}

function report(rounds, ory) {
  const of = (name, key) => rounds[name].map(round => round[key])
  const ratio = (name, key) =>
    median(
      of(OURS, key).map((value, i) => (key === 'rate' ? value / of(name, key)[i] : of(name, key)[i] / value)),
    )
  const names = Object.keys(rounds)
  return {
    title: 'Signed-in requests through the command',
    how: `${JOB.connections} connections, ${ROUNDS} rounds of ${JOB.seconds} s each; Ory is ${ory}`,
    table: {
      columns: ['', 'requests/s', 'processor time, µs a request'],
      rows: names.map(name => [
        name,
        shown(of(name, 'rate')),
        rounds[name][0].micros ? shown(of(name, 'micros')) : 'not measured',
      ]),
    },
    promises: [
      promise(
        'throughput against http-proxy-middleware alone, same headers',
        '>= 2',
        ratio(BARE, 'rate'),
        '×',
      ),
      promise('the same, by processor time', '>= 2', ratio(BARE, 'micros'), '×'),
      promise(
        'throughput against asking whoami and signing for each request',
        '>= 8',
        ratio(NAIVE, 'rate'),
        '×',
      ),
    ],
    bars: {
      title: 'Signed-in requests a second',
      bars: names.map(name => ({ label: name, value: median(of(name, 'rate')), ours: name === OURS })),
    },
  }
}
