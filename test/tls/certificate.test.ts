import { X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  type Bundle,
  commonNameOf,
  createSelfSigned,
  createSigned,
  findProblem,
} from '../../src/tls/certificate.js'
import { normalizeHosts } from '../../src/tls/hosts.js'
import { run } from './_fixtures.js'

const HOSTS = ['localhost', '127.0.0.1', '::1', 'app.localhost']
const NOW = new Date()
const DAY_MS = 86_400_000
const inDays = (days: number): Date => new Date(NOW.getTime() + days * DAY_MS)

const request = { hosts: HOSTS, owner: 'ada@laptop', now: NOW }
const signed = createSigned(request)

/** What OpenSSL, which is not our own reading of X.509, says of a bundle. */
async function openssl(
  bundle: Required<Bundle>,
  ...args: string[]
): Promise<{ code: number | null; output: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'ory-proxy-openssl-'))
  const ca = join(directory, 'ca.crt')
  const leaf = join(directory, 'leaf.crt')
  await writeFile(ca, bundle.ca)
  await writeFile(leaf, bundle.cert)
  const result = await run(
    'openssl',
    args.map(arg => ({ CA: ca, LEAF: leaf })[arg] ?? arg),
  )
  await rm(directory, { recursive: true, maxRetries: 5 })
  return result
}

describe('the signed certificate', () => {
  test.for([
    ['localhost', '-verify_hostname'],
    ['app.localhost', '-verify_hostname'],
    ['127.0.0.1', '-verify_ip'],
    ['::1', '-verify_ip'],
  ])('is accepted by OpenSSL, strictly, for %s', async ([host, check]) => {
    const args = ['verify', '-x509_strict', '-purpose', 'sslserver', check as string, host as string]
    expect((await openssl(await signed, ...args, '-CAfile', 'CA', 'LEAF')).output).toContain('OK')
  })

  test.for([
    ['evil.example', '-verify_hostname'],
    ['127.0.0.2', '-verify_ip'],
  ])('is refused by OpenSSL for %s', async ([host, check]) => {
    const args = ['verify', '-x509_strict', check as string, host as string, '-CAfile', 'CA', 'LEAF']
    expect((await openssl(await signed, ...args)).code).not.toBe(0)
  })

  test.for([['evil.example'], ['localhost', 'evil.example'], ['127.0.0.2'], ['::2'], ['evil-localhost']])(
    'even the key of its authority could not sign for %j',
    async hosts => {
      // The key is gone, so this authority is made by hand for once: same constraints, another leaf.
      const { ca, cert } = await signWithStolenKey(hosts)
      const { code, output } = await openssl({ ca, cert, key: '' }, 'verify', '-CAfile', 'CA', 'LEAF')
      expect({ code, output }).toMatchObject({
        code: 2,
        output: expect.stringContaining('permitted subtree'),
      })
    },
  )

  test('has the authority of one machine, and says so', async () => {
    const ca = new X509Certificate((await signed).ca)
    expect(commonNameOf(ca)).toMatch(/^ory-proxy local \(ada@laptop\) [\da-f]{8}$/)
    const { output } = await openssl(await signed, 'x509', '-in', 'CA', '-noout', '-text')
    expect(output).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/)
    expect(output).toMatch(/Key Usage: critical\s+Certificate Sign\n/)
    expect(output).toMatch(/Extended Key Usage:\s+TLS Web Server Authentication\n/)
    const constraints = /Name Constraints: critical\s+Permitted:\n((?:\s+(?:DNS|IP):\S+\n)+)/.exec(
      output,
    )?.[1]
    expect(constraints?.trim().split(/\s+/)).toEqual([
      'DNS:localhost',
      'IP:127.0.0.1/255.255.255.255',
      'IP:0:0:0:0:0:0:0:1/FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF',
      'DNS:app.localhost',
    ])
  })

  test('lasts 820 days, below the limit of Apple, and starts an hour ago', async () => {
    for (const pem of [(await signed).ca, (await signed).cert]) {
      const { validFrom, validTo } = new X509Certificate(pem)
      expect(Math.round((Date.parse(validTo) - NOW.getTime()) / DAY_MS)).toBe(820)
      expect(Math.round((NOW.getTime() - Date.parse(validFrom)) / 3_600_000)).toBe(1)
    }
  })

  test('shares no key with its authority', async () => {
    const { ca, cert, key } = await signed
    expect(new X509Certificate(ca).publicKey.equals(new X509Certificate(cert).publicKey)).toBe(false)
    expect(key.match(/PRIVATE KEY/g)).toHaveLength(2)
    expect(`${ca}${cert}`).not.toContain('PRIVATE KEY')
  })
})

describe('the self-signed certificate', () => {
  test('is no authority, lasts 90 days, and is its own anchor for OpenSSL', async () => {
    const bundle = await createSelfSigned(request)
    const leaf = new X509Certificate(bundle.cert)
    expect(leaf.ca).toBe(false)
    expect(Math.round((Date.parse(leaf.validTo) - NOW.getTime()) / DAY_MS)).toBe(90)
    const args = ['verify', '-verify_hostname', 'localhost', '-CAfile', 'CA', 'LEAF']
    expect((await openssl({ ...bundle, ca: bundle.cert }, ...args)).output).toContain('OK')
  })
})

describe('the check of a bundle', () => {
  const other = createSigned(request)

  test.for<[string, (bundle: Required<Bundle>, other: Required<Bundle>) => Bundle, Date, string | undefined]>(
    [
      ['a fresh one', bundle => bundle, NOW, undefined],
      ['31 days before the end', bundle => bundle, inDays(820 - 31), undefined],
      ['29 days before the end', bundle => bundle, inDays(820 - 29), 'expiring'],
      ['after the end', bundle => bundle, inDays(900), 'expiring'],
      ["another one's key", (bundle, { key }) => ({ ...bundle, key }), NOW, 'damaged'],
      ["another one's authority", (bundle, { ca }) => ({ ...bundle, ca }), NOW, 'damaged'],
      ['a leaf as authority', bundle => ({ ...bundle, ca: bundle.cert }), NOW, 'damaged'],
      ['half a certificate', bundle => ({ ...bundle, cert: bundle.cert.slice(0, 200) }), NOW, 'damaged'],
      ['no key', bundle => ({ ...bundle, key: '' }), NOW, 'damaged'],
    ],
  )('%s', async ([, change, now, problem]) => {
    expect(findProblem(change(await signed, await other), HOSTS, now)).toBe(problem)
  })

  test.for(['evil.example', '127.0.0.2', 'localhost.', 'x.app.localhost'])(
    '%s is not covered',
    async host => {
      expect(findProblem(await signed, [host], NOW)).toBe('other-hosts')
    },
  )
})

describe('hosts of a certificate', () => {
  test.for<[string, string | undefined]>([
    ['App.Localhost', 'app.localhost'],
    ['192.168.1.7', '192.168.1.7'],
    ['[fe80::1]', 'fe80::1'],
    ['FD00:0:0::1', 'fd00::1'],
    ['müller.test', 'xn--mller-kva.test'],
    ['localhost', undefined],
    ['::1', undefined],
    ['0:0:0:0:0:0:0:1', undefined],
  ])('%s becomes %s', ([host, name]) => {
    expect(normalizeHosts([host])).toEqual({ extra: name === undefined ? [] : [name], refused: [] })
  })

  test.for(['*.localhost', '.example.com', 'a b', 'http://x', 'x:80', '', 'a..b', '-a', 'x\0y'])(
    '%j is refused',
    host => {
      expect(normalizeHosts([host])).toEqual({ extra: [], refused: [host] })
    },
  )
})

/** What a thief of the authority's key could do: the authority is our own in everything but that its key is kept. */
async function signWithStolenKey(hosts: readonly string[]): Promise<{ ca: string; cert: string }> {
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const original = new x509.X509Certificate((await signed).ca)
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: original.subject,
    keys,
    notBefore: original.notBefore,
    notAfter: original.notAfter,
    signingAlgorithm: algorithm,
    extensions: original.extensions.filter(({ type }) => type !== '2.5.29.14'),
  })
  const names = hosts.map(value => ({
    type: /^[\d.]+$|:/.test(value) ? ('ip' as const) : ('dns' as const),
    value,
  }))
  const leaf = await x509.X509CertificateGenerator.create({
    subject: 'CN=stolen',
    issuer: original.subject,
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension(names)],
  })
  return { ca: ca.toString('pem'), cert: leaf.toString('pem') }
}
