// What happens outside of an Ory: at a provider, and in an app for one-time codes.
import { createHmac } from 'node:crypto'

/** The callback URL that a provider sends a browser back to; not part of what is compared. */
export async function visitProvider(url) {
  for (let hop = 0; hop < 5; hop++) {
    const answer = await fetch(url, { redirect: 'manual' })
    const to = new URL(answer.headers.get('location') ?? '', url)
    if (to.pathname.includes('/methods/oidc/callback/')) return to.href
    if (to.href === url) return undefined
    url = to.href
  }
  return undefined
}

/** The callback URL as it is when the person said no. */
export function refused(url) {
  const { searchParams } = new URL(url)
  const back = new URL(searchParams.get('redirect_uri'))
  back.search = new URLSearchParams({
    state: searchParams.get('state'),
    error: 'access_denied',
    error_description: 'no',
  })
  return back.href
}

/** RFC 6238 with its defaults. */
export function totp(secret) {
  const bits = [...secret]
    .map(c => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'))
    .join('')
  const key = Buffer.from(bits.match(/.{8}/g).map(byte => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const mac = createHmac('sha1', key).update(counter).digest()
  const at = mac[19] & 15
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
