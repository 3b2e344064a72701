// Test runners as people start them, in processes of their own.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBrowser } from '../scripts/ensure-browser.mjs'
import { freePort, own, withoutOry } from './_processes.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = (name, file) =>
  join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), file)
const example = join(root, 'examples/testing')

/** The example's dev server with the emulator. */
export async function startExample() {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const env = { ...withoutOry(), PORT: `${port}` }
  const child = own(
    spawn(process.execPath, [bin('vite', 'bin/vite.js')], { cwd: example, env, stdio: 'ignore' }),
  )
  while (!(await fetch(url).catch(() => undefined))) await new Promise(resolve => setTimeout(resolve, 100))
  return { url, close: () => child.kill() }
}

/** Tests in Chromium that all sign up as one and the same person; half of them with a moved clock or a fault. */
export async function playwrightCrowd(url, { tests, workers }) {
  const fixtures = join(root, 'test/testing/fixtures')
  const output = mkdtempSync(join(tmpdir(), 'ory-proxy-bench-'))
  const report = await run('@playwright/test', 'cli.js', ['test', '--reporter', 'json'], fixtures, {
    CROWD: `${tests}`,
    WORKERS: `${workers}`,
    FOLDER: join(fixtures, 'crowd'),
    OUTPUT: output,
    BASE_URL: url,
    CHROMIUM_PATH: await ensureBrowser(),
  })
  rmSync(output, { recursive: true, force: true, maxRetries: 5 })
  const { expected, unexpected, flaky, duration } = JSON.parse(report.output).stats
  return { passed: expected, failed: unexpected, flaky, seconds: duration / 1000 }
}

/** A package of a project is loaded as it is; only because it is our own would Vitest transform it. */
export const AS_INSTALLED = 'server: { deps: { external: [/\\/dist\\//] } }'

/** A run of Vitest over so many files, each with one test; milliseconds. */
export async function vitestRun(files, test, config) {
  // Inside of the package, which finds itself by its own name.
  const folder = mkdtempSync(join(root, 'bench/.vitest-'))
  for (let i = 0; i < files; i++) writeFileSync(join(folder, `${i}.test.js`), test)
  writeFileSync(join(folder, 'vitest.config.mjs'), config)
  const started = performance.now()
  const { code, output } = await run('vitest', 'vitest.mjs', ['run'], folder)
  const ms = performance.now() - started
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  if (code !== 0) throw new Error(`Vitest ended with ${code}:\n${output}`)
  return ms
}

async function run(name, file, args, cwd, env = {}) {
  const child = own(
    spawn(process.execPath, [bin(name, file), ...args], {
      cwd,
      env: { ...withoutOry(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
  let [output, errors] = ['', '']
  child.stdout.setEncoding('utf8').on('data', chunk => (output += chunk))
  child.stderr.setEncoding('utf8').on('data', chunk => (errors += chunk))
  const code = await new Promise(resolve => child.once('close', resolve))
  return { code, output: output || errors }
}
