import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Project, project, SITE } from './_ecosystem.js'
import { ended, freePort } from './_faces.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js')

const configOn = (port: number): string => `import { ory } from 'ory-proxy/vite'
export default { plugins: [ory()], server: { host: '127.0.0.1', port: ${port}, strictPort: true } }
`

let site: Project
let config: string
let child: ChildProcess
let output = ''

/** Waits for a line on the terminal; what came before it is forgotten. */
async function printed(pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const match = pattern.exec(output)
    if (match) {
      output = output.slice(match.index + match[0].length)
      return match
    }
    if (child.exitCode !== null) throw new Error(`Vite ended with ${child.exitCode}:\n${output}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

beforeAll(async () => {
  config = configOn(await freePort())
  site = await project({
    ...SITE,
    'package.json': '{ "type": "module", "private": true }',
    'vite.config.js': config,
    'tty.mjs': 'process.stdin.isTTY = true\n',
  })
  await mkdir(join(site.root, 'node_modules'))
  await symlink(root, join(site.root, 'node_modules/ory-proxy'), 'junction')
  const { CI: _ci, VITEST: _vitest, ORY_SDK_URL: _ours, ...env } = process.env
  child = spawn(process.execPath, ['--import', './tty.mjs', vite], {
    cwd: site.root,
    env: { ...env, BROWSER: 'none', NO_COLOR: '1', NODE_ENV: 'development' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  }
})
afterAll(async () => {
  if (child.exitCode === null) await ended(child)
  await site.remove()
})

test("Vite's own command: the addresses, the keys, and a restart after the configuration is edited", async () => {
  const [, ory] = await printed(/➜ {2}Ory: +(\S+\/\.ory) \(emulator/)
  await printed(/alice@example\.com · ory-dev-password/)

  child.stdin!.write('h\n')
  await printed(/press i \+ enter to open the Ory emulator's inbox/)
  child.stdin!.write('i\n')
  const [, inbox] = await printed(/➜ {2}Inbox: +(\S+)/)
  expect(inbox).toBe(`${ory}/dev/inbox`)
  expect((await fetch(inbox!)).status).toBe(200)

  const token = await signIn(ory!)
  const kid = await keyId(ory!)
  await site.write('vite.config.js', `${config}// edited\n`)
  await printed(/server restarted/)
  await expect.poll(() => keyId(ory!)).toBe(kid)
  expect((await whoami(ory!, token)).status).toBe(200)

  child.stdin!.write('i\n')
  await printed(/➜ {2}Inbox: +\S+/)
})

async function keyId(ory: string): Promise<string> {
  const { keys } = (await (await fetch(`${ory}/jwks.json`)).json()) as { keys: [{ kid: string }] }
  return keys[0].kid
}

const whoami = (ory: string, token: string): Promise<Response> =>
  fetch(`${ory}/sessions/whoami`, { headers: { 'x-session-token': token } })

async function signIn(ory: string): Promise<string> {
  const flow = (await (await fetch(`${ory}/self-service/login/api`)).json()) as { ui: { action: string } }
  const body = { method: 'password', identifier: 'alice@example.com', password: 'ory-dev-password' }
  const response = await fetch(flow.ui.action, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return ((await response.json()) as { session_token: string }).session_token
}
