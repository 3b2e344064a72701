import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Project, project, SITE } from './_ecosystem.js'
import { ended } from './_faces.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/** A dev server's own command, in a project that has us among its packages, as its user sees it. */
export class Terminal {
  readonly site: Project
  readonly #child: ChildProcess
  #output = ''

  private constructor(site: Project, child: ChildProcess) {
    this.site = site
    this.#child = child
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        this.#output += chunk
      })
    }
  }

  static async start(script: string, files: Readonly<Record<string, string>>): Promise<Terminal> {
    const site = await project({
      ...SITE,
      'package.json': '{ "type": "module", "private": true }',
      'tty.mjs': 'process.stdin.isTTY = true\n',
      ...files,
    })
    await mkdir(join(site.root, 'node_modules'))
    await symlink(root, join(site.root, 'node_modules/ory-proxy'), 'junction')
    const { CI: _ci, VITEST: _vitest, ORY_SDK_URL: _ours, ...env } = process.env
    const child = spawn(process.execPath, ['--import', './tty.mjs', script], {
      cwd: site.root,
      env: { ...env, BROWSER: 'none', NO_COLOR: '1', NODE_ENV: 'development' },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    return new Terminal(site, child)
  }

  /** Waits for a line; what came before it is forgotten. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#output)
      if (match) {
        this.#output = this.#output.slice(match.index + match[0].length)
        return match
      }
      const { exitCode } = this.#child
      if (exitCode !== null) throw new Error(`the dev server ended with ${exitCode}:\n${this.#output}`)
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }

  /** Writes a file until a line shows that it was seen: after a restart, nothing tells when files are watched again. */
  async edit(name: string, text: string, pattern: RegExp): Promise<void> {
    const write = (): Promise<void> => this.site.write(name, text)
    const again = setInterval(write, 2000)
    await write()
    await this.printed(pattern).finally(() => clearInterval(again))
  }

  /** Types a line. */
  type(text: string): void {
    this.#child.stdin!.write(`${text}\n`)
  }

  async close(): Promise<void> {
    if (this.#child.exitCode === null) await ended(this.#child)
    await this.site.remove()
  }
}

/** The id of the public key at the address of `/.ory`. */
export async function keyId(ory: string): Promise<string> {
  const { keys } = (await (await fetch(`${ory}/jwks.json`)).json()) as { keys: [{ kid: string }] }
  return keys[0].kid
}

/** The status of whoami for a session token. */
export async function whoami(ory: string, token: string): Promise<number> {
  return (await fetch(`${ory}/sessions/whoami`, { headers: { 'x-session-token': token } })).status
}

/** Signs alice in at the emulator; her session token. */
export async function signIn(ory: string): Promise<string> {
  const flow = (await (await fetch(`${ory}/self-service/login/api`)).json()) as { ui: { action: string } }
  const body = { method: 'password', identifier: 'alice@example.com', password: 'ory-dev-password' }
  const response = await fetch(flow.ui.action, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return ((await response.json()) as { session_token: string }).session_token
}
