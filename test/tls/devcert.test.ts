import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, vi } from 'vitest'
import { type Bundle, createSigned } from '../../src/tls/certificate.js'
import { askDevcert } from '../../src/tls/devcert.js'
import { currentSystem } from '../../src/tls/system.js'
import { type FreshUser, test } from './_fixtures.js'

const DIRECTORY = join('.config', 'devcert')

/** What devcert leaves behind after a first run of long ago. */
async function giveDevcertFiles(user: FreshUser, now: Date = new Date()): Promise<Required<Bundle>> {
  const bundle = await createSigned({ hosts: ['localhost'], owner: 'devcert', now })
  const authority = join(user.home, DIRECTORY, 'certificate-authority')
  const domain = join(user.home, DIRECTORY, 'domains', 'localhost')
  for (const directory of [authority, domain]) await mkdir(directory, { recursive: true })
  await writeFile(join(authority, 'certificate.cert'), bundle.ca)
  await writeFile(join(authority, 'private-key.key'), 'never read')
  await writeFile(join(domain, 'certificate.crt'), bundle.cert)
  await writeFile(join(domain, 'private-key.key'), bundle.key)
  return bundle
}

/** A package of that name which does something else. */
async function fakeDevcert(user: FreshUser, source: string): Promise<{ resolve: () => string }> {
  const file = join(user.home, 'fake-devcert.cjs')
  await writeFile(file, source)
  return { resolve: () => file }
}

describe('devcert itself', { timeout: 30_000 }, () => {
  test('is used without a question where the user has its authority', async ({ user }) => {
    const { key, cert, ca } = await giveDevcertFiles(user)
    expect(await user.ensure()).toEqual({ key, cert, ca, source: 'devcert' })
    expect(user.lines).toEqual([
      `Using devcert's certificate (${join(user.home, DIRECTORY)}): open https://localhost, it is not valid for 127.0.0.1. For our own: --cert-provider own`,
    ])
    expect(await user.forbiddenCalls()).toEqual([])
  })

  test('is left alone where the user has none', async ({ user }) => {
    expect((await user.ensure()).source).toBe('own')
    expect(await readdir(user.home)).not.toContain('.config')
  })

  test('is left alone when our own certificate is asked for', async ({ user }) => {
    await giveDevcertFiles(user)
    expect((await user.ensure({ provider: 'own' })).source).toBe('own')
  })

  test('is left alone when nothing is to be installed', async ({ user }) => {
    await giveDevcertFiles(user)
    expect((await user.ensure({ install: false, provider: 'devcert' })).source).toBe('self-signed')
  })

  test('that hands out an expired certificate: one line, and our own', async ({ user }) => {
    await giveDevcertFiles(user, new Date(Date.now() - 900 * 86_400_000))
    expect((await user.ensure()).source).toBe('own')
    expect(user.lines[0]).toBe('devcert gave no certificate: its certificate has expired. Using our own.')
  })

  test('that cannot make its authority here: one line, and our own', async ({ user }) => {
    expect((await user.ensure({ provider: 'devcert' })).source).toBe('own')
    expect(user.lines[0]).toMatch(/^devcert gave no certificate: .+\. Using our own\.$/)
  })
})

describe('a devcert that does not work', () => {
  const BROKEN: [string, string, RegExp][] = [
    ['throws when it is loaded', 'throw new Error("cannot load\\nmore")', /: cannot load\./],
    ['has no such function', 'module.exports = {}', /is not a function/],
    ['rejects', 'exports.certificateFor = async () => { throw new Error("no way") }', /: no way\./],
    ['ends the process', 'process.exit(3)', /: it ended without an answer\./],
    ['gives nothing', 'exports.certificateFor = async () => ({})', /do not match/],
    ['gives junk', 'exports.certificateFor = async () => ({ key: "x", cert: "y" })', /do not match/],
    ['writes escape codes', 'throw new Error("\\u001b[31mred")', /: \?\[31mred\./],
  ]

  test.for(BROKEN)('and %s: one line, and our own', async ([, source, line], { user }) => {
    const system = await fakeDevcert(user, source)
    expect((await user.ensure({ provider: 'devcert', system })).source).toBe('own')
    expect(user.lines[0]).toMatch(line)
    expect(user.lines[0]).toMatch(/^devcert gave no certificate: .* Using our own\.$/)
    expect(user.lines).toHaveLength(2)
  })

  test('is not installed: one line, and our own', async ({ user }) => {
    expect((await user.ensure({ provider: 'devcert', system: { resolve: () => undefined } })).source).toBe(
      'own',
    )
    expect(user.lines[0]).toBe(
      'devcert gave no certificate: it is not installed (npm install --save-dev devcert). Using our own.',
    )
  })

  test.for([
    ['blocks', 'require("node:child_process").execFileSync("/bin/sh", ["-c", "while :; do :; done"])'],
    ['never answers', 'exports.certificateFor = () => new Promise(() => setInterval(() => {}, 1000))'],
  ])('and %s is ended, with what it started', async ([, source], { user }) => {
    const pidFile = join(user.home, 'pid')
    const note = `require("node:fs").writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));`
    const system = currentSystem({
      env: user.env,
      home: user.home,
      ...(await fakeDevcert(user, note + source)),
    })
    expect(await askDevcert(system, ['localhost'], true, 6_000)).toEqual({
      problem: 'it did not answer within 6 s',
    })
    const pid = Number(await readFile(pidFile, 'utf8'))
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 5_000 })
  })

  test('leaves nothing in the temporary directory', async ({ user }) => {
    const left = async (): Promise<string[]> =>
      (await readdir(tmpdir())).filter(name => name.startsWith('ory-proxy-devcert-'))
    const source =
      'require("node:fs").writeFileSync(require("node:os").tmpdir() + "/ca.key", "k"); process.exit()'
    const system = currentSystem({ env: user.env, home: user.home, ...(await fakeDevcert(user, source)) })
    const before = await left()
    await askDevcert(system, ['localhost'], true)
    expect(await left()).toEqual(before)
  })
})
