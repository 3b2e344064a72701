/** The domain of a cookie as Go's net/http writes it. */
import { isIPv4 } from 'node:net'

/** Without a first dot; undefined for what is neither a name nor an IPv4 address, which Go leaves out. */
export function cookieDomain(given: string): string | undefined {
  const name = given.replace(/^\./, '')
  return isName(name) || isIPv4(given) ? name : undefined
}

const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/i

const isName = (name: string): boolean =>
  name.length <= 255 &&
  /[a-z]/i.test(name) &&
  name
    .replace(/\.$/, '')
    .split('.')
    .every(label => LABEL.test(label))
