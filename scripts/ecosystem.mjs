// Every framework and dev server we know, started for real; what came out is written to docs/compatibility.md.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { BROWSER_TESTS, browserTable } from './ecosystem-browsers.mjs'
import { CLIENT_TESTS, clientTable } from './ecosystem-clients.mjs'
import { ENGINE_TESTS, engineTable } from './ecosystem-engines.mjs'
import { PACKED_TESTS, packedTable } from './ecosystem-packed.mjs'
import { STACK_TESTS, stackTable } from './ecosystem-stacks.mjs'
import { TESTING_TESTS, testingTable } from './ecosystem-testing.mjs'
import { ensureBrowser } from './ensure-browser.mjs'

const root = process.cwd()
const TESTS = [
  'faces/frameworks',
  'faces/vite',
  'faces/webpack',
  STACK_TESTS,
  'project/recipes',
  ...CLIENT_TESTS,
  ...ENGINE_TESTS,
  ...PACKED_TESTS,
].map(name => `test/${name}.test.ts`)

/** Suites by their title in the tests: how people call them, and where their version stands. */
const KNOWN = [
  ['Vite 6', 'Vite', 'test/ecosystem/older', 'vite'],
  ['Vite 7', 'Vite', 'test/ecosystem/newer', 'vite'],
  ['Vite 8', 'Vite', '.', 'vite'],
  ['webpack-dev-server 5', 'webpack-dev-server', 'test/ecosystem/older', 'webpack-dev-server'],
  ['webpack-dev-server 6', 'webpack-dev-server', '.', 'webpack-dev-server'],
  ['@rspack/dev-server 1', '@rspack/dev-server', 'test/ecosystem/older', '@rspack/dev-server'],
  ['@rspack/dev-server 2', '@rspack/dev-server', 'test/ecosystem/newer', '@rspack/dev-server'],
  ['Rsbuild 2', 'Rsbuild', 'test/ecosystem/newer', '@rsbuild/core'],
  ['sveltekit', 'SvelteKit', 'test/frameworks/sveltekit', '@sveltejs/kit'],
  ['nuxt', 'Nuxt', 'test/frameworks/nuxt', 'nuxt'],
  ['next', 'Next.js (behind the command)', 'test/frameworks/next', 'next'],
  ['astro', 'Astro', 'test/frameworks/astro', 'astro'],
  ['react-router', 'React Router', 'test/frameworks/react-router', '@react-router/dev'],
  ['tanstack-start', 'TanStack Start', 'test/frameworks/tanstack-start', '@tanstack/react-start'],
  ['solidstart', 'SolidStart', 'test/frameworks/solidstart', '@solidjs/start'],
]

/** Frameworks whose builds are shown, too: by their title in the tests, and where Ory comes from then. */
const PREVIEWS = [
  ['sveltekit', 'SvelteKit', 'the plugin, in `vite preview`'],
  ['tanstack-start', 'TanStack Start', 'the plugin, in `vite preview`'],
  ['solidstart', 'SolidStart', 'the plugin, in `vite preview`'],
  ['nuxt', 'Nuxt', 'the command, in front of `nuxt preview`'],
  ['astro', 'Astro', 'the command, in front of `astro preview`'],
  ['react-router', 'React Router', 'the command, in front of `react-router-serve`'],
]

/** Pages of docs/recipes, and the library that verifies there. */
const RECIPES = [
  ['express', 'Express', 'ory-proxy-verify'],
  ['fastify', 'Fastify', 'ory-proxy-verify'],
  ['hono', 'Hono', 'ory-proxy-verify'],
  ['python', 'Python', 'PyJWT'],
  ['go', 'Go', 'golang-jwt and keyfunc'],
  ['java', 'Java', 'Nimbus'],
]

function run() {
  const folder = mkdtempSync(join(tmpdir(), 'ory-proxy-'))
  const outputFile = join(folder, 'results.json')
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...TESTS, BROWSER_TESTS, TESTING_TESTS]
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${outputFile}`]
  const env = { ...process.env, ORY_PROXY_ECOSYSTEM: 'all' }
  const { status } = spawnSync(process.execPath, [...args, ...reporters], { stdio: 'inherit', env })
  const { testResults } = JSON.parse(readFileSync(outputFile, 'utf8'))
  rmSync(folder, { recursive: true })
  return { status: status ?? 1, tests: testResults.flatMap(file => file.assertionResults) }
}

function row(tests, [title, name, folder, packageName]) {
  const manifest = join(root, folder, 'node_modules', packageName, 'package.json')
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'))
  return `| ${name} | ${version} | ${result(tests, title)} |`
}

function preview(tests, [title, name, from]) {
  return `| ${name} | ${from} | ${result(tests, `the preview of ${title}`)} |`
}

function recipe(tests, [page, name, library]) {
  return `| [${name}](recipes/${page}.md) | ${library} | ${result(tests, `the recipe for ${page}`)} |`
}

function result(tests, title) {
  const own = tests.filter(({ ancestorTitles }) => ancestorTitles.join().replaceAll("'", '') === title)
  const passed = own.filter(({ status }) => status === 'passed').length
  const works = own.length > 0 && passed === own.length ? 'works' : '**does not**'
  return `${works} | ${passed} of ${own.length}`
}

/** `npm run first-five-minutes` writes these rows: they are seconds, for which a machine must have nothing else to do. */
const firstFiveMinutes = () =>
  /<!-- first five minutes -->[\s\S]*<!-- \/first five minutes -->/.exec(
    readFileSync(join(root, 'docs/compatibility.md'), 'utf8'),
  )[0]

process.env.CHROMIUM_PATH = await ensureBrowser()
const { status, tests } = run()
const date = new Date().toISOString().slice(0, 10)
const page = `# What ory-proxy was tried with

Written by \`npm run test:ecosystem\` on ${date}, Node ${process.versions.node} on ${process.platform}; a framework that needs a
newer Node ran on Node 24. Each one is started for real. For a framework, a test passes when

- a page and an endpoint see no \`Authorization\` that a client wrote,
- somebody who signs in in Chromium is seen by page and endpoint with their JWT,
- the app's own WebSocket (Nitro's in Nuxt, behind \`rewrites\` in Next.js and \`server.proxy\` in the others) has that
  JWT in its handshake, and a page of another origin opens none,
- client code learns from \`virtual:ory\` where Ory is (not in Next.js),
- an edit of a file shows in the open page without a reload.

| | version | result | tests passed |
|---|---|---|---|
${KNOWN.map(known => row(tests, known)).join('\n')}

${stackTable(tests)}

| preview of a build | Ory comes from | result | tests passed |
|---|---|---|---|
${PREVIEWS.map(known => preview(tests, known)).join('\n')}

| backend | verified with | result | tests passed |
|---|---|---|---|
${RECIPES.map(known => recipe(tests, known)).join('\n')}

${packedTable(tests)}

${clientTable(tests)}

${testingTable(tests)}

${engineTable(tests)}

${browserTable(tests)}

All dev servers and frameworks but Next.js have ory-proxy inside their dev server: [one plugin or one wrapper](../README.md).
webpack-dev-server compresses what the app sends, event streams too, and holds them back until their end, with
ory-proxy or without: set \`compress: false\`, or answer with \`Cache-Control: no-transform\`.

${firstFiveMinutes()}

## What does not work

- **The emulator in \`vite preview\` and \`rsbuild preview\`**, which set \`NODE_ENV=production\`: there it does not start.
  Name an Ory, or run \`NODE_ENV=development vite preview\`.
- **A plugin in the preview of Nuxt, Astro and React Router**: these are servers of their own. Put the command in front,
  \`npx ory-proxy local 3000\`; without it nobody takes off the \`Authorization\` that a client wrote.
- **Trailers and \`103 Early Hints\` of an app behind a dev server's own proxy**: Vite's \`server.proxy\` and webpack's
  \`proxy\` drop them, without ory-proxy just the same. The command passes them on; \`102 Processing\` and trailers of a
  request it does not. An upload with \`Expect: 100-continue\` is told to go on by the dev server, whatever the app would
  have said. Where the app runs inside the dev server or behind our middleware, nothing of this is lost.
- **A DELETE or OPTIONS whose body has no stated length** (a stream), inside a dev server or in front of a middleware of
  yours: 411. Their proxies take it for empty and write it all the same. The command passes it on.
- **\`virtual:ory\`** outside of Vite.

## What was not run

Everything here ran on Linux. Tested without the other systems: where keys and certificates lie, the commands for the
keychain and the user's store of Windows, who holds a port, files with the line ends of Windows, projects whose path has
spaces, \`#\`, \`%\` or backslashes, a file system that takes upper and lower case for the same (NTFS by \`lowntfs-3g\`; mounting
ext4 with \`casefold\` ends with "wrong fs type", vfat with "unknown filesystem type 'vfat'" in our container), how \`cmd\` wants
each printed command. Not run: \`cmd\` itself, Safari, Edge, the trust stores of Windows and macOS, \`npm.cmd\` as the parent of
the command.

For what is not listed, \`npx ory-proxy local <address of the app>\` puts it in front.
`
writeFileSync(join(root, 'docs/compatibility.md'), page)
console.log(`Wrote ${relative(root, join(root, 'docs/compatibility.md'))}.`)
process.exitCode = status
