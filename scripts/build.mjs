// Compiles src to dist: a file an entry of the package and few shared ones, so that a start reads dozens and not
// hundreds; types by tsc; the command executable.
import { spawnSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { rolldown } from 'rolldown'

const { bin, dependencies, exports, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
rmSync('dist', { recursive: true, force: true })
await bundle()
emitTypes()

async function bundle() {
  const files = [...Object.values(exports).map(entry => entry.default), ...Object.values(bin)]
  const scripts = files
    .filter(file => /^(\.\/)?dist\/.*\.js$/.test(file ?? ''))
    .map(file => normalize(file).slice('dist/'.length, -'.js'.length))
  const installed = Object.keys({ ...dependencies, ...peerDependencies })
  const build = await rolldown({
    input: Object.fromEntries(scripts.map(name => [name, `src/${name}.ts`])),
    platform: 'node',
    tsconfig: 'tsconfig.build.json',
    external: id =>
      id.startsWith('node:') || installed.some(name => id === name || id.startsWith(`${name}/`)),
    onLog(level, log) {
      if (level === 'warn') throw new Error(log.message)
    },
  })
  await build.write({ dir: 'dist', comments: false, chunkFileNames: chunkName })
  await build.close()
  for (const file of Object.values(bin)) chmodSync(file, 0o755)
}

/** What is the emulator's alone stays in its folder: whoever has an Ory never reads from there. */
function chunkName({ moduleIds }) {
  const emulators = moduleIds.every(id => id.replaceAll('\\', '/').includes('/src/emulator/'))
  return emulators ? 'emulator/[name]-[hash].js' : 'shared/[name]-[hash].js'
}

function emitTypes() {
  const args = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--emitDeclarationOnly']
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
  const reachable = new Set()
  for (const { types } of Object.values(exports))
    if (types?.startsWith('./dist/')) reach(normalize(types), reachable)
  for (const file of everything().filter(file => file.endsWith('.d.ts') && !reachable.has(file))) rmSync(file)
  const folders = everything().filter(file => statSync(file).isDirectory())
  for (const folder of folders.reverse()) if (readdirSync(folder).length === 0) rmdirSync(folder)
}

/** Types that no entry leads to are of no use to anybody, and a fifth of the package. */
function reach(file, reachable) {
  if (reachable.has(file)) return
  reachable.add(file)
  const specifiers = readFileSync(file, 'utf8').matchAll(/(?:from |import\()['"](\.[^'"]+)\.js['"]/g)
  for (const [, specifier] of specifiers) reach(join(dirname(file), `${specifier}.d.ts`), reachable)
}

function everything() {
  return readdirSync('dist', { recursive: true, encoding: 'utf8' })
    .map(name => join('dist', name))
    .sort()
}
