import { createHash, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { commonNameOf } from './certificate.js'
import { keychainStore } from './store-macos.js'
import { nssStores } from './store-nss.js'
import { windowsStore } from './store-windows.js'
import type { System } from './system.js'

/** What is to be trusted, and what the stores know it by. */
export interface Anchor {
  /** PEM, without a key. */
  readonly file: string
  readonly name: string
  /** SHA-1 of the DER form, in hex: the one that `security` and Windows' certutil find a certificate by. */
  readonly sha1: string
}

/** One place of the user's own where a browser looks up whom it trusts. */
export interface TrustStore {
  /** As in `Firefox (default-esr)`. */
  readonly name: string
  /** Whether changing it opens a dialog of the operating system. */
  readonly asks: boolean
  isTrusted(anchor: Anchor): Promise<boolean>
  /** @returns why it did not work, as the end of a sentence; nothing when it is trusted now */
  trust(anchor: Anchor): Promise<string | undefined>
  /** Takes out this one. */
  untrust(anchor: Anchor): Promise<void>
  /** Takes out whatever we ever put in, as far as that can be told. */
  untrustAll?(): Promise<void>
}

/** The stores of this user, or why there are none that we can write. */
export interface Stores {
  readonly stores: readonly TrustStore[]
  readonly problem?: string
}

/** Finds the stores of this platform. */
export async function findStores(system: System): Promise<Stores> {
  if (system.platform === 'darwin') return { stores: [keychainStore(system)] }
  if (system.platform === 'win32') return { stores: [windowsStore(system)] }
  return nssStores(system)
}

/** @returns undefined when the file holds no certificate */
export async function readAnchor(file: string): Promise<Anchor | undefined> {
  try {
    const certificate = new X509Certificate(await readFile(file))
    const sha1 = createHash('sha1').update(certificate.raw).digest('hex').toUpperCase()
    return { file, name: commonNameOf(certificate), sha1 }
  } catch {
    return undefined
  }
}
