// node bench/gateways.mjs [engine…]: what each engine costs, in front of one app and one real Kratos; the table of
// docs/production.md. Linux only: processor time is read from /proc.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { decodeJwt } from 'jose'
import { startKratos } from './_kratos.mjs'
import { CLI, freePort, own, Side, scratch, start, startCli, withoutOry } from './_processes.mjs'
import { machine } from './_report.mjs'
import { timed } from './_signed-in.mjs'

const picked = process.argv.slice(2)
const engines = picked.length > 0 ? picked : ['nginx', 'haproxy', 'envoy', 'envoy-ext-authz', 'oathkeeper']
const PAGE = new URL('../docs/production.md', import.meta.url)
const SECONDS = 5
const CONNECTIONS = 16
const TICKS = 100 // of a second, as /proc counts (sysconf CLK_TCK)

/** Fields of /proc/PID/stat after the name, which may hold spaces. */
function stat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

function below(root) {
  const all = readdirSync('/proc').filter(name => /^\d+$/.test(name))
  const parents = new Map(all.map(pid => [pid, stat(pid)?.[1]]))
  const found = [String(root)]
  for (const pid of found) found.push(...all.filter(one => parents.get(one) === pid))
  return found
}

/** Seconds of processor time of some processes so far. */
const cpuOf = pids =>
  pids.reduce((sum, pid) => sum + [11, 12].reduce((s, at) => s + Number(stat(pid)?.[at] ?? 0), 0), 0) / TICKS

/** The command's own process stands in for a load balancer: what it costs is not the engine's. */
const enginesOf = side => below(side.child.pid).slice(1)

async function startRehearsal(engine, workers) {
  const port = await freePort()
  const args = ['rehearse', engine, app.url, '--sdk-url', kratos.url, '--port', port, '--workers', workers]
  const child = own(spawn(process.execPath, [CLI, ...args.map(String)], { cwd: scratch, env: withoutOry() }))
  child.stdout.resume()
  await new Promise((resolve, reject) => {
    let text = ''
    child.stderr.setEncoding('utf8').on('data', chunk => {
      text += chunk
      if (/Open\s/.test(text)) resolve()
    })
    child.once('exit', code => reject(new Error(`rehearse ${engine} ended with ${code}:\n${text}`)))
  })
  return new Side(child, { url: `http://127.0.0.1:${port}` })
}

/** One side: a warm-up, one client for the latency, then many for throughput and processor time. */
async function measure(name, side, pids, job) {
  await timed(load, name, { ...job, url: side.url, seconds: 2, connections: CONNECTIONS })
  const alone = await timed(load, name, { ...job, url: side.url, seconds: 3, connections: 1 })
  const [before, asked] = [cpuOf(pids), cpuOf(below(kratos.child.pid))]
  const many = await timed(load, name, { ...job, url: side.url, seconds: SECONDS, connections: CONNECTIONS })
  const used = cpuOf(pids) - before
  const row = {
    name,
    cpu: (used / many.requests) * 1e6,
    kratos: ((cpuOf(below(kratos.child.pid)) - asked) / many.requests) * 1e6,
    rate: many.rate,
    p50: alone.p50,
    p99: alone.p99,
  }
  console.log(line(row))
  return row
}

const line = ({ name, cpu, kratos, rate, p50, p99 }) =>
  `| ${name} | ${cpu.toFixed(0)} | ${kratos.toFixed(0)} | ${Math.round(rate).toLocaleString('en-US')} | ${p50.toFixed(2)} | ${p99.toFixed(2)} |`

const kratos = await startKratos()
assert.ok(kratos, 'No Kratos: KRATOS_BIN names one.')
const [app, load] = await Promise.all(['sides/app.mjs', '_load.mjs'].map(program => start(program)))
const rows = []

async function side(name, started, pidsOf) {
  const running = await started
  const { authorization } = await (
    await fetch(`${running.url}/headers`, { headers: { cookie: kratos.cookie } })
  ).json()
  const expect = decodeJwt(authorization.slice('Bearer '.length)).sub
  rows.push(await measure(name, running, pidsOf(running), { cookie: kratos.cookie, path: '/who', expect }))
  await running.close()
}

for (const engine of engines)
  for (const workers of [1, 2])
    await side(workers === 1 ? engine : `two of ${engine}`, startRehearsal(engine, workers), enginesOf)
await side('the dev command', startCli(app.url, ['--sdk-url', kratos.url]), ({ child }) => below(child.pid))
const whoami = await fetch(`${kratos.url}/sessions/whoami`, { headers: { cookie: kratos.cookie } })
const job = { cookie: kratos.cookie, path: '/sessions/whoami', expect: await whoami.text() }
rows.push(await measure("Kratos' whoami alone", kratos, below(kratos.child.pid), job))

const { processor, memory, system, load: busy, at } = await machine()
const table = `| | processor time of the gateway a request, µs | of Kratos, µs | requests/s, ${CONNECTIONS} clients | p50, one client, ms | p99 |
|---|---|---|---|---|---|
${rows.map(line).join('\n')}

${at} UTC, load ${busy}: ${processor}, ${memory}, ${system}. Gateways, app, Kratos and the load generator share
these cores.`
const page = readFileSync(PAGE, 'utf8')
const [MARK, END] = ['<!-- figures -->', '<!-- /figures -->']
const [start0, end] = [page.indexOf(MARK) + MARK.length, page.indexOf(END)]
writeFileSync(PAGE, `${page.slice(0, start0)}\n${table}\n${page.slice(end)}`)
process.exit(0)
