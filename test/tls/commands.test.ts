import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { certInstall, certPath, certStatus, certUninstall } from '../../src/tls/commands.js'
import { NSS_NEW, test } from './_fixtures.js'

const DATA = join('.local', 'share', 'ory-proxy')
const NONE = { text: 'There is no certificate yet. Make one: npx ory-proxy cert install', exitCode: 1 }

test('before there is one, each command says how to get it', async ({ user }) => {
  expect(await certStatus({ on: user })).toEqual(NONE)
  expect(await certPath({ on: user })).toEqual(NONE)
  expect(await readdir(user.home)).toEqual([])
})

test('install makes it and trusts it, a second time it has nothing to do', async ({ user }) => {
  const first = await certInstall({ system: false, on: user })
  expect(first.exitCode).toBe(0)
  expect(first.text).toMatch(/^Created a certificate for .* trusted it in: Chrome\/Chromium\./)
  expect(await certInstall({ system: false, on: user })).toEqual({
    text: 'The certificate is there and trusted.',
    exitCode: 0,
  })
  expect(await user.forbiddenCalls()).toEqual([])
})

test('install without certutil fails with what to do', async ({ user }) => {
  await user.removeCertutil()
  const { text, exitCode } = await certInstall({ system: false, on: user })
  expect(exitCode).toBe(1)
  expect(text).toContain('sudo apt install libnss3-tools')
})

test('status tells file, names, end and who trusts it', async ({ user }) => {
  await user.ensure({ hosts: ['app.localhost'] })
  const { text, exitCode } = await certStatus({ hosts: ['app.localhost'], on: user })
  expect(exitCode).toBe(0)
  const lines = text.split('\n').filter(line => !line.includes('whole system')) // which this machine may not have
  expect(lines).toEqual([
    expect.stringMatching(/^Certificate {3}\S+localhost-[\da-f]{8}\.pem$/),
    expect.stringMatching(/^Authority {5}ory-proxy local \(.+\) [\da-f]{8}$/),
    'Valid for     localhost, 127.0.0.1, ::1, app.localhost',
    expect.stringMatching(/^Valid until {3}\d{4}-\d\d-\d\d$/),
    'Trusted in    Chrome/Chromium',
  ])
})

test('status notices that a store was emptied, and that the end is near', async ({ user }) => {
  await user.ensure()
  await rm(join(user.home, NSS_NEW), { recursive: true })
  const emptied = await certStatus({ on: user })
  expect(emptied).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining('Not trusted in Chrome/Chromium'),
  })
  const later = { ...user, system: { now: () => new Date(Date.now() + 800 * 86_400_000) } }
  expect((await certStatus({ on: later })).text).toContain('; the next start renews it')
})

test('path is the file to give to other programs', async ({ user }) => {
  const { files } = await user.ensure()
  expect(await certPath({ on: user })).toEqual({ text: files?.anchor, exitCode: 0 })
  const { text } = await certPath({ on: user, pem: true })
  expect(new X509Certificate(text).ca).toBe(true)
  expect(`${text}\n`).toBe(await readFile(files!.anchor, 'utf8'))
})

test('uninstall takes every certificate out of every store and deletes the directory', async ({ user }) => {
  await user.ensure()
  await user.ensure({ hosts: ['app.localhost'] })
  const listed = async () => (await user.certutil('-L', '-d', `sql:${join(user.home, NSS_NEW)}`)).output
  expect((await listed()).match(/ory-proxy local/g)).toHaveLength(2)
  expect(await certUninstall({ on: user })).toEqual({
    text: 'Removed the certificate and its trust. Restart open browsers.',
    exitCode: 0,
  })
  expect(await listed()).not.toContain('ory-proxy')
  expect(existsSync(join(user.home, DATA))).toBe(false)
  expect(await certStatus({ on: user })).toEqual(NONE)
})

test('uninstall finds what is trusted even when our own directory is lost', async ({ user }) => {
  await user.ensure()
  await rm(join(user.home, DATA), { recursive: true })
  expect((await certUninstall({ on: user })).exitCode).toBe(0)
  const { output } = await user.certutil('-L', '-d', `sql:${join(user.home, NSS_NEW)}`)
  expect(output).not.toContain('ory-proxy')
})

test('uninstall without certutil keeps what it would need later', async ({ user }) => {
  await user.ensure()
  await user.removeCertutil()
  const { text, exitCode } = await certUninstall({ on: user })
  expect({ text, exitCode }).toMatchObject({ exitCode: 1, text: expect.stringMatching(/may still trust it/) })
  expect(existsSync(join(user.home, DATA))).toBe(true)
})
