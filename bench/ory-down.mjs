import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { startCli } from './_processes.mjs'
import { startBackends } from './_signed-in.mjs'
import { median, promise, shown } from './_stats.mjs'

const ROUNDS = 5
const REQUESTS = 100
const TROUBLES = { hang: 'hangs', reset: 'resets connections', 429: 'answers 429', 503: 'answers 503' }

/** What people of the app notice while Ory is in trouble, and for how long after. */
export async function oryDown() {
  const { app, ory, close } = await startBackends()
  const rounds = Object.fromEntries(Object.keys(TROUBLES).map(trouble => [trouble, []]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const trouble of Object.keys(TROUBLES)) rounds[trouble].push(await oneOutage(app, ory, trouble))
  }
  await close()
  const of = (trouble, key) => rounds[trouble].map(round => round[key])
  const worst = key => Math.max(...Object.keys(TROUBLES).map(trouble => median(of(trouble, key))))
  return {
    title: 'Ory in trouble',
    how: `${ROUNDS} outages of each kind; milliseconds; ${REQUESTS} requests of as many people before and in each, every answer checked`,
    table: {
      columns: ['Ory', 'slowest before', 'first request', 'slowest of the others', 'known again after'],
      rows: Object.entries(TROUBLES).map(([trouble, name]) => [
        name,
        ...['normal', 'first', 'slowest', 'back'].map(key => shown(of(trouble, key))),
      ]),
    },
    promises: [
      promise('requests while Ory is down, after the first time-out', '< 50', worst('slowest'), 'ms'),
      promise('until people are known again', '< 2000', worst('back'), 'ms'),
    ],
  }
}

async function oneOutage(app, ory, trouble) {
  const ours = await startCli(app.url, ['--sdk-url', ory.url])
  const who = async user => {
    const started = performance.now()
    const headers = { cookie: `ory_kratos_session=user-${user}` }
    const body = await (await fetch(`${ours.url}/who`, { headers })).text()
    return { body, took: performance.now() - started }
  }
  assert.equal((await who('known')).body, 'user-known')
  const normal = await slowestOf(
    REQUESTS,
    i => who(`before${i}`),
    i => `user-before${i}`,
  )
  await ory.ask({ mode: trouble })
  const first = await who('first')
  assert.equal(first.body, 'nobody')
  const slowest = await slowestOf(
    REQUESTS,
    i => who(`other${i}`),
    () => 'nobody',
  )
  assert.equal((await who('known')).body, 'user-known') // what was known before stays true for its ten seconds
  await ory.ask({ mode: 'ok' })
  const returned = performance.now()
  while ((await who('first')).body !== 'user-first') await sleep(10)
  const back = performance.now() - returned
  await ours.close()
  return { normal, first: first.took, slowest, back }
}

/** Milliseconds of the slowest of some requests, one after the other, each with its right answer. */
async function slowestOf(count, ask, expected) {
  let slowest = 0
  for (let i = 0; i < count; i++) {
    const { body, took } = await ask(i)
    assert.equal(body, expected(i))
    slowest = Math.max(slowest, took)
  }
  return slowest
}
