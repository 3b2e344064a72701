import { spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, vi } from 'vitest'
import { type FreshUser, filesBelow, NSS_NEW, NSS_OLD, test } from './_fixtures.js'

const DAY_MS = 86_400_000
const DATA = join('.local', 'share', 'ory-proxy')
const FIREFOX_OLD = join('.mozilla', 'firefox')
const FIREFOX_NEW = join('.config', 'mozilla', 'firefox')

const fingerprint = (pem: string): string => new X509Certificate(pem).fingerprint256

async function makeProfile(user: FreshUser, place: string, password?: string): Promise<string> {
  const directory = join(user.home, place)
  await mkdir(directory, { recursive: true })
  const file = join(user.home, 'password')
  if (password) await writeFile(file, password)
  await user.certutil('-N', '-d', `sql:${directory}`, ...(password ? ['-f', file] : ['--empty-password']))
  return `sql:${directory}`
}

async function trusts(user: FreshUser, database: string, ca: string | undefined): Promise<boolean> {
  const name = new X509Certificate(ca ?? '').subject.replace('CN=', '')
  return (await user.certutil('-V', '-u', 'L', '-d', database, '-n', name)).code === 0
}

describe('the first start', () => {
  test('makes a certificate, trusts it and says so in one line', async ({ user }) => {
    const { cert, source, files } = await user.ensure()
    expect(source).toBe('own')
    expect(new X509Certificate(cert).subjectAltName).toBe(
      'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    )
    expect(files).toEqual({ directory: join(user.home, DATA), anchor: join(user.home, DATA, 'ca.crt') })
    expect(user.lines).toEqual([
      'Created a certificate for localhost, 127.0.0.1, ::1 and trusted it in: Chrome/Chromium. It can sign for no other name and its signing key was not kept. Restart open browsers. Undo: npx ory-proxy cert uninstall',
    ])
    expect(await user.forbiddenCalls()).toEqual([])
  })

  test('leaves no key of the authority anywhere', async ({ user }) => {
    const temporary = join(user.home, 'tmp')
    await mkdir(temporary)
    vi.stubEnv('TMPDIR', temporary)
    const { ca, key } = await user.ensure()
    expect(new X509Certificate(ca ?? '').publicKey.type).toBe('public')
    vi.unstubAllEnvs()
    const written = await filesBelow(user.home)
    expect(written.length).toBeGreaterThan(3)
    for (const file of written) {
      const keys = (await readFile(file, 'latin1')).match(/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+/g) ?? []
      for (const found of keys) expect(key).toContain(found)
    }
    const binary = await readFile(join(user.home, NSS_NEW, 'key4.db'), 'latin1')
    expect(binary).not.toContain('PRIVATE KEY')
  })

  test('nobody else may read the key', async ({ user }) => {
    await user.ensure()
    await user.ensure({ install: false })
    const modeOf = async (name: string): Promise<string> =>
      ((await stat(join(user.home, DATA, name))).mode & 0o777).toString(8)
    expect(await modeOf('.')).toBe('700')
    expect(await modeOf('localhost.pem')).toBe('600')
    expect(await modeOf('self-signed.pem')).toBe('600')
    expect(await modeOf('ca.crt')).toBe('644')
  })

  test('of six at once gives one certificate', { timeout: 60_000 }, async ({ user }) => {
    const room = fileURLToPath(new URL('../../src/tls/index.ts', import.meta.url))
    const script = `const { createServer } = await import(${JSON.stringify(import.meta.resolve('vite'))})
      const server = { middlewareMode: true, watch: null, ws: false }
      const vite = await createServer({ configFile: false, server, optimizeDeps: { noDiscovery: true } })
      const { ensureCertificate } = await vite.ssrLoadModule(${JSON.stringify(room)})
      const logger = { info() {}, warn: console.error, error: console.error, debug() {} }
      const { cert, key } = await ensureCertificate({ hosts: [], install: true, logger })
      const { X509Certificate, createPrivateKey } = await import('node:crypto')
      const leaf = new X509Certificate(cert)
      console.log(leaf.checkPrivateKey(createPrivateKey(key)), leaf.fingerprint256)
      await vite.close()`
    const started = Array.from({ length: 6 }, async () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        env: user.env,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let output = ''
      child.stdout.on('data', chunk => (output += chunk))
      child.stderr.on('data', chunk => (output += chunk))
      await once(child, 'close')
      return output
    })
    const answers = new Set(await Promise.all(started))
    expect([...answers]).toEqual([expect.stringMatching(/^true [\dA-F:]{95}\n$/)])
  })
})

describe('a later start', () => {
  test('takes the same certificate and says nothing', async ({ user }) => {
    const first = await user.ensure()
    user.lines.length = 0
    expect((await user.ensure()).cert).toBe(first.cert)
    expect(user.lines).toEqual([])
  })

  test('trusts it in a browser that came since', async ({ user }) => {
    const { ca } = await user.ensure()
    const profile = await makeProfile(user, join(FIREFOX_NEW, 'abc.default-release'))
    user.lines.length = 0
    await user.ensure()
    expect(await trusts(user, profile, ca)).toBe(true)
    expect(user.lines).toEqual([
      expect.stringMatching(/^Trusted the certificate in: Firefox \(default-release\)\./),
    ])
  })

  test('makes a new one for further hosts and keeps the first', async ({ user }) => {
    const first = await user.ensure()
    const second = await user.ensure({ hosts: ['app.localhost', 'localhost', '192.168.1.7'] })
    expect(new X509Certificate(second.cert).checkHost('app.localhost')).toBe('app.localhost')
    expect(new X509Certificate(second.cert).checkIP('192.168.1.7')).toBe('192.168.1.7')
    expect((await user.ensure()).cert).toBe(first.cert)
    expect((await user.ensure({ hosts: ['192.168.1.7', 'app.localhost'] })).cert).toBe(second.cert)
  })

  test('renews what ends within 30 days, and takes the old one out of the stores', async ({ user }) => {
    const past = new Date(Date.now() - 800 * DAY_MS)
    const old = await user.ensure({ system: { now: () => past } })
    const database = `sql:${join(user.home, NSS_NEW)}`
    expect(await trusts(user, database, old.ca)).toBe(true)
    user.lines.length = 0
    const renewed = await user.ensure()
    expect(fingerprint(renewed.cert)).not.toBe(fingerprint(old.cert))
    expect(await trusts(user, database, old.ca)).toBe(false)
    expect(await trusts(user, database, renewed.ca)).toBe(true)
    expect(user.lines).toEqual([
      expect.stringMatching(
        /^Renewed the certificate \(the old one expires \d{4}-\d\d-\d\d\) and trusted it in/,
      ),
    ])
  })

  test.for<[string, (file: string, otherKey: string) => Promise<void>]>([
    ['is empty', file => writeFile(file, '')],
    ['is junk', file => writeFile(file, Buffer.from([0, 255, 10, 45, 45]))],
    ['was cut off', async file => writeFile(file, (await readFile(file, 'utf8')).slice(0, 700))],
    [
      "has another one's key",
      async (file, otherKey) => {
        const cert = (await readFile(file, 'utf8')).replace(
          /^[\s\S]*?PRIVATE KEY-----\n(?=-----BEGIN C)/,
          otherKey,
        )
        await writeFile(file, cert)
      },
    ],
    ['is gone', file => rm(file)],
  ])('makes a new one when the file %s', async ([, damage], { user }) => {
    const old = await user.ensure()
    const { key: otherKey } = await user.ensure({ install: false })
    await damage(join(user.home, DATA, 'localhost.pem'), otherKey)
    const fresh = await user.ensure()
    expect(fingerprint(fresh.cert)).not.toBe(fingerprint(old.cert))
    expect(await trusts(user, `sql:${join(user.home, NSS_NEW)}`, fresh.ca)).toBe(true)
    expect((await user.ensure()).cert).toBe(fresh.cert)
  })

  test('takes back modes that are too open', async ({ user }) => {
    await user.ensure()
    await chmod(join(user.home, DATA), 0o777)
    await chmod(join(user.home, DATA, 'localhost.pem'), 0o644)
    await user.ensure()
    expect((await stat(join(user.home, DATA))).mode & 0o777).toBe(0o700)
    expect((await stat(join(user.home, DATA, 'localhost.pem'))).mode & 0o777).toBe(0o600)
  })

  test('gets over the lock of a process that died', async ({ user }) => {
    const lock = join(user.home, DATA, 'lock')
    await mkdir(lock, { recursive: true })
    const longAgo = new Date(Date.now() - 61_000)
    await utimes(lock, longAgo, longAgo)
    expect((await user.ensure()).source).toBe('own')
  })
})

describe('the stores of the user', () => {
  test('Firefox profiles at the old and the new place', async ({ user }) => {
    const profiles = [
      await makeProfile(user, join(FIREFOX_OLD, '1a2b.default-esr')),
      await makeProfile(user, join(FIREFOX_NEW, '3c4d.work')),
    ]
    const { ca } = await user.ensure()
    for (const profile of profiles) expect(await trusts(user, profile, ca)).toBe(true)
    expect(user.lines[0]).toContain('trusted it in: Chrome/Chromium, Firefox (default-esr), Firefox (work).')
  })

  test('both places of Chromium, when both are there', async ({ user }) => {
    const databases = [await makeProfile(user, NSS_OLD), await makeProfile(user, NSS_NEW)]
    const { ca } = await user.ensure()
    for (const database of databases) expect(await trusts(user, database, ca)).toBe(true)
  })

  test('a place elsewhere, when XDG_DATA_HOME says so', async ({ user }) => {
    const env = { ...user.env, XDG_DATA_HOME: join(user.home, 'elsewhere') }
    const { ca, files } = await user.ensure({ env })
    expect(files?.directory).toBe(join(user.home, 'elsewhere', 'ory-proxy'))
    expect(await trusts(user, `sql:${join(user.home, 'elsewhere', 'pki', 'nssdb')}`, ca)).toBe(true)
  })

  test('a profile with a primary password is left as it was, with a line that says so', async ({ user }) => {
    const profile = await makeProfile(user, join(FIREFOX_OLD, 'x.locked'), 'secret-of-ada')
    const { ca } = await user.ensure()
    expect(await trusts(user, profile, ca)).toBe(false)
    expect((await user.certutil('-L', '-d', profile)).output).not.toContain('ory-proxy')
    expect(user.lines).toContain(
      `Not trusted in Firefox (locked): the profile has a primary password. Import ${join(user.home, DATA, 'ca.crt')} in its settings.`,
    )
  })

  test('without certutil: one line at each start, and a certificate all the same', async ({ user }) => {
    await user.removeCertutil()
    const { cert } = await user.ensure()
    const warning =
      /^Browsers will warn: "certutil" is missing\. .*libnss3-tools.*ca\.crt yourself, or use --no-https\.$/
    expect(user.lines).toEqual([
      'Created a certificate for localhost, 127.0.0.1, ::1.',
      expect.stringMatching(warning),
    ])
    user.lines.length = 0
    expect((await user.ensure()).cert).toBe(cert)
    expect(user.lines).toEqual([expect.stringMatching(warning)])
    expect(await user.forbiddenCalls()).toEqual([])
  })

  test('certutil that never ends or prints for ever is cut off', { timeout: 60_000 }, async ({ user }) => {
    await user.removeCertutil()
    const fake = join(user.env['PATH'] as string, 'certutil')
    await writeFile(fake, '#!/bin/sh\nwhile :; do echo Invalid password; done\n')
    await chmod(fake, 0o755)
    const { source } = await user.ensure()
    expect(source).toBe('own')
    expect(user.lines.at(-1)).toMatch(/^Not trusted in Chrome\/Chromium: /)
  })

  test('root through sudo is told that the user gains nothing', async ({ user }) => {
    await user.ensure({ env: { ...user.env, SUDO_USER: 'ada' }, system: { isRoot: true } })
    expect(user.lines.at(-1)).toBe(
      "Running as root through sudo: ada's browsers will not see this certificate. Run without sudo.",
    )
  })
})

describe('without stores', () => {
  test('the self-signed certificate survives, and no store is made', async ({ user }) => {
    const first = await user.ensure({ install: false })
    expect(first).toMatchObject({ source: 'self-signed' })
    expect((await user.ensure({ install: false })).cert).toBe(first.cert)
    expect((await filesBelow(user.home)).filter(file => file.endsWith('.db'))).toEqual([])
    const file = join(user.home, DATA, 'self-signed.crt')
    expect(user.lines[0]).toBe(
      `--dont-install-cert: self-signed certificate, browsers will warn. Node: NODE_EXTRA_CA_CERTS="${file}"  curl: --cacert "${file}"`,
    )
    expect(await readFile(file, 'utf8')).toBe(first.cert)
  })
})

describe('a home that cannot be written', () => {
  test.for([true, false])(
    'gives a certificate for this run only (install: %s)',
    async (install, { user }) => {
      const home = join(user.home, 'a-file')
      await writeFile(home, '')
      const { key, cert, source, files } = await user.ensure({ home, install })
      expect({ source, files }).toEqual({ source: 'self-signed', files: undefined })
      expect(key).toContain('PRIVATE KEY')
      expect(new X509Certificate(cert).checkHost('localhost')).toBe('localhost')
      expect(user.lines).toEqual([
        `Cannot write ${join(home, DATA)} (ENOTDIR): using a certificate for this run only; browsers will warn.`,
      ])
    },
  )
})
