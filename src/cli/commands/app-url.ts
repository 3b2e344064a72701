import { OryProxyError } from '../../errors.js'
import { printable } from '../../log.js'
import { checked } from '../../options/check.js'

/**
 * The address of an app as people type it: `3000`, `localhost:3000`, or whole.
 *
 * @throws {OryProxyError} `ORY_PROXY_BAD_APP_URL`
 */
export function parseAppUrl(text: string): string {
  const full = /^\d+$/.test(text)
    ? `http://localhost:${text}`
    : /^[a-z][a-z\d+.-]*:\/\//i.test(text)
      ? text
      : `http://${text}`
  const isAddress = URL.canParse(full) && /^https?:\/\/[^/?#\\\s]/i.test(full)
  if (isAddress && new URL(full).username === '') return full
  throw new OryProxyError(
    'ORY_PROXY_BAD_APP_URL',
    `"${printable(text.replace(/\/\/[^/@]*@/, '//…@'))}" is no address of an app.`,
  )
}

/**
 * The address people type, whole: nothing that is left out of it could be guessed.
 *
 * @throws {OryProxyError} `ORY_PROXY_BAD_URL`
 */
export const parsePublishUrl = (text: string): string => checked('publicUrl', text, 'publish-url')
