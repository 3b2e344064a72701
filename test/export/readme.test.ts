import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ensureEngine } from '../../scripts/ensure-engines.mjs'
import { ENGINES } from '../../src/export/index.js'
import type { Gateway } from '../../src/export/settings.js'
import { writeFolder } from '../../src/export/write.js'
import { type Received, startEchoApp } from '../_app.js'
import { freePort } from '../_faces.js'
import { startFakeOry } from '../_fake-ory.js'

/** Engines whose README is followed to the letter: one that signs itself, and in the ecosystem one with a signer beside it. */
const FOLLOWED = process.env['ORY_PROXY_ECOSYSTEM'] === 'all' ? ['nginx', 'haproxy'] : ['nginx']

test.for(FOLLOWED)('whoever types what the README of %s says has a gateway', async engine => {
  ensureEngine(engine)
  const [ory, app] = await Promise.all([startFakeOry(), startEchoApp()])
  const [listen, signerPort] = [await freePort(), await freePort()]
  const gateway: Gateway = {
    ory: new URL(ory.url),
    app: new URL(app.url),
    publicUrl: new URL('https://app.example.com'),
    oryDomain: false,
    protect: [],
    corsOrigins: [],
    corsHeaders: [],
    sessionCache: 10,
    listen,
    signerPort,
  }
  const folder = mkdtempSync(join(tmpdir(), 'ory-proxy-readme-'))
  chmodSync(folder, 0o755)
  await writeFolder(folder, ENGINES[engine]!(gateway), false)
  const readme = readFileSync(join(folder, 'README.md'), 'utf8')
  const commands = (line: string): string[] => {
    const text = readme.split('\n').find(one => one.includes(line))!
    return [...text.replace(/;.*\*\*reload\*\*.*/, '').matchAll(/`([^`]+)`/g)].map(([, command]) => command!)
  }
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` }
  const type = (command: string): void =>
    void execFileSync('sh', ['-c', command], { cwd: folder, env, stdio: 'ignore' })
  type(commands('**Key**')[0]!)
  const [first, second] = commands('**Start**')
  type(first!)
  // What does not go into the background by itself.
  const child =
    second === undefined
      ? undefined
      : spawn('sh', ['-c', `exec ${second}`], { cwd: folder, env, stdio: 'ignore' })
  const headers = { cookie: ory.signIn('ada@example.com') }
  try {
    const seen = async (): Promise<string | undefined> =>
      ((await (await fetch(`http://127.0.0.1:${listen}/`, { headers })).json()) as Received).headers
        .authorization
    await expect.poll(() => seen().catch(() => undefined)).toMatch(/^Bearer ey/)
    type(/\*\*reload\*\*: `([^`]+)`/.exec(readme)![1]!)
    await expect.poll(() => seen().catch(() => undefined)).toMatch(/^Bearer ey/)
  } finally {
    const stopped = child && once(child, 'exit')
    child?.kill('SIGTERM')
    await stopped
    type(/\*\*reload\*\*: `([^`]+)`/.exec(readme)![1]!.replace('reload', 'stop'))
    await Promise.all([ory.close(), app.close()])
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
})
