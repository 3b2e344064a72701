import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { freePort, own, Side } from './_processes.mjs'

const BINARY = process.env.KRATOS_BIN ?? 'kratos'
const FOLDER = fileURLToPath(new URL('../test/conformance/', import.meta.url))

/** A real Ory Kratos with somebody signed in, or undefined where none is installed (`KRATOS_BIN` names one). */
export async function startKratos() {
  if (spawnSync(BINARY, ['version']).status !== 0) return undefined
  const [port, adminPort] = [await freePort(), await freePort()]
  const env = {
    ...process.env,
    DSN: 'memory',
    SERVE_PUBLIC_PORT: String(port),
    SERVE_ADMIN_PORT: String(adminPort),
    LOG_LEVEL: 'error',
  }
  const args = ['serve', '--dev', '-c', 'kratos.default.yml']
  const side = new Side(own(spawn(BINARY, args, { cwd: FOLDER, env, stdio: 'ignore' })), {
    url: `http://127.0.0.1:${port}`,
  })
  for (let i = 0; i < 300 && !(await isReady(side.url)); i++) await new Promise(r => setTimeout(r, 100))
  return Object.assign(side, { cookie: await register(side.url) })
}

const isReady = url =>
  fetch(`${url}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  )

/** Registers as a browser does; returns the cookies it then has. */
async function register(url) {
  const accept = 'application/json'
  const started = await fetch(`${url}/self-service/registration/browser`, { headers: { accept } })
  const flow = await started.json()
  const submitted = await fetch(`${url}/self-service/registration?flow=${flow.id}`, {
    method: 'POST',
    headers: { accept, 'content-type': 'application/json', cookie: cookiesOf(started) },
    body: JSON.stringify({
      method: 'password',
      password: 'correct horse bench staple',
      traits: { email: 'ada@example.com', name: { first: 'Ada', last: 'Lovelace' } },
      csrf_token: flow.ui.nodes.find(({ attributes }) => attributes.name === 'csrf_token').attributes.value,
    }),
  })
  assert.equal(submitted.status, 200, await submitted.text())
  return `${cookiesOf(started)}; ${cookiesOf(submitted)}`
}

const cookiesOf = response =>
  response.headers
    .getSetCookie()
    .map(cookie => cookie.split(';', 1)[0])
    .join('; ')
