import { type ChildProcess, spawn } from 'node:child_process'
import { expect } from 'vitest'
import { freePort } from '../_faces.js'
import { handshakeAt } from '../_sockets.js'
import { undo } from '../_undo.js'
import type { PackedProject } from './_packed.js'

/** A backend that believes the verified token and nothing else. */
export const SERVER = `import { createServer } from 'node:http'
import { verifySession } from 'ory-proxy-verify'

createServer(async (req, res) => {
  const claims = await verifySession(req)
  res.setHeader('content-type', 'application/json')
  res.end(JSON.stringify({ email: claims?.session.identity.traits.email ?? null }))
}).listen(Number(process.env.PORT), '127.0.0.1')
`

export const VITE_CONFIG = `import { ory } from 'ory-proxy/vite'

export default {
  plugins: [ory()],
  server: {
    proxy: {
      '/api': process.env.BACKEND,
      '/live': { target: process.env.SOCKETS, ws: true },
    },
  },
}
`

export const PAGE = '<!doctype html><title>app</title><p id="who">app</p>'

/** Starts a program of a project in a group of its own, as package managers start children; ended after the test. */
export function begin(
  { folder, env }: Pick<PackedProject, 'folder' | 'env'>,
  [command, ...args]: readonly [string, ...string[]],
  more: NodeJS.ProcessEnv,
): { readonly output: () => string; readonly child: ChildProcess } {
  let output = ''
  const stdio = ['ignore', 'pipe', 'pipe'] as const
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...env, ...more },
    stdio: [...stdio],
    detached: true,
  })
  child.on('error', error => (output += error.message))
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', chunk => (output += chunk))
  undo.push(async () => {
    if (child.pid === undefined || child.exitCode !== null) return
    const gone = new Promise(resolve => child.once('exit', resolve))
    process.kill(-child.pid, 'SIGTERM')
    const late = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), 5000)
    await gone
    clearTimeout(late)
  })
  return { output: () => output, child }
}

/** Waits until somebody answers there; what the programs said is shown if nobody does. */
export async function answering(url: string, ...programs: ReturnType<typeof begin>[]): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (await fetch(url).catch(() => undefined)) return
    if (programs.some(({ child }) => child.exitCode !== null)) break
    await new Promise(resolve => setTimeout(resolve, 150))
  }
  throw new Error(`nobody at ${url}:\n${programs.map(({ output }) => output()).join('\n')}`)
}

async function sessionToken(url: string, identifier = 'alice@example.com'): Promise<string> {
  const headers = { accept: 'application/json', 'content-type': 'application/json' }
  const begun = await fetch(`${url}/.ory/self-service/login/api`, { headers })
  const { id } = (await begun.json()) as { id: string }
  const person = { method: 'password', identifier, password: 'ory-dev-password' }
  const body = JSON.stringify(person)
  const done = await fetch(`${url}/.ory/self-service/login?flow=${id}`, { method: 'POST', headers, body })
  return ((await done.json()) as { session_token: string }).session_token
}

/** Somebody signed in is known to the endpoint, nobody else is, and no Authorization of a client's arrives. */
export async function expectKnown(url: string, email = 'alice@example.com'): Promise<void> {
  const emailFor = async (headers: Record<string, string>): Promise<unknown> =>
    ((await (await fetch(`${url}/api/me`, { headers })).json()) as { email?: unknown }).email ?? null
  const token = await sessionToken(url, email)
  expect(await emailFor({ 'x-session-token': token })).toBe(email)
  expect(await emailFor({})).toBeNull()
  expect(await emailFor({ authorization: 'Bearer forged' })).toBeNull()
}

/** The handshake of somebody signed in carries their JWT, and a client's own Authorization never gets there. */
export async function expectSockets(url: string, email = 'alice@example.com'): Promise<void> {
  const token = await sessionToken(url, email)
  const signedIn = await handshakeAt(`${url}/live`, { 'x-session-token': token })
  expect(signedIn['authorization']).toMatch(/^Bearer \S+\.\S+\.\S+$/)
  const forged = await handshakeAt(`${url}/live`, { authorization: 'Bearer forged' })
  expect(forged['authorization']).toBeUndefined()
}

/** A backend by one program, and in front of it the dev server or the command by another. */
export async function startPair(
  project: Pick<PackedProject, 'folder' | 'env'>,
  server: readonly [string, ...string[]],
  front: (port: number, backend: string) => readonly [string, ...string[]],
  sockets: string,
): Promise<string> {
  const [port, behind] = [await freePort(), await freePort()]
  const [url, backend] = [`http://localhost:${port}`, `http://127.0.0.1:${behind}`]
  const env = { PORT: `${behind}`, ORY_JWKS_URL: `${url}/.ory/jwks.json` }
  const app = begin(project, server, env)
  await answering(backend, app)
  const before = begin(project, front(port, backend), { BACKEND: backend, SOCKETS: sockets })
  await answering(`${url}/.ory/health/alive`, before, app)
  return url
}
