import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { OryProxyError } from '../../errors.js'
import { type Logger, printable } from '../../log.js'
import type { Settings } from '../commands/settings.js'

/** Key and certificate, PEM. */
export interface Pem {
  readonly key: string
  readonly cert: string
}

/**
 * What to serve https with: the user's own files, else the local certificate.
 *
 * @param names what people may type besides localhost
 */
export async function certificateFor(
  settings: Settings,
  names: readonly string[],
  logger: Logger,
): Promise<Pem> {
  const { tlsCert, tlsKey, dontInstallCert, certProvider: provider } = settings
  if (tlsCert !== undefined || tlsKey !== undefined) return ownFiles(tlsCert, tlsKey)
  const { ensureCertificate } = await import('../../tls/index.js')
  const hosts = names.filter(name => !name.startsWith('.')) // no certificate of ours has wildcards
  return ensureCertificate({ hosts, install: !dontInstallCert, logger, ...(provider && { provider }) })
}

function ownFiles(cert: string | undefined, key: string | undefined): Pem {
  if (cert === undefined) throw bad('--tls-key needs --tls-cert beside it, like --tls-cert cert.pem.')
  if (key === undefined) throw bad('--tls-cert needs --tls-key beside it, like --tls-key key.pem.')
  const pem = { cert: read('--tls-cert', cert), key: read('--tls-key', key) }
  try {
    createSecureContext(pem)
  } catch {
    // No cause: nothing of a key belongs into a message.
    throw bad(`--tls-cert ${printable(cert)} and --tls-key ${printable(key)} are no pair in PEM.`)
  }
  return pem
}

function read(flag: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw bad(`${flag} ${printable(file)} cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
}

const bad = (message: string): OryProxyError => new OryProxyError('ORY_PROXY_BAD_OPTION', message)
