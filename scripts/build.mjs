// Compiles src to dist: a file an entry of the package and few shared ones, so that a start reads dozens and not
// hundreds; types by tsc; the command executable.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { rolldown } from 'rolldown'

const { bin, dependencies, exports, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
const VERIFY = 'packages/verify/dist'
rmSync('dist', { recursive: true, force: true })
rmSync(VERIFY, { recursive: true, force: true })
await bundle()
emitTypes()
await buildVerify()

async function bundle() {
  const files = [
    ...Object.values(exports).map(entry => entry.default ?? entry.import?.default),
    ...Object.values(bin),
  ]
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

/** What backends import is a package of its own, for `import` and `require`; `ory-proxy/verify` takes its second half. */
async function buildVerify() {
  const build = await rolldown({ input: 'src/verify.ts', platform: 'neutral', external: ['jose'] })
  for (const [format, extension] of Object.entries({ esm: 'js', cjs: 'cjs' })) {
    await build.write({ file: `${VERIFY}/verify.${extension}`, format, comments: false })
  }
  await build.close()
  const types = new Set()
  reach('dist/verify.d.ts', types)
  for (const file of types) {
    const text = readFileSync(file, 'utf8')
    const name = relative('dist', file)
    const required = text.replaceAll(/(from '\.[^']+)\.js'/g, "$1.cjs'")
    writeFileSync(join(VERIFY, name), text)
    for (const folder of ['dist', VERIFY]) writeFileSync(join(folder, name.replace(/ts$/, 'cts')), required)
  }
  copyFileSync(`${VERIFY}/verify.cjs`, 'dist/verify.cjs')
}

function emitTypes() {
  const args = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--emitDeclarationOnly']
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
  const reachable = new Set()
  const entries = Object.values(exports).map(entry => entry.types ?? entry.import?.types)
  for (const types of entries.filter(file => file?.startsWith('./dist/'))) reach(normalize(types), reachable)
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
