import { start, startCli } from './_processes.mjs'
import { startBackends, timed } from './_signed-in.mjs'
import { promise } from './_stats.mjs'

const USERS = 10_000
const REQUESTS = 100_000
const MIB = 1024 * 1024
const JOB = { connections: 32, path: '/who', cookie: 'ory_kratos_session=user-{user}', expect: 'user-{user}' }

/** Ten thousand people, each with a page of ten requests; then a thousand whose answers all expire at once. */
export async function users() {
  const { app, ory, load, close } = await startBackends()
  const ours = await startCli(app.url, ['--sdk-url', ory.url])
  await timed(load, 'one user', { ...JOB, url: ours.url, users: 1, burst: 1, requests: 10_000 })
  const before = await ours.usage()
  const half = { ...JOB, url: ours.url, users: USERS, burst: 10, requests: REQUESTS / 2 }
  await ory.ask({ count: true })
  const first = await timed(load, 'first half', half)
  const middle = await ours.usage()
  const second = await timed(load, 'second half', { ...half, from: USERS / 2 })
  const after = await ours.usage()
  const { asked } = await ory.ask({ count: true })
  await ours.close()
  const storm = await expireAtOnce({ app, ory, load })
  await close()
  return report({ before, middle, after, first, second, asked, storm })
}

/** A thousand people known; their answers run out; all come back. */
async function expireAtOnce({ app, ory, load }) {
  const ours = await startCli(app.url, ['--sdk-url', ory.url, '--session-cache', '2'])
  const job = { ...JOB, url: ours.url, users: 1000, burst: 1 }
  await timed(load, 'a thousand users', { ...job, requests: 2000 })
  await ory.ask({ count: true })
  const storm = { ...job, connections: 200, requests: 1000 }
  const result = await timed(load, 'the same when expired', { ...storm, ahead: 2100 })
  const { asked } = await ory.ask({ count: true })
  await new Promise(resolve => setTimeout(resolve, 2100))
  const { max: newConnections } = await timed(load, 'the same on new connections', storm)
  await ours.close()
  return { ...result, asked, newConnections, bare: await onNewConnections(app, load, storm) }
}

/** What 200 new connections at once cost a proxy that asks nobody. */
async function onNewConnections(app, load, job) {
  const bare = await start('sides/bare.mjs', { app: app.url, authorization: '' })
  const { max } = await timed(load, 'a bare proxy', { ...job, path: '/', expect: 'ok', url: bare.url })
  await bare.close()
  return max
}

function report({ before, middle, after, first, second, asked, storm }) {
  const grown = (usage, key) => (usage[key] - before[key]) / MIB
  const row = (name, usage, { rate, p99 }) => [
    name,
    Math.round(rate).toLocaleString('en-US'),
    p99.toFixed(1),
    grown(usage, 'heapUsed').toFixed(1),
    grown(usage, 'rss').toFixed(1),
  ]
  const hitRate = 1 - asked / REQUESTS
  return {
    title: '100,000 requests of 10,000 users',
    how:
      'ten requests a user, each answer checked to be that user’s; memory after a full garbage collection; ' +
      `whoami was asked ${asked.toLocaleString('en-US')} times, hit rate ${(hitRate * 100).toFixed(1)} %. ` +
      `Of what the process grew by, ${grown(after, 'young').toFixed(0)} MiB are V8’s room for what is new. ` +
      `A thousand answers that expire at once, over 200 connections: p50 ${storm.p50.toFixed(0)} ms, ` +
      `p99 ${storm.p99.toFixed(0)} ms, longest ${storm.max.toFixed(0)} ms, asked ${storm.asked} times. On 200 connections ` +
      `that are opened in that moment, ${storm.newConnections.toFixed(0)} ms, and ${storm.bare.toFixed(0)} ms with a bare ` +
      'proxy that asks nobody: Node takes up one connection in each turn of its loop',
    table: {
      columns: ['', 'requests/s', 'p99, ms', 'heap growth, MiB', 'resident growth, MiB'],
      rows: [row('first 50,000', middle, first), row('second 50,000', after, second)],
    },
    promises: [
      promise('memory growth over 100,000 requests of 10,000 users', '< 16', grown(after, 'rss'), 'MiB'),
      promise(
        'of it in the second half (bounded)',
        '< 10',
        grown(after, 'rss') - grown(middle, 'rss'),
        'MiB',
      ),
      promise('hit rate', '>= 0.89', hitRate),
      promise('longest answer when 1,000 sessions expire at once', '< 500', storm.max, 'ms'),
    ],
  }
}
