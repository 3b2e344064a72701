// Compiles src to dist: scripts without comments, types with them, and the command executable.
import { spawnSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

rmSync('dist', { recursive: true, force: true })
const passes = [
  ['--declaration', 'false', '--isolatedDeclarations', 'false', '--removeComments', 'true'],
  ['--emitDeclarationOnly'],
]
for (const pass of passes) {
  const args = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', ...pass]
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
chmodSync('dist/cli.js', 0o755)

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'))
const reachable = new Set()
for (const { types } of Object.values(exports)) if (types?.startsWith('./dist/')) reach(normalize(types))
for (const name of readdirSync('dist', { recursive: true, encoding: 'utf8' })) {
  const file = join('dist', name)
  if (file.endsWith('.d.ts') && !reachable.has(file)) rmSync(file)
}

/** Types that no entry leads to are of no use to anybody, and a fifth of the package. */
function reach(file) {
  if (reachable.has(file)) return
  reachable.add(file)
  const specifiers = readFileSync(file, 'utf8').matchAll(/(?:from |import\()['"](\.[^'"]+)\.js['"]/g)
  for (const [, specifier] of specifiers) reach(join(dirname(file), `${specifier}.d.ts`))
}
