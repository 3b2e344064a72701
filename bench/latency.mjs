import { start, startCli } from './_processes.mjs'
import { checkedAuthorization, startBackends, timed } from './_signed-in.mjs'
import { inTurns, median, promise, shown } from './_stats.mjs'

const ROUNDS = 9
const REQUESTS = 3000
const OURS = 'ory-proxy'
const BARE = 'http-proxy-middleware alone'

/** What we add to one request after the other of one signed-in client. */
export async function latency() {
  const { app, ory, load, close } = await startBackends()
  const ours = await startCli(app.url, ['--sdk-url', ory.url])
  const authorization = await checkedAuthorization(ours)
  const bare = await start('sides/bare.mjs', { app: app.url, authorization })
  const sides = { [OURS]: ours, [BARE]: bare }
  for (const [name, side] of Object.entries(sides)) await timed(load, name, { url: side.url, requests: 8000 })
  const rounds = await inTurns(ROUNDS, sides, (side, name) =>
    timed(load, name, { url: side.url, requests: REQUESTS }),
  )
  await Promise.all([close(), ours.close(), bare.close()])
  const of = (name, key) => rounds[name].map(round => round[key])
  const added = key => of(OURS, key).map((value, i) => value - of(BARE, key)[i])
  return {
    title: 'Latency of one client with a warm cache',
    how: `one connection, ${ROUNDS} rounds of ${REQUESTS.toLocaleString('en-US')} requests each`,
    table: {
      columns: ['', 'p50, ms', 'p99, ms'],
      rows: [
        ...Object.keys(sides).map(name => [name, shown(of(name, 'p50'), 3), shown(of(name, 'p99'), 3)]),
        ['added', shown(added('p50'), 3), shown(added('p99'), 3)],
      ],
    },
    promises: [
      promise('added latency, p50', '<= 0.1', median(added('p50')), 'ms'),
      promise('added latency, p99', '<= 0.5', median(added('p99')), 'ms'),
    ],
  }
}
