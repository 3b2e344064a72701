import { spawnSync } from 'node:child_process'
import { copyFile, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from '../scripts/ensure-installed.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const ecosystem = fileURLToPath(new URL('./ecosystem', import.meta.url))
const NIMBUS = 'com.nimbusds:nimbus-jose-jwt:10.5'

/** A backend of docs/recipes, ready to start: the page's own code, written to a file. */
export interface Backend {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
}

/** How the code of each page becomes a program that runs. */
export const BACKENDS: Readonly<Record<string, () => Promise<Backend>>> = {
  express: () => node('express'),
  fastify: () => node('fastify'),
  hono: () => node('hono'),
  async python() {
    const cwd = await written('python', 'server.py')
    run('python3', ['-m', 'venv', 'venv'], cwd)
    const python = join(cwd, process.platform === 'win32' ? 'venv/Scripts/python.exe' : 'venv/bin/python')
    run(python, ['-m', 'pip', 'install', '-q', '-r', join(ecosystem, 'python/requirements.txt')], cwd)
    return { command: python, args: ['server.py'], cwd }
  },
  async go() {
    const cwd = await written('go', 'main.go')
    for (const file of ['go.mod', 'go.sum']) await copyFile(join(ecosystem, 'go', file), join(cwd, file))
    run('go', ['build', '-o', 'server', '.'], cwd)
    return { command: join(cwd, 'server'), args: [], cwd }
  },
  async java() {
    const cwd = await written('java', 'Server.java')
    run('mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=${NIMBUS}`, '-DoutputDirectory=lib'], cwd)
    return { command: 'java', args: ['-cp', 'lib/*', 'Server.java'], cwd }
  },
}

async function node(name: string): Promise<Backend> {
  const folder = join(ecosystem, 'backends')
  await ensureInstalled(folder)
  const verify = join(root, 'packages/verify')
  await symlink(verify, join(folder, 'node_modules/ory-proxy-verify'), 'junction').catch(() => {}) // there already
  const cwd = await written(name, 'server.mjs')
  await symlink(join(folder, 'node_modules'), join(cwd, 'node_modules'), 'junction')
  await writeFile(join(cwd, 'package.json'), '{ "type": "commonjs" }') // what `npm init -y` writes
  return { command: process.execPath, args: ['server.mjs'], cwd }
}

/** The one block of code of a page, in a folder of its own. */
async function written(page: string, file: string): Promise<string> {
  const text = await readFile(join(root, `docs/recipes/${page}.md`), 'utf8')
  const code = /```\w+\n([\s\S]*?)```/.exec(text)?.[1]
  if (!code?.includes(file)) throw new Error(`docs/recipes/${page}.md shows no ${file}`)
  const folder = await mkdtemp(join(tmpdir(), `ory-proxy-${page}-`))
  await writeFile(join(folder, file), code)
  return folder
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error ?? status}\n${stdout}${stderr}`)
}
