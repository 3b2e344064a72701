import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'

import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureNginx } from '../../scripts/ensure-nginx.mjs'
import { ENGINES } from '../../src/export/index.js'
import type { Gateway } from '../../src/export/settings.js'
import { writeFolder } from '../../src/export/write.js'

/** A gateway that runs, as it was exported. */
export interface RunningGateway {
  /** Where it listens; people call it by `host`. */
  readonly url: string
  readonly host: string
  readonly folder: string
  /** Makes a key under a name, as the README says. */
  makeKey(name: string): void
  reload(): void
  close(): Promise<void>
}

/** Starts a real nginx from the folder that the export writes. */
export async function startNginx(
  settings: Pick<Gateway, 'ory' | 'app'> & Partial<Gateway>,
  port: number,
): Promise<RunningGateway> {
  const nginx = ensureNginx()
  const folder = mkdtempSync(join(tmpdir(), 'ory-proxy-nginx-'))
  chmodSync(folder, 0o755) // its workers are another user
  const host = `app.test:${port}`
  const gateway: Gateway = {
    publicUrl: new URL(`http://${host}`),
    oryDomain: false,
    protect: [],
    corsOrigins: [],
    corsHeaders: [],
    sessionCache: 10,
    listen: port,
    signerPort: 0,
    ...settings,
  }
  await writeFolder(folder, ENGINES['nginx']!(gateway), false)
  for (const name of ['keys', 'run', 'logs']) mkdirSync(join(folder, name))
  const makeKey = (name: string): void => {
    const args = ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']
    const file = join(folder, `keys/${name}.pem`)
    execFileSync('openssl', [...args, '-out', file], { stdio: 'ignore' })
    execFileSync('chown', ['www-data', file])
  }
  makeKey('signing')
  const args = ['-p', '.', '-c', 'nginx.conf']
  const child = spawn(nginx, [...args, '-g', 'daemon off;'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', chunk => {
    said += chunk
  })
  const url = `http://127.0.0.1:${port}`
  const ended = once(child, 'exit')
  for (let tries = 0; ; tries++) {
    const up = await fetch(`${url}/.ory/healthz`).then(
      answer => answer.ok,
      () => false,
    )
    if (up) break
    if (tries > 200 || child.exitCode !== null) {
      const log = readFileSync(join(folder, 'logs/error.log'), 'utf8')
      throw new Error(`nginx does not start: ${said}${log}`)
    }
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  return {
    url,
    host,
    folder,
    makeKey,
    reload: () => void execFileSync(nginx, [...args, '-s', 'reload'], { cwd: folder, stdio: 'ignore' }),
    async close() {
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
