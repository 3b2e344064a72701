import { inOneLine } from '../common/one-line.js'
import { OryProxyError } from '../errors.js'

/**
 * What shows a build is production, where the emulator does not start: then there is a preview without Ory, not none.
 * Whatever else went wrong ends it.
 *
 * @param command what the user ran
 */
export function previewWithoutOry(error: unknown, command: string, warn: (line: string) => void): void {
  if (!(error instanceof OryProxyError && error.code === 'ORY_PROXY_PRODUCTION')) inOneLine(error)
  warn(
    'ory-proxy is off in this preview: the emulator lets anybody be anybody, and NODE_ENV is production. ' +
      `Name an Ory (ORY_SDK_URL), or have the emulator with NODE_ENV=development ${command} ` +
      `(in Windows' cmd: set NODE_ENV=development&& ${command}).`,
  )
}
