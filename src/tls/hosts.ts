import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'

/** What every certificate of ours is for. */
export const LOCAL_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '::1']

const DNS_NAME =
  /^(?=.{1,253}$)[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?(?:\.[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?)*$/

/** Further hosts as a certificate has them; those that no certificate of ours can name come back apart. */
export function normalizeHosts(hosts: readonly string[]): { extra: string[]; refused: string[] } {
  const extra = new Set<string>()
  const refused: string[] = []
  for (const host of hosts) {
    const name = asName(host)
    // Wildcards are refused on purpose: browsers do not match `*.localhost`, and a constrained CA and a wildcard
    // make Firefox refuse the whole certificate.
    if (name === undefined) refused.push(host)
    else if (!LOCAL_HOSTS.includes(name)) extra.add(name)
  }
  return { extra: [...extra].sort(), refused }
}

function asName(host: string): string | undefined {
  const address = host.replace(/^\[(.*)\]$/, '$1')
  if (isIP(address) === 6) return new URL(`http://[${address}]`).hostname.slice(1, -1)
  if (isIP(address) === 4) return address
  const name = domainToASCII(host.trim()).toLowerCase()
  return DNS_NAME.test(name) ? name : undefined
}
