import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { startEmulator } from '../../src/emulator/index.js'
import { freePort } from '../_faces.js'

/** An Ory with nobody special in it. */
export interface StartedOry {
  readonly url: string
  close(): Promise<unknown>
}

/** A real Kratos v26.2.0, where its program is at hand: the same tests run in front of either. */
const BINARY = process.env['KRATOS_BIN']

/**
 * The emulator; with `KRATOS_BIN`, a real Kratos.
 *
 * @param back an origin it may lead back to; the emulator knows where it was asked
 */
export async function startOry(back = ''): Promise<StartedOry> {
  if (BINARY === undefined) return startEmulator()
  const [port, adminPort] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${port}`
  const env = {
    ...process.env,
    DSN: 'memory',
    SERVE_PUBLIC_PORT: String(port),
    SERVE_PUBLIC_BASE_URL: `${url}/`,
    SERVE_ADMIN_PORT: String(adminPort),
    ...(back !== '' && { SELFSERVICE_ALLOWED_RETURN_URLS: back }),
    LOG_LEVEL: 'error',
  }
  const cwd = fileURLToPath(new URL('../conformance/', import.meta.url))
  const child = spawn(BINARY, ['serve', '--dev', '-c', 'kratos.default.yml'], { cwd, env, stdio: 'ignore' })
  const ended = new Promise(resolve => child.once('close', resolve))
  while (!(await isReady(url))) await new Promise(resolve => setTimeout(resolve, 100))
  await makeAlice(`http://127.0.0.1:${adminPort}`)
  return {
    url,
    close() {
      child.kill()
      return ended
    },
  }
}

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  )

/** As in the emulator's own seed. */
async function makeAlice(adminUrl: string): Promise<void> {
  const alice = {
    schema_id: 'default',
    traits: { email: 'alice@example.com', name: { first: 'Alice', last: 'Liddell' } },
    credentials: { password: { config: { password: 'ory-dev-password' } } },
  }
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${adminUrl}/admin/identities`, {
    method: 'POST',
    headers,
    body: JSON.stringify(alice),
  })
  if (answer.status !== 201) throw new Error(await answer.text())
}
