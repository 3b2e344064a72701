import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FACES, type Face } from '../_faces.js'
import { type FakeOry, startFakeOry } from '../_fake-ory.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const source = join(root, 'packages/verify')

let project: string

function run(command: string, args: readonly string[], cwd = project): string {
  const shell = process.platform === 'win32' && command === 'npm'
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', shell })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${status}\n${stdout}\n${stderr}`)
  return stdout.trim()
}

/** A backend in production: its dependencies are there, and nothing of its development. */
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'ory-proxy-verify-'))
  const [packed] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', project], source)) as [
    { filename: string },
  ]
  const dependencies = { 'ory-proxy-verify': `file:${packed.filename}` }
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'api', private: true, dependencies }))
  run('npm', ['install', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'])
}, 120_000)
afterAll(() => rmSync(project, { recursive: true, force: true, maxRetries: 5 }))

describe('ory-proxy-verify, installed alone', () => {
  let ory: FakeOry
  let face: Face

  beforeAll(async () => {
    ory = await startFakeOry()
    face = await FACES['connect']!('http://127.0.0.1:9', { sdkUrl: ory.url })
  })
  afterAll(async () => {
    await face?.close()
    await ory?.close()
  })

  test('brings jose and nothing else', () => {
    const installed = readdirSync(join(project, 'node_modules')).filter(name => !name.startsWith('.'))
    expect(installed).toEqual(['jose', 'ory-proxy-verify'])
  })

  test.for([
    ['import', "import { OryProxyError, verifySession } from 'ory-proxy-verify'", 'server.mjs'],
    ['require', "const { OryProxyError, verifySession } = require('ory-proxy-verify')", 'server.cjs'],
  ] as const)('by %s it asks for the keys, and says when they cannot be had', async ([, line, file]) => {
    const code = `${line}
      const ask = (token, jwksUrl) => verifySession({ authorization: 'Bearer ' + token }, { jwksUrl })
      const token = 'eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6IngifQ.e30.AAAA'
      const [nobody, broken] = [ask(token, '${face.url}/.ory/jwks.json'), ask(token, 'http://127.0.0.1:9/')]
      Promise.allSettled([nobody, broken]).then(([answer, failure]) => {
        console.log(answer.value, failure.reason instanceof OryProxyError, failure.reason.code)
      })`
    writeFileSync(join(project, file), code)
    expect(await said(file)).toContain('null true ORY_PROXY_JWKS')
  })

  /** In a process that we do not wait for synchronously: the keys come from this one. */
  function said(file: string): Promise<string> {
    return new Promise((resolve, reject) => {
      execFile(process.execPath, [file], { cwd: project }, (error, stdout) =>
        error ? reject(error) : resolve(stdout),
      )
    })
  }
})

describe('its types', () => {
  test('are found by node10, node16 from CommonJS and from modules, and bundlers', () => {
    const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js')
    const out = run(process.execPath, [attw, '--pack', source, '--format', 'json'], root)
    const { analysis } = JSON.parse(out) as {
      analysis: { problems: unknown[]; entrypoints: Record<string, { resolutions: Record<string, unknown> }> }
    }
    expect(analysis.problems).toEqual([])
    expect(Object.keys(analysis.entrypoints['.']!.resolutions).sort()).toEqual([
      'bundler',
      'node10',
      'node16-cjs',
      'node16-esm',
    ])
  })

  test('and its version are those of ory-proxy', () => {
    const version = (folder: string): string =>
      (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version
    expect(version(source)).toBe(version(root))
    const types = (file: string): string => readFileSync(join(root, file), 'utf8')
    expect(types('packages/verify/dist/verify.d.ts')).toBe(types('dist/verify.d.ts'))
  })
})
