import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { freePort } from '../_faces.js'

const cli = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Vitest itself, in a process of its own. */
async function vitest(cwd: string, args: string[], env: Record<string, string> = {}) {
  const { VITEST: _ours, NODE_ENV: _too, ORY_JWKS_URL: _none, ...others } = process.env
  const child = spawn(process.execPath, [cli, 'run', '--reporter', 'json', ...args], {
    cwd,
    env: { ...others, ...env },
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', chunk => {
    stdout += chunk
  })
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  const code = await new Promise(resolve => child.once('close', resolve))
  const { numPassedTests, numTotalTests } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as Record<
    string,
    number
  >
  return { code, passed: numPassedTests, total: numTotalTests, stderr }
}

describe('a run of unit tests', () => {
  test.for<Record<string, string>>([
    {},
    { NODE_ENV: 'production' },
    { ORY_ACCESS_TOKEN: 'of-a-console-that-is-not-asked' },
    { ORY_SDK_URL: 'no address' },
  ])('starts nothing and fails by nothing of ours: a broken seed, and %j', async env => {
    const { code, passed, stderr } = await vitest(
      folder('./fixtures/unit-run'),
      ['--config', 'vite.config.mjs'],
      env,
    )
    expect([code, passed, stderr]).toEqual([0, 1, ''])
  })
})

test('the five tests of the example pass, with one Ory for the run', async () => {
  const env = { PORT: String(await freePort()) }
  expect(await vitest(folder('../../examples/testing'), [], env)).toMatchObject({
    code: 0,
    passed: 5,
    total: 5,
  })
})

test('without the set-up, each worker has an Ory of its own', async () => {
  const { code, passed } = await vitest(folder('./fixtures/unit-run'), ['--config', 'alone.config.mjs'])
  expect([code, passed]).toEqual([0, 2])
})

test('keys of something else, named in the environment, are left and told of', async () => {
  const ORY_JWKS_URL = 'http://127.0.0.1:9/.ory/jwks.json'
  const alone = await vitest(folder('./fixtures/unit-run'), ['--config', 'alone.config.mjs'], {
    ORY_JWKS_URL,
  })
  expect([alone.code, alone.passed]).toEqual([1, 1])
  expect(alone.stderr).toContain(
    `ory-proxy: ORY_JWKS_URL is ${ORY_JWKS_URL}, where the keys of these tests are not.`,
  )
})
