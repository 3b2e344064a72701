import { createPrivateKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { Extension, JsonName } from '@peculiar/x509'

/** A certificate and its key, all PEM. */
export interface Bundle {
  readonly key: string
  readonly cert: string
  /** Who signed it; a self-signed certificate has nobody. */
  readonly ca?: string
}

/** What a certificate is made for. */
export interface CertificateRequest {
  /** DNS names and IP addresses, the first one being the common name. */
  readonly hosts: readonly string[]
  /** Who and where, as in `ada@laptop`: it tells one machine's CA from another's in a browser's list. */
  readonly owner: string
  readonly now: Date
}

/** Why a bundle cannot be used (any more). */
export type BundleProblem = 'damaged' | 'other-hosts' | 'expiring'

/** How the name of each of our CAs begins. */
export const CA_NAME_PREFIX = 'ory-proxy local ('

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Apple's systems refuse more than 825 days (support.apple.com/en-us/103769). */
const SIGNED_DAYS = 820
/** Nobody but this machine trusts it, and a browser's exception for it ends with it. */
const SELF_SIGNED_DAYS = 90
const RENEW_DAYS_BEFORE = 30
const NAME_CONSTRAINTS = '2.5.29.30'

/**
 * A certificate authority that can sign for these hosts and nothing else, and the one certificate it ever signs:
 * its private key is gone when this returns.
 */
export async function createSigned(request: CertificateRequest): Promise<Required<Bundle>> {
  const { hosts, owner } = request
  const x509 = await loadX509()
  const [caKeys, keys] = await Promise.all([newKeys(), newKeys()])
  const id = randomBytes(4).toString('hex')
  const issuer: JsonName = [{ CN: [`${CA_NAME_PREFIX}${owner}) ${id}`] }]
  const caKeyId = await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey)
  const ca = await x509.X509CertificateGenerator.create({
    ...validity(request.now, SIGNED_DAYS),
    subject: issuer,
    issuer,
    publicKey: caKeys.publicKey,
    signingKey: caKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      await nameConstraints(hosts),
      caKeyId,
    ],
  })
  const leaf = await x509.X509CertificateGenerator.create({
    ...validity(request.now, SIGNED_DAYS),
    subject: leafName(hosts, id),
    issuer,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    extensions: [
      ...(await leafExtensions(hosts, keys.publicKey)),
      await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  })
  return { key: await privateKeyPem(keys), cert: pem(leaf), ca: pem(ca) }
}

/** A certificate that nobody vouches for: browsers warn. */
export async function createSelfSigned({ hosts, now }: CertificateRequest): Promise<Bundle> {
  const x509 = await loadX509()
  const keys = await newKeys()
  const name = leafName(hosts, randomBytes(4).toString('hex'))
  const leaf = await x509.X509CertificateGenerator.create({
    ...validity(now, SELF_SIGNED_DAYS),
    subject: name,
    issuer: name,
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    extensions: await leafExtensions(hosts, keys.publicKey),
  })
  return { key: await privateKeyPem(keys), cert: pem(leaf) }
}

/** Whether a bundle still does: readable, key and chain match, hosts covered, more than 30 days left. */
export function findProblem(
  bundle: Bundle,
  hosts: readonly string[],
  now: Date,
  daysLeft: number = RENEW_DAYS_BEFORE,
): BundleProblem | undefined {
  try {
    const leaf = new X509Certificate(bundle.cert)
    if (!leaf.checkPrivateKey(createPrivateKey(bundle.key))) return 'damaged'
    const chain = [leaf, ...(bundle.ca === undefined ? [] : [signerOf(leaf, bundle.ca)])]
    if (!hosts.every(host => covers(leaf, host))) return 'other-hosts'
    const endsInTime = (certificate: X509Certificate): boolean =>
      now.getTime() + daysLeft * DAY_MS >= expiryOf(certificate).getTime()
    return chain.some(endsInTime) ? 'expiring' : undefined
  } catch {
    return 'damaged'
  }
}

/** When a certificate ends. */
export function expiryOf(certificate: X509Certificate): Date {
  return new Date(certificate.validTo)
}

/** The common name: what browsers' stores call it, and what we call it in them. */
export function commonNameOf(certificate: X509Certificate): string {
  return /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? certificate.subject
}

function signerOf(leaf: X509Certificate, caPem: string): X509Certificate {
  const ca = new X509Certificate(caPem)
  if (!ca.ca || !leaf.checkIssued(ca) || !leaf.verify(ca.publicKey)) throw new Error('not signed by its CA')
  return ca
}

function covers(leaf: X509Certificate, host: string): boolean {
  const match = isIP(host) ? leaf.checkIP(host) : leaf.checkHost(host, { subject: 'never', wildcards: false })
  return match !== undefined
}

/** A tenth of a second to load, and only needed when a certificate is made. */
async function loadX509(): Promise<typeof import('@peculiar/x509')> {
  await import('reflect-metadata')
  return import('@peculiar/x509')
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
}

function validity(
  now: Date,
  days: number,
): { notBefore: Date; notAfter: Date; signingAlgorithm: typeof ALGORITHM } {
  const start = now.getTime()
  // One hour back: a virtual machine or container with a slow clock shall not see a certificate from the future.
  return {
    notBefore: new Date(start - HOUR_MS),
    notAfter: new Date(start + days * DAY_MS),
    signingAlgorithm: ALGORITHM,
  }
}

/** Unlike the CA's name in every case, and unlike any other leaf's: Firefox refuses two with one name and serial. */
function leafName(hosts: readonly string[], id: string): JsonName {
  return [{ O: [`ory-proxy ${id}`] }, { CN: [hosts[0] ?? 'localhost'] }]
}

async function leafExtensions(
  hosts: readonly string[],
  publicKey: webcrypto.CryptoKey,
): Promise<Extension[]> {
  const x509 = await loadX509()
  const names = hosts.map(value => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value }))
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension(names),
    await x509.SubjectKeyIdentifierExtension.create(publicKey),
  ]
}

/** Critical, so that who does not understand it must refuse the CA (RFC 5280, section 4.2.1.10). */
async function nameConstraints(hosts: readonly string[]): Promise<Extension> {
  const x509 = await loadX509()
  const { GeneralName, GeneralSubtree, GeneralSubtrees, NameConstraints } = await import(
    '@peculiar/asn1-x509'
  )
  const { AsnConvert } = await import('@peculiar/asn1-schema')
  const bases = hosts.map(host => {
    const bits = { 0: undefined, 4: 32, 6: 128 }[isIP(host)]
    return new GeneralName(bits === undefined ? { dNSName: host } : { iPAddress: `${host}/${bits}` })
  })
  const permittedSubtrees = new GeneralSubtrees(bases.map(base => new GeneralSubtree({ base })))
  const value = AsnConvert.serialize(new NameConstraints({ permittedSubtrees }))
  return new x509.Extension(NAME_CONSTRAINTS, true, value)
}

function pem(certificate: { toString(format: 'pem'): string }): string {
  return `${certificate.toString('pem').trim()}\n`
}

async function privateKeyPem(keys: webcrypto.CryptoKeyPair): Promise<string> {
  const { PemConverter } = await loadX509()
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  return `${PemConverter.encode(pkcs8, 'PRIVATE KEY').trim()}\n`
}
