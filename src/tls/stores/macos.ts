import { join } from 'node:path'
import type { System } from '../system.js'
import type { TrustStore } from './types.js'

/** As long as somebody may need to find the dialog and type a password. */
const DIALOG_MS = 120_000

/** The login keychain: Safari, Chrome, Edge, and Firefox, which imports from it. */
export function keychainStore({ home, run }: System): TrustStore {
  const keychain = join(home, 'Library', 'Keychains', 'login.keychain-db')
  return {
    name: 'login keychain',
    asks: true,
    async isTrusted({ file }) {
      const { code } = await run('security', ['verify-cert', '-c', file, '-p', 'ssl', '-l', '-L', '-q'])
      return code === 0
    },
    async trust({ file }) {
      const args = ['add-trusted-cert', '-r', 'trustRoot', '-p', 'ssl', '-k', keychain, file]
      const { code } = await run('security', args, { timeoutMs: DIALOG_MS })
      return code === 0 ? undefined : 'the dialog was not confirmed'
    },
    async untrust({ sha1 }) {
      // -t: the trust setting too, which would otherwise stay behind.
      await run('security', ['delete-certificate', '-Z', sha1, '-t', keychain], { timeoutMs: DIALOG_MS })
    },
  }
}
