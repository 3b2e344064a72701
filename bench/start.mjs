import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { startCli, start as startProgram } from './_processes.mjs'
import { inTurns, median, promise, shown } from './_stats.mjs'

const ROUNDS = 9
const MIB = 1024 * 1024

/** From the command line to the first answer, and what importing us costs. */
export async function start() {
  const app = await startProgram('sides/app.mjs')
  const imports = subpaths()
  await firstAnswer(app.url) // files into the system's cache; the signing key is made
  const sides = {
    'node itself': () => Promise.resolve(run('0').whole),
    'the command with the emulator, to its first answer': () => firstAnswer(app.url),
    ...Object.fromEntries(
      imports.map(([name, file]) => [
        `import '${name}'`,
        () => run(`await import(${JSON.stringify(file)})`).inside,
      ]),
    ),
  }
  const rounds = await inTurns(ROUNDS, sides, measure => measure())
  const emulator = await flowsAndLogins()
  await app.close()
  const [command] = Object.keys(sides).slice(1)
  return {
    title: 'Start',
    how:
      `${ROUNDS} rounds, milliseconds; node's own start is part of the first two rows and no part of the others. ` +
      `The emulator alone is ready after ${shown(emulator.ready)} ms with ${shown(emulator.memory)} MiB of added memory, ` +
      `and serves ${shown(emulator.flows)} new login flows and ${shown(emulator.logins)} logins with password a second`,
    table: { columns: ['', 'ms'], rows: Object.keys(rounds).map(name => [name, shown(rounds[name])]) },
    promises: [
      promise(
        'start of the command with the emulator to the first answer',
        '< 300',
        median(rounds[command]),
        'ms',
      ),
      promise("import 'ory-proxy/vite'", '< 40', median(rounds["import 'ory-proxy/vite'"]), 'ms'),
      promise("import 'ory-proxy/emulator'", '< 100', median(rounds["import 'ory-proxy/emulator'"]), 'ms'),
      promise('the emulator is ready', '< 120', median(emulator.ready), 'ms'),
      promise('memory that the emulator adds', '< 60', median(emulator.memory), 'MiB'),
    ],
  }
}

/** What package.json exports, as addresses of the built files. */
function subpaths() {
  const { exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return (
    Object.entries(exports)
      // Vitest itself cannot be imported outside of its workers.
      .filter(([path, target]) => target.default && path !== './vitest')
      .map(([path, target]) => [
        `ory-proxy${path.slice(1)}`,
        new URL(`../${target.default}`, import.meta.url).href,
      ])
  )
}

async function firstAnswer(app) {
  const started = performance.now()
  const side = await startCli(app)
  const response = await fetch(`${side.url}/.ory/sessions/whoami`)
  const took = performance.now() - started
  assert.equal(response.status, 401)
  await side.close()
  return took
}

/** Milliseconds of a statement in a fresh node, and of that node from outside. */
function run(statement) {
  const code = `const t = performance.now(); ${statement}; process.stdout.write(String(performance.now() - t))`
  const started = performance.now()
  const inside = Number(
    execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }),
  )
  return { inside, whole: performance.now() - started }
}

async function flowsAndLogins() {
  const result = { ready: [], memory: [], flows: [], logins: [] }
  for (let round = 0; round < 5; round++) {
    const side = await startProgram('sides/emulator.mjs')
    result.ready.push(side.hello.ready)
    result.memory.push(side.hello.memory / MIB)
    const [{ email, password }] = side.hello.people
    result.flows.push(await perSecond(200, () => newFlow(side.url)))
    result.logins.push(await perSecond(20, () => login(side.url, email, password)))
    await side.close()
  }
  return result
}

async function perSecond(count, act) {
  const started = performance.now()
  for (let i = 0; i < count; i += 4) await Promise.all([act(), act(), act(), act()])
  return count / ((performance.now() - started) / 1000)
}

async function newFlow(url) {
  const flow = await (await fetch(`${url}/self-service/login/api`)).json()
  assert.match(flow.ui.action, /\/self-service\/login\?flow=/)
  return flow
}

async function login(url, identifier, password) {
  const flow = await newFlow(url)
  const response = await fetch(flow.ui.action, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ method: 'password', identifier, password }),
  })
  const { session } = await response.json()
  assert.equal(session?.active, true)
}
