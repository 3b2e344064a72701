// The rows of docs/compatibility.md for package managers, runtimes, workspaces and backends with the packed package.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export const PACKED_TESTS = ['package-managers', 'workspaces', 'nestjs', 'pages'].map(
  name => `packed/${name}`,
)

const MANAGERS = 'test/ecosystem/managers'

/** What people call it, the folder and package whose version counts, and the whole titles of its tests. */
const KNOWN = [
  ['pnpm', MANAGERS, 'pnpm', /^installed with pnpm/],
  ['Yarn, Plug’n’Play', MANAGERS, '@yarnpkg/cli-dist', /^installed with yarn/],
  ['Bun, as package manager and runtime', MANAGERS, 'bun', /^installed with Bun/],
  ['Deno, as runtime (installed with npm)', MANAGERS, 'deno', /^installed with npm, and run in Deno/],
  ["turborepo, from the workspace's root", MANAGERS, 'turbo', /^in a workspace, from its root turborepo/],
  ["Nx, from the workspace's root", MANAGERS, 'nx', /^in a workspace, from its root Nx/],
  ['NestJS, a guard with `ory-proxy-verify`', 'test/stacks/nestjs', '@nestjs/core', /^NestJS/],
  [
    'Django, scripts from Vite, PyJWT',
    'test/ecosystem/django/requirements.txt',
    'django',
    /^pages of django/,
  ],
  ['Rails (Debian’s), scripts from Vite, the gem jwt', 'rails', undefined, /^pages of rails/],
]

function versionOf(folder, name) {
  if (folder === 'rails')
    return spawnSync('rails', ['--version'], { encoding: 'utf8' }).stdout.replace('Rails ', '').trim()
  if (!folder.endsWith('.txt')) {
    const { packages } = JSON.parse(readFileSync(`${folder}/package-lock.json`, 'utf8'))
    return packages[`node_modules/${name}`].version
  }
  return new RegExp(`^${name}==(\\S+)`, 'im').exec(readFileSync(folder, 'utf8'))[1]
}

/** @param tests what Vitest's JSON says of each test */
export function packedTable(tests) {
  const rows = KNOWN.map(([name, folder, packageName, titles]) => {
    const own = tests.filter(({ fullName }) => titles.test(fullName))
    const passed = own.filter(({ status }) => status === 'passed').length
    const works = own.length > 0 && passed === own.length ? 'works' : '**does not**'
    return `| ${name} | ${versionOf(folder, packageName)} | ${works} | ${passed} of ${own.length} |`
  })
  return `| the packed package, installed and run by; backends behind the command | version | result | tests passed |
|---|---|---|---|
${rows.join('\n')}`
}
