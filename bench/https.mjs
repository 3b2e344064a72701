import { start, startCli } from './_processes.mjs'
import { checkedAuthorization, startBackends, timed } from './_signed-in.mjs'
import { inTurns, shown } from './_stats.mjs'

const ROUNDS = 7
const JOB = { connections: 4, streams: 8, seconds: 1.5 }
const OURS = 'ory-proxy'
const BARE = 'http-proxy-middleware behind node:http2'

/** What the command does by default: signed-in requests over HTTPS with HTTP/2. */
export async function https() {
  const { app, ory, close } = await startBackends()
  const load = await start('_load2.mjs')
  const plain = await startCli(app.url, ['--sdk-url', ory.url])
  const authorization = await checkedAuthorization(plain)
  await plain.close()
  const sides = {
    [OURS]: await startCli(app.url, ['--sdk-url', ory.url], { https: true }),
    [BARE]: await start('sides/bare2.mjs', { app: app.url, authorization }),
  }
  const run = (side, name) => timed(load, name, { ...JOB, url: side.url })
  for (const [name, side] of Object.entries(sides)) await run(side, name) // warm
  const rounds = await inTurns(ROUNDS, sides, async (side, name) => {
    const before = await side.cpu()
    const result = await run(side, name)
    return { ...result, micros: (((await side.cpu()) - before) / result.requests) * 1e6 }
  })
  await Promise.all([close(), load.close(), ...Object.values(sides).map(side => side.close())])
  const of = (name, key) => rounds[name].map(round => round[key])
  return {
    title: 'The same over HTTPS with HTTP/2',
    how: `${JOB.connections} connections of ${JOB.streams} streams, ${ROUNDS} rounds of ${JOB.seconds} s each; Ory answers whoami at once`,
    table: {
      columns: ['', 'requests/s', 'processor time, µs a request'],
      rows: Object.keys(sides).map(name => [name, shown(of(name, 'rate')), shown(of(name, 'micros'))]),
    },
    promises: [],
  }
}
