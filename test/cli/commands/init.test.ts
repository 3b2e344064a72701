import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ended, freePort } from '../../_faces.js'
import { emptyFolder, start } from '../_command.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** A project in git, so that what `git diff` says can be asked. */
function project(files: Readonly<Record<string, string>>): string {
  const folder = emptyFolder()
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    ['-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-qm', 'a'],
  ]) {
    git(folder, ...args)
  }
  return folder
}

const git = (cwd: string, ...args: string[]): string =>
  spawnSync('git', args, { cwd, encoding: 'utf8' }).stdout

async function init(cwd: string, ...args: string[]): Promise<{ code: number | null; said: string }> {
  const command = start(['init', ...args], { cwd })
  const code = await command.exit
  return { code, said: command.stdout() + command.stderr() }
}

const VITE = {
  'package.json': '{ "name": "a", "scripts": { "dev": "vite" }, "devDependencies": { "vite": "^8.0.0" } }\n',
  'vite.config.js':
    "import { defineConfig } from 'vite'\n\nexport default defineConfig({\n  plugins: [],\n})\n",
}

test('a project with Vite is shown the plugin as a diff, and nothing is written without --write', async () => {
  const cwd = project(VITE)
  const { code, said } = await init(cwd)
  expect(code).toBe(0)
  expect(said).toContain('--- vite.config.js\n+++ vite.config.js\n')
  expect(said).toContain("+import { ory } from 'ory-proxy/vite'")
  expect(said).toContain('-  plugins: [],\n+  plugins: [ory()],')
  expect(said).toContain('npx ory-proxy init --write')
  expect(said).toContain('npm install --save-dev ory-proxy')
  expect(git(cwd, 'status', '--porcelain')).toBe('')
})

test('with --write git shows the same diff, a second run changes nothing, and the undo it names is one', async () => {
  const cwd = project(VITE)
  const { said } = await init(cwd, '--write')
  const diff = git(cwd, 'diff', '-U2')
  for (const line of diff.split('\n').filter(line => /^[+-] /.test(line))) expect(said).toContain(line)
  expect(git(cwd, 'diff', '--name-only')).toBe('vite.config.js\n')
  const again = await init(cwd, '--write')
  expect(again.said).toContain('vite.config.js has it already')
  expect(git(cwd, 'diff', '-U2')).toBe(diff)
  const undo = /Undo it with: git (.*)/.exec(said)![1]!
  git(cwd, ...undo.split(' '))
  expect(git(cwd, 'status', '--porcelain')).toBe('')
})

/** `npm create vite` with its plain template. */
const PLAIN = {
  'package.json':
    '{ "type": "module", "scripts": { "dev": "vite", "build": "vite build" }, "devDependencies": { "vite": "^8.0.0" } }\n',
}

test('Vite without a configuration gets one, shown first, with how to undo it', async () => {
  const cwd = project(PLAIN)
  expect((await init(cwd)).said).toContain('+  plugins: [ory()],')
  expect(git(cwd, 'status', '--porcelain')).toBe('')
  const { said } = await init(cwd, '--write')
  expect(said).toContain('delete vite.config.js to undo it')
  expect(git(cwd, 'status', '--porcelain')).toBe('?? vite.config.js\n')
  expect((await init(cwd, '--write')).said).toContain('vite.config.js has it already')
})

test.for([
  ['vitest', '8', 3000],
  ['vite build', '8', 3000],
  ['vite preview', '8', 3000],
  ['vite', '5', 5173],
] as const)('for the script "%s" with Vite %s no configuration is made', async ([dev, vite, port]) => {
  const manifest = { scripts: { dev }, devDependencies: { vite } }
  const { said } = await init(project({ 'package.json': JSON.stringify(manifest) }))
  expect(said).not.toContain('vite.config')
  expect(said).toContain(`ory-proxy local http://localhost:${port}`)
})

test.for([
  ['a configuration of its own', VITE],
  ['none yet', PLAIN],
])('what it wrote serves Ory on the dev server of a project with %s', async ([, files]) => {
  const cwd = project(files as Record<string, string>)
  symlinkSync(join(root, 'node_modules'), join(cwd, 'node_modules'), 'junction')
  writeFileSync(join(cwd, 'index.html'), '<h1>app</h1>')
  await init(cwd, '--write')
  const port = await freePort()
  const vite = spawn(
    process.execPath,
    [join(root, 'node_modules/vite/bin/vite.js'), '--port', `${port}`, '--strictPort'],
    {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  try {
    let said = ''
    await new Promise<void>((resolve, reject) => {
      vite.once('close', () => reject(new Error(said)))
      for (const stream of [vite.stdout, vite.stderr]) {
        stream.on('data', chunk => {
          said += chunk
          if (said.includes(`:${port}`)) resolve()
        })
      }
    })
    const answer = await fetch(`http://localhost:${port}/.ory/jwks.json`)
    expect(await answer.json()).toMatchObject({ keys: [{ alg: 'ES256' }] })
  } finally {
    await ended(vite)
  }
})

test.for<[title: string, files: Record<string, string>, expected: string[]]>([
  [
    'Next with pnpm gets the command as a script, with the port its own script names',
    {
      'package.json':
        '{\n\t"scripts": {\n\t\t"dev": "next dev -p 3100"\n\t},\n\t"dependencies": { "next": "16" }\n}\n',
      'pnpm-lock.yaml': '',
    },
    [
      '"ory": "ory-proxy local http://localhost:3100"',
      'pnpm add --save-dev ory-proxy',
      'pnpm add ory-proxy-verify',
    ],
  ],
  [
    'Angular has its own port',
    { 'package.json': '{ "devDependencies": { "@angular/cli": "21" } }' },
    ['http://localhost:4200'],
  ],
  [
    'Express gets the half that verifies as a dependency',
    { 'package.json': '{ "dependencies": { "express": "5" } }', 'yarn.lock': '' },
    ['yarn add --dev ory-proxy', 'yarn add ory-proxy-verify', 'ory-proxy local http://localhost:3000'],
  ],
  [
    'Vite 5 is older than the plugin',
    { ...VITE, 'package.json': '{ "devDependencies": { "vite": "^5.4.0" } }' },
    ['Vite 5 is older than our plugin, which begins with 6', 'ory-proxy local http://localhost:5173'],
  ],
  [
    'a configuration that is computed is not touched: the lines are printed',
    { ...VITE, 'vite.config.js': 'export default merge(base, {})\n' },
    [
      'vite.config.js is written in a way that init does not change',
      "import { ory } from 'ory-proxy/vite'",
      'plugins: [ory()],',
    ],
  ],
  [
    'a backend in another language gets the line to type',
    { 'main.py': '' },
    ['npx ory-proxy local http://localhost:3000'],
  ],
  [
    'the root of a workspace sends to the folder of the app',
    { 'package.json': '{ "workspaces": ["apps/*"] }' },
    ['in the folder of the app'],
  ],
  [
    'an Ory under another name is pointed out',
    { ...VITE, '.env.local': 'VITE_ORY_SDK_URL=https://x.example\n' },
    ['.env.local names an Ory as VITE_ORY_SDK_URL; ory-proxy reads ORY_SDK_URL'],
  ],
  [
    'an Ory of ours is kept',
    { ...VITE, '.env': 'ORY_SDK_URL=https://x.example\n' },
    ['Ory is what .env names as ORY_SDK_URL'],
  ],
])('%s', async ([, files, expected]) => {
  const cwd = project(files)
  const { code, said } = await init(cwd)
  expect(code).toBe(0)
  for (const line of expected) expect(said).toContain(line)
  expect(git(cwd, 'status', '--porcelain')).toBe('')
})

test('a workspace finds its lock file above', async () => {
  const cwd = project({ 'pnpm-lock.yaml': '', 'package.json': '{}' })
  const app = join(cwd, 'apps')
  mkdirSync(app)
  writeFileSync(join(app, 'package.json'), VITE['package.json'])
  writeFileSync(join(app, 'vite.config.js'), VITE['vite.config.js'])
  expect((await init(app)).said).toContain('pnpm add --save-dev ory-proxy')
})

test('a script of the same name that does something else stays', async () => {
  const cwd = project({
    'package.json': '{ "scripts": { "ory": "ory tunnel" }, "dependencies": { "next": "16" } }',
  })
  const { said } = await init(cwd, '--write')
  expect(said).toContain('"ory": "ory-proxy local http://localhost:3000"')
  expect(readFileSync(join(cwd, 'package.json'), 'utf8')).toContain('"ory": "ory tunnel"')
})

test.for(['edited', 'unknown'])(
  'no undo is named that would take along what git does not have: %s',
  async how => {
    const cwd = project(VITE)
    if (how === 'edited') writeFileSync(join(cwd, 'vite.config.js'), `// mine\n${VITE['vite.config.js']}`)
    else git(cwd, 'rm', '-q', '--cached', 'vite.config.js')
    const { said } = await init(cwd, '--write')
    expect(said).toContain(
      'Written. Undo it by hand, by the lines above: git does not have vite.config.js as it was.',
    )
    expect(said).not.toContain('git checkout')
  },
)

test.for(['{ "name": ', '[]', 'null'])(
  'a package.json that is none ends with one line and 2: %s',
  async text => {
    const { code, said } = await init(project({ 'package.json': text }))
    expect(code).toBe(2)
    expect(said).toMatch(/^ory-proxy ORY_PROXY_INIT: .*package\.json cannot be read/)
    expect(said.trim().split('\n')).toHaveLength(1)
  },
)
