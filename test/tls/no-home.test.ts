import { X509Certificate } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { ensureCertificate } from '../../src/tls/index.js'

/** A container that runs under a user id without an entry in /etc/passwd: Node throws there. */
vi.mock('node:os', async importOriginal => {
  const nobody = (): never => {
    throw new Error('uv_os_homedir returned ENOENT')
  }
  return { ...(await importOriginal<typeof import('node:os')>()), homedir: nobody, userInfo: nobody }
})

test.for([true, false])(
  'a user without a home gets a certificate for this run (install: %s)',
  async install => {
    const lines: string[] = []
    const say = (line: string): void => void lines.push(line)
    const logger = { info: say, warn: say, error: say, debug: () => {} }
    const { cert, source } = await ensureCertificate({ hosts: [], install, logger, env: {} })
    expect(source).toBe('self-signed')
    expect(new X509Certificate(cert).checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(lines).toEqual([expect.stringMatching(/^Cannot write .* using a certificate for this run only/)])
  },
)
