import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const exec = promisify(execFile)
const OPTIONS = { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const

/** The registry that npm uses here, for those that read no `.npmrc` of npm's. */
async function registry(): Promise<NodeJS.ProcessEnv> {
  const url = (await exec('npm', ['config', 'get', 'registry'], OPTIONS)).stdout.trim()
  return { NPM_CONFIG_REGISTRY: url, BUN_CONFIG_REGISTRY: url, YARN_NPM_REGISTRY_SERVER: url }
}

/** A folder outside of this repository, with our packages as they are published beside what is in `files`. */
export interface PackedProject {
  readonly folder: string
  /** Where tools find their registry; nothing of a test runner. */
  readonly env: NodeJS.ProcessEnv
  run(command: string, ...args: string[]): Promise<string>
  remove(): Promise<void>
}

export async function packedProject(files: Readonly<Record<string, string>>): Promise<PackedProject> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'ory-proxy-stack-')))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  const ours = [root, join(root, 'packages/verify')]
  await exec('npm', ['pack', ...ours, '--ignore-scripts', '--pack-destination', folder], OPTIONS)
  for (const name of Object.keys(TARBALLS))
    await cp(join(folder, `${name}-0.1.0.tgz`), join(folder, `${name}.tgz`))
  const { VITEST: _vitest, NODE_ENV: _env, PORT: _port, ...rest } = process.env
  const env = { ...rest, ...(await registry()), CI: 'true', COREPACK_ENABLE_STRICT: '0' }
  return {
    folder,
    env,
    async run(command, ...args) {
      const done = await exec(command, args, { ...OPTIONS, cwd: folder, env }).catch(error => {
        throw new Error(`${command} ${args.join(' ')}: ${error.message}\n${error.stdout}`)
      })
      return done.stdout
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  }
}

/** What a package.json in that folder says for ours. */
export const TARBALLS: Readonly<Record<string, string>> = {
  'ory-proxy': 'file:./ory-proxy.tgz',
  'ory-proxy-verify': 'file:./ory-proxy-verify.tgz',
}
