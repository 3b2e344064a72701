/** Where browsers of this platform look up whom they trust. */
import { createHash, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { commonNameOf } from '../certificate.js'
import type { System } from '../system.js'
import { keychainStore } from './macos.js'
import { nssStores } from './nss.js'
import type { Anchor, Stores } from './types.js'
import { windowsStore } from './windows.js'

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
