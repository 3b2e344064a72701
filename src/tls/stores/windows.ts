import { win32 } from 'node:path'
import type { System } from '../system.js'
import type { TrustStore } from './types.js'

/** As long as somebody may need to find the dialog and read it. */
const DIALOG_MS = 120_000

/** The current user's root store: Chrome, Edge, and Firefox, which imports from it. */
export function windowsStore({ env, run }: System): TrustStore {
  // By its path: NSS has a program of the same name.
  const certutil = win32.join(env['SystemRoot'] || 'C:\\Windows', 'System32', 'certutil.exe')
  return {
    name: 'Windows user store',
    asks: true,
    async isTrusted({ sha1 }) {
      return (await run(certutil, ['-user', '-store', 'Root', sha1])).code === 0
    },
    async trust({ file }) {
      const { code } = await run(certutil, ['-user', '-addstore', 'Root', file], { timeoutMs: DIALOG_MS })
      return code === 0 ? undefined : 'the dialog was not confirmed'
    },
    async untrust({ sha1 }) {
      await run(certutil, ['-user', '-delstore', 'Root', sha1], { timeoutMs: DIALOG_MS })
    },
  }
}
