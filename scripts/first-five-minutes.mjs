// The first five minutes of somebody new: a fresh app of each kind, the packed packages, and what the README says, word
// for word, until the backend names who is signed in. The table goes into docs/compatibility.md.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { APPS } from './first-five-apps.mjs'
import { createVisitor } from './first-five-visitor.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const LIMIT = 60
const [BEGIN, END] = ['<!-- first five minutes -->', '<!-- /first five minutes -->']

/** The one block of the README in which something stands. */
function block(mark) {
  const found = [...readme.matchAll(/```\w+\n([\s\S]*?)```/g)]
    .map(([, code]) => code)
    .filter(code => code.includes(mark))
  if (found.length !== 1) throw new Error(`${found.length} blocks of the README with ${mark}`)
  return found[0]
}

function pack(folder) {
  const at = cwd => {
    const args = ['pack', '--silent', '--pack-destination', folder]
    return join(folder, execFileSync('npm', args, { cwd, encoding: 'utf8' }).trim().split('\n').at(-1))
  }
  return { 'ory-proxy': at(root), 'ory-proxy-verify': at(join(root, 'packages/verify')) }
}

/** A shell of somebody who has set nothing; certificates lie in a home of their own. */
function environment(home) {
  const { ORY_SDK_URL: _sdk, ORY_PROJECT: _project, NODE_ENV: _env, PORT: _port, ...env } = process.env
  const quiet = { CI: 'true', NEXT_TELEMETRY_DISABLED: '1', NG_CLI_ANALYTICS: 'false', BROWSER: 'none' }
  return { ...env, ...quiet, ...home }
}

function sh(line, cwd, env) {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { cwd, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${line} ended with ${status}:\n${stdout}${stderr}`)
  return stdout.trim()
}

/** The lines of the README that install, with the packed files in place of the names. */
function install(packages, cwd) {
  for (const line of [block('npm install --save-dev ory-proxy'), block('npm install ory-proxy-verify')]) {
    sh(
      line.trim().replace(/ory-proxy(-verify)?$/, name => packages[name]),
      cwd,
      environment({}),
    )
  }
}

function write(app, cwd) {
  for (const file of app.files) {
    mkdirSync(dirname(join(cwd, file)), { recursive: true })
    const text = block(`// ${file}`)
    writeFileSync(join(cwd, file), app.edit?.(text) ?? text)
  }
}

const lineOf = ({ line, block: mark, run }) => {
  if (line) return line
  const lines = block(mark).trim().split('\n')
  return [...lines.slice(0, -1), run ?? lines.at(-1)].join('\n')
}

function start(program, cwd, env) {
  const child = spawn('sh', ['-c', lineOf(program)], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const running = { child, said: '' }
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', chunk => (running.said += chunk))
  }
  return running
}

/** Only whether somebody listens: a page that is built first is part of what comes then. */
const listensAt = url =>
  new Promise(resolve => {
    const socket = connect(Number(new URL(url).port), 'localhost')
    socket.once('connect', () => resolve(Boolean(socket.destroy())))
    socket.once('error', () => resolve(false))
  })

async function listens(running, url) {
  const deadline = Date.now() + LIMIT * 1000
  while (Date.now() < deadline && running.child.exitCode === null) {
    if (await listensAt(url)) return
    await sleep(50)
  }
  throw new Error(`nobody listens at ${url}`)
}

async function useIt(app, cwd, env) {
  const ca = app.url.startsWith('https:') ? readFileSync(sh('npx ory-proxy cert path', cwd, env)) : undefined
  const visitor = createVisitor(ca)
  try {
    const before = await visitor.open(`${app.url}/api`)
    if (before.text !== 'Nobody is signed in')
      throw new Error(`before: ${before.status} ${before.text.slice(0, 300)}`)
    await visitor.signIn(app.url)
    const { text, status } = await visitor.open(`${app.url}/api`)
    if (!/^You are [\da-f-]{36}$/.test(text)) throw new Error(`after: ${status} ${text.slice(0, 300)}`)
  } finally {
    await visitor.close()
  }
}

const since = from => (performance.now() - from) / 1000

async function minutes(app, packages, folder) {
  for (const { until } of app.programs) {
    if (await listensAt(until)) throw new Error(`somebody else is at ${until}: end it first`)
  }
  for (const line of app.make) sh(line, folder, environment({}))
  const cwd = join(folder, 'app')
  const env = environment({ HOME: join(folder, 'home') })
  mkdirSync(env.HOME, { recursive: true })
  const begun = performance.now()
  install(packages, cwd)
  const installed = since(begun)
  write(app, cwd)
  const running = []
  try {
    for (const program of app.programs) {
      running.push(start(program, cwd, env))
      await listens(running.at(-1), program.until)
    }
    const started = since(begun) - installed
    await useIt(app, cwd, env)
    const total = since(begun)
    const manifest = readFileSync(join(cwd, 'node_modules', app.package, 'package.json'), 'utf8')
    return {
      version: JSON.parse(manifest).version,
      steps: [installed, started, total - installed - started, total],
    }
  } catch (error) {
    error.message += `\n${running.map(({ said }) => said).join('\n')}`
    throw error
  } finally {
    for (const { child } of running) if (child.exitCode === null) process.kill(-child.pid, 'SIGTERM')
    await Promise.all(
      running.map(({ child }) => child.exitCode ?? new Promise(end => child.once('close', end))),
    )
  }
}

async function row(app, packages) {
  const folder = mkdtempSync(join(tmpdir(), 'first-five-'))
  try {
    const { version, steps } = await minutes(app, packages, folder)
    console.log(`${app.name} ${version}: ${steps.map(step => step.toFixed(1)).join(' ')}`)
    if (steps.at(-1) > LIMIT) process.exitCode = 1
    return `| ${[app.name, version, ...steps.map(step => `${step.toFixed(1)} s`)].join(' | ')} |`
  } catch (error) {
    console.error(`${app.name}: ${error.message}`)
    process.exitCode = 1
    return `| ${app.name} | | **does not** | | | |`
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

const only = process.argv[2]
const home = mkdtempSync(join(tmpdir(), 'first-five-pack-'))
const packages = pack(home)
const rows = []
for (const app of APPS) if (!only || app.name === only) rows.push(await row(app, packages))
rmSync(home, { recursive: true })
const table = `${BEGIN}

## The first five minutes

Written by \`npm run first-five-minutes\` on ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node} on ${process.platform}, two cores that were busy with
other things, npm's cache warm: an app as its generator makes it, the packed packages, and the lines of the [README](../README.md) as they stand there, from
\`npm install\` until the backend says whom it verified.

| | version | install ory-proxy and ory-proxy-verify | all programs listen | signed in, claim verified | together |
|---|---|---|---|---|---|
${rows.join('\n')}

${END}`
console.log(table)
if (!only) {
  const file = join(root, 'docs/compatibility.md')
  const page = readFileSync(file, 'utf8')
  const [before, after] = [page.slice(0, page.indexOf(BEGIN)), page.slice(page.indexOf(END) + END.length)]
  writeFileSync(file, `${before}${table}${after}`)
}
