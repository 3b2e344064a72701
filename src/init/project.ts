/** `ory-proxy init`: looks at a project, says which face fits, shows the change, and makes it where asked. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { OryProxyError } from '../errors.js'

/** How packages are installed there. */
export type Manager = 'npm' | 'pnpm' | 'yarn' | 'bun' | 'deno'

/** What package.json says, as far as we ask. */
export interface Manifest {
  readonly name?: string
  readonly type?: string
  readonly scripts: Readonly<Record<string, string>>
  /** Dependencies of all kinds, with their ranges. */
  readonly packages: Readonly<Record<string, string>>
  readonly workspaces: boolean
}

/** A folder, read once. */
export interface Project {
  readonly root: string
  readonly manager: Manager
  /** Absent where there is no package.json: a backend in another language. */
  readonly manifest?: Manifest & { readonly text: string }
  /** Names of the files in the folder. */
  readonly files: readonly string[]
  /** The Ory that is named already, and where. */
  readonly ory?: { readonly name: string; readonly file: string }
}

/** Reads the folder. Throws `ORY_PROXY_INIT` where its package.json is none. */
export function readProject(root: string): Project {
  const files = readdirSync(root)
  const manifest = readManifest(root)
  const ory = namedOry(root, files)
  return {
    root,
    files,
    manager: managerOf(root),
    ...(manifest && { manifest }),
    ...(ory && { ory }),
  }
}

function readManifest(root: string): (Manifest & { text: string }) | undefined {
  const file = join(root, 'package.json')
  if (!existsSync(file)) return undefined
  const text = readFileSync(file, 'utf8')
  try {
    const content = JSON.parse(text)
    if (Object.prototype.toString.call(content) !== '[object Object]') throw new Error('it holds no object')
    const { name, type, scripts, dependencies, devDependencies, workspaces } = content
    return {
      text,
      scripts: { ...scripts },
      packages: { ...dependencies, ...devDependencies },
      workspaces: workspaces !== undefined,
      ...(typeof name === 'string' && { name }),
      ...(typeof type === 'string' && { type }),
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new OryProxyError('ORY_PROXY_INIT', `${file} cannot be read: ${why}.`, { cause: error })
  }
}

const LOCKS: Readonly<Record<string, Manager>> = {
  'package-lock.json': 'npm',
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'yarn',
  'bun.lock': 'bun',
  'bun.lockb': 'bun',
  'deno.lock': 'deno',
}

/** By the nearest lock file: in a workspace it lies above. */
function managerOf(root: string): Manager {
  const lock = Object.keys(LOCKS).find(name => existsSync(join(root, name)))
  if (lock) return LOCKS[lock]!
  if (dirname(root) !== root) return managerOf(dirname(root))
  return 'npm'
}

const ENV_FILES = ['.env', '.env.local', '.env.development', '.env.development.local']

/** Ours, and what people call the same address elsewhere. */
const ORY_NAME =
  /^\s*(?:export\s+)?([A-Z_]*(?:ORY_SDK_URL|ORY_URL|ORY_PROJECT\w*|KRATOS_(?:PUBLIC_)?URL))\s*=/m

function namedOry(root: string, files: readonly string[]): Project['ory'] {
  for (const file of ENV_FILES.filter(name => files.includes(name))) {
    const name = ORY_NAME.exec(readFileSync(join(root, file), 'utf8'))?.[1]
    if (name) return { name, file }
  }
  return undefined
}
