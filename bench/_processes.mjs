import { fork, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = name => fileURLToPath(new URL(name, import.meta.url))
const PROBE = ['--expose-gc', '--import', new URL('./_probe.mjs', import.meta.url).href]

/** A free working folder, so that no signing key of an earlier run is found; gone at the end. */
export const scratch = mkdtempSync(join(tmpdir(), 'ory-proxy-bench-'))
writeFileSync(join(scratch, 'package.json'), '{}')
const children = new Set()
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(scratch, { recursive: true, force: true, maxRetries: 3 })
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130))

/** One side of a comparison, in a process of its own. */
export class Side {
  /** @param hello what the program said when it was ready */
  constructor(child, hello) {
    this.child = child
    this.hello = hello
    this.url = hello.url
  }

  /** Asks the process something: what the probe or the program answers to. */
  ask(question) {
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error('the process has ended'))
      this.child.once('exit', ended)
      this.child.once('message', answer => {
        this.child.off('exit', ended)
        resolve(answer)
      })
      this.child.send(question)
    })
  }

  /** Memory of the process after a full garbage collection. */
  usage() {
    return this.ask({ usage: true })
  }

  /** Seconds of processor time so far. No collection is asked for: it would be measured with the rest. */
  async cpu() {
    return (await this.ask({ cpu: true })).cpu
  }

  close() {
    return new Promise(resolve => {
      children.delete(this.child)
      if (this.child.exitCode !== null) return resolve()
      this.child.once('exit', () => resolve())
      this.child.kill('SIGTERM')
      setTimeout(() => this.child.kill('SIGKILL'), 6000).unref()
    })
  }
}

/** Ends with us, whatever happens. */
export function own(child) {
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

/** A program of this folder; it says `{ url }` when it is ready. */
export async function start(program, options = {}, execArgv = []) {
  const child = own(
    fork(here(program), [JSON.stringify(options)], { cwd: scratch, execArgv: [...PROBE, ...execArgv] }),
  )
  const hello = await new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', code => reject(new Error(`${program} ended with ${code}`)))
  })
  return new Side(child, hello)
}

/** The built command. */
export const CLI = here('../dist/cli.js')

/** The command in front of an app; ready when its banner names the address. */
export async function startCli(app, flags = [], { https = false, execArgv = [], cli = CLI } = {}) {
  const child = own(
    fork(
      cli,
      ['local', app, '--port', '0', https ? '--dont-install-cert' : '--no-https', '--no-open', ...flags],
      {
        cwd: scratch,
        execArgv: [...PROBE, ...execArgv],
        silent: true,
        env: withoutOry(),
      },
    ),
  )
  child.stdout.resume()
  const url = await new Promise((resolve, reject) => {
    let text = ''
    child.stderr.setEncoding('utf8').on('data', chunk => {
      text += chunk
      const found = /Open\s+(https?:\S+)/.exec(text)?.[1]
      if (found) resolve(found.replace('localhost', '127.0.0.1'))
    })
    child.once('exit', code => reject(new Error(`the command ended with ${code}:\n${text}`)))
  })
  return new Side(child, { url })
}

/** The environment without what would choose another Ory. */
export function withoutOry() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/ORY_|^PORT$/.test(name)))
}

/** Where nginx is, which Debian installs outside of a user's path; undefined where it is not installed. */
export const nginx = ['nginx', '/usr/sbin/nginx'].find(name => spawnSync(name, ['-v']).status === 0)

/**
 * nginx with one worker, or undefined where it is not installed.
 *
 * @param ory where it asks whoami for each request (`auth_request`); without it, it passes on and asks nobody
 */
export async function startNginx({ app, ory, authorization }) {
  if (!nginx) return undefined
  const port = await freePort()
  const file = join(scratch, `nginx-${port}.conf`)
  writeFileSync(file, nginxConfig({ port, app, ory, authorization }))
  const child = own(spawn(nginx, ['-p', scratch, '-c', file, '-e', 'stderr'], { stdio: 'ignore' }))
  const url = `http://127.0.0.1:${port}`
  for (let i = 0; i < 100; i++) {
    if (
      await fetch(url)
        .then(r => r.body.cancel().then(() => true))
        .catch(() => false)
    )
      break
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  return new Side(child, { url })
}

const WHOAMI = `location = /whoami {
      internal; proxy_pass http://ory/sessions/whoami; proxy_pass_request_body off;
      proxy_set_header Content-Length "";
    }`

function nginxConfig({ port, app, ory, authorization }) {
  const host = url => new URL(url).host
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `daemon off; worker_processes 1; pid nginx-${port}.pid; error_log stderr crit;
events { worker_connections 512; }
http {
  access_log off; keepalive_requests 1000000;
  ${temp.map(name => `${name}_temp_path ${join(scratch, name)};`).join(' ')}
  upstream app { server ${host(app)}; keepalive 64; keepalive_requests 1000000; }
  ${ory ? `upstream ory { server ${host(ory)}; keepalive 64; keepalive_requests 1000000; }` : ''}
  server {
    listen 127.0.0.1:${port};
    proxy_http_version 1.1; proxy_set_header Connection "";
    location / {
      ${ory ? 'auth_request /whoami;' : ''}
      proxy_set_header Authorization "${authorization}"; proxy_set_header Host $http_host;
      proxy_pass http://app;
    }
    ${ory ? WHOAMI : ''}
  }
}
`
}

export function freePort() {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
