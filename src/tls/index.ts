/** Certificates for local https, and who trusts them. */
import { X509Certificate } from 'node:crypto'
import type { Logger } from '../log.js'
import { type Bundle, createSelfSigned, createSigned, expiryOf, findProblem } from './certificate.js'
import { askDevcert, devcertDirectory, hasDevcertAuthority } from './devcert.js'
import {
  type CertificateFiles,
  certificateFiles,
  readBundle,
  repairModes,
  withLock,
  writeBundle,
} from './files.js'
import { LOCAL_HOSTS, normalizeHosts } from './hosts.js'
import { findStores, readAnchor } from './stores/find.js'
import { currentSystem, type System } from './system.js'
import { isTrustedEverywhere, trustEverywhere } from './trust.js'

/** What {@link ensureCertificate} is asked for. */
export interface CertificateOptions {
  /** Names and addresses besides localhost, 127.0.0.1 and ::1. No wildcards: list each name. */
  readonly hosts: readonly string[]
  /** `false`: a self-signed certificate; no browser's store is read or written. */
  readonly install: boolean
  /** @default devcert where the user has its certificate authority already, else our own */
  readonly provider?: 'own' | 'devcert'
  readonly logger: Logger
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv
  /** @default the user's home directory */
  readonly home?: string
  /** Other parts of the machine, for tests. */
  readonly system?: Partial<System>
}

/** A certificate to serve with. */
export interface LocalCertificate {
  /** Private key, PEM. */
  readonly key: string
  /** Certificate, PEM. */
  readonly cert: string
  /** Who signed it, PEM; a self-signed certificate is its own. */
  readonly ca?: string
  readonly source: 'own' | 'self-signed' | 'devcert'
  /** Where it lies; nowhere when it is for this run only. */
  readonly files?: { readonly directory: string; readonly anchor: string }
}

/**
 * The certificate for local HTTPS: the one of the last start, or a new one, trusted in the user's own browsers.
 * Whatever goes wrong with files, stores or devcert is a line for the logger, never an error: HTTPS then works with
 * a warning of the browser.
 *
 * @example
 * const { key, cert } = await ensureCertificate({ hosts: [], install: true, logger })
 */
export async function ensureCertificate(options: CertificateOptions): Promise<LocalCertificate> {
  const { logger } = options
  const system = systemOf(options)
  const { extra, refused } = normalizeHosts(options.hosts)
  if (refused.length > 0) logger.warn(`No certificate can be made for: ${refused.join(', ')}`)
  if (!options.install) return withoutStores(system, extra, logger)
  return (await fromDevcert(options, system, extra)) ?? (await ownCertificate(system, extra, logger))
}

/** The machine that the options describe. */
export function systemOf(options: Pick<CertificateOptions, 'env' | 'home' | 'system'>): System {
  const { env, home, system } = options
  return currentSystem({
    ...system,
    ...(env === undefined ? {} : { env }),
    ...(home === undefined ? {} : { home }),
  })
}

async function fromDevcert(
  { provider, logger }: CertificateOptions,
  system: System,
  extra: readonly string[],
): Promise<LocalCertificate | undefined> {
  const isAskedFor = provider === 'devcert'
  if (provider === 'own' || (!isAskedFor && !hasDevcertAuthority(system))) return undefined
  const result = await askDevcert(system, [...LOCAL_HOSTS, ...extra], isAskedFor)
  if ('problem' in result) {
    logger.warn(`devcert gave no certificate: ${result.problem}. Using our own.`)
    return undefined
  }
  logger.info(
    `Using devcert's certificate (${devcertDirectory(system)}): open https://localhost, it is not valid for 127.0.0.1. For our own: --cert-provider own`,
  )
  return { ...result.bundle, source: 'devcert' }
}

/** Makes one bundle, or finds the one that is there; `onCreated` learns what was there before. */
async function keep(
  system: System,
  files: CertificateFiles,
  hosts: readonly string[],
  create: () => Promise<Bundle>,
  onCreated: (previous: Bundle | undefined) => Promise<void>,
): Promise<Bundle> {
  const present = await readBundle(files)
  const isUsable = present !== undefined && findProblem(present, hosts, system.now()) === undefined
  if (isUsable) return present
  const bundle = await create()
  await onCreated(present)
  await writeBundle(files, bundle)
  return bundle
}

async function withoutStores(
  system: System,
  extra: readonly string[],
  logger: Logger,
): Promise<LocalCertificate> {
  const files = certificateFiles(system, 'self-signed', extra)
  const hosts = [...LOCAL_HOSTS, ...extra]
  const create = (): Promise<Bundle> => createSelfSigned({ hosts, owner: system.owner, now: system.now() })
  try {
    await repairModes(files)
    const bundle = await withLock(files.directory, () => keep(system, files, hosts, create, async () => {}))
    const { anchor } = files
    logger.info(
      `--dont-install-cert: self-signed certificate, browsers will warn. Node: NODE_EXTRA_CA_CERTS="${anchor}"  curl: --cacert "${anchor}"`,
    )
    return { ...bundle, source: 'self-signed', files: { directory: files.directory, anchor } }
  } catch (error) {
    return forThisRun(files, error, logger, create)
  }
}

/** Our own certificate, made and trusted if need be. */
export async function ownCertificate(
  system: System,
  extra: readonly string[],
  logger: Logger,
): Promise<LocalCertificate> {
  const files = certificateFiles(system, 'localhost', extra)
  const hosts = [...LOCAL_HOSTS, ...extra]
  const request = { hosts, owner: system.owner, now: system.now() }
  const done = (bundle: Bundle): LocalCertificate => {
    return { ...bundle, source: 'own', files: { directory: files.directory, anchor: files.anchor } }
  }
  try {
    await repairModes(files)
    const present = await readBundle(files)
    // The usual start: no lock, nothing written.
    if (
      present &&
      !findProblem(present, hosts, request.now) &&
      (await isTrustedEverywhere(system, files, logger))
    )
      return done(present)
    return await withLock(files.directory, async () => {
      let news = ''
      const create = (): Promise<Bundle> => createSigned(request)
      const bundle = await keep(system, files, hosts, create, async previous => {
        news = previous ? renewed(previous) : `Created a certificate for ${hosts.join(', ')}`
        await forgetPrevious(system, files)
      })
      await trustEverywhere(system, files, news, logger)
      return done(bundle)
    })
  } catch (error) {
    return forThisRun(files, error, logger, () => createSelfSigned(request))
  }
}

function renewed(previous: Bundle): string {
  try {
    const expiry = expiryOf(new X509Certificate(previous.cert)).toISOString().slice(0, 10)
    return `Renewed the certificate (the old one expires ${expiry})`
  } catch {
    return 'Renewed the certificate (the old one was damaged)'
  }
}

/** An authority whose key is gone can do no harm, but would stay in the browsers' lists for ever. */
async function forgetPrevious(system: System, files: CertificateFiles): Promise<void> {
  const previous = await readAnchor(files.anchor)
  if (previous === undefined) return
  const { stores } = await findStores(system)
  // Only where no dialog opens: two in a row, to remove and to add, is more than anybody reads.
  for (const store of stores) if (!store.asks) await store.untrust(previous)
}

/** Nothing can be kept, so nothing is asked to be trusted either. */
async function forThisRun(
  files: CertificateFiles,
  error: unknown,
  logger: Logger,
  create: () => Promise<Bundle>,
): Promise<LocalCertificate> {
  const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message
  logger.warn(
    `Cannot write ${files.directory} (${reason}): using a certificate for this run only; browsers will warn.`,
  )
  return { ...(await create()), source: 'self-signed' }
}
