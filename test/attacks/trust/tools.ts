import { rawRequest } from '../../_raw.js'
import type { TrustAttack, TrustTarget } from './_target.js'

interface Sent {
  readonly host?: string
  readonly headers?: readonly string[]
}

/** Whether the tools served that: what everybody is called, what everybody was sent, or a session of anybody's. */
async function opened({ url }: TrustTarget, { headers = [], ...sent }: Sent): Promise<boolean> {
  const ask = (tool: string, method: string, ...more: string[]) =>
    rawRequest(url, `/.ory/dev/${tool}`, { ...sent, method, headers: [...headers, ...more] })
  const read = await Promise.all(['users', 'export', 'requests', 'token'].map(tool => ask(tool, 'GET')))
  const signedIn = await ask('sign-in?identity=alice@example.com', 'POST', 'Content-Length: 0')
  return [...read, signedIn].some(({ status }) => status < 400)
}

const BEHIND = 'who comes through a tunnel or a proxy is taken for the developer at this machine'
const SPOOFING = 'Oathkeeper GHSA-vhr5-ggp3-qq85; oauth2-proxy CVE-2026-40575'

const evidence: TrustAttack[] = [
  'X-Forwarded-For: 203.0.113.7',
  'X-Forwarded-For: 127.0.0.1, 203.0.113.7',
  'X-Forwarded-For: nonsense',
  'Forwarded: for=203.0.113.7',
  'Forwarded: for=127.0.0.1;host=localhost, for=203.0.113.7',
  'Forwarded: for=127.0.0.1;host=demo.example',
  'X-Real-IP: 203.0.113.7',
  'CF-Connecting-IP: 203.0.113.7',
  'True-Client-IP: 203.0.113.7',
  'Fly-Client-IP: 203.0.113.7',
  'X-Forwarded-Host: demo.example',
  'Via: 1.1 cache.example',
].flatMap(line => {
  const name = line.split(':', 1)[0]!
  return [[line], [line, `Connection: close, ${name}`], [line, `Connection: keep-alive, ${name}`]].map(
    headers => ({
      threat: BEHIND,
      precedent: headers.length > 1 ? 'Traefik CVE-2024-45410; found here' : SPOOFING,
      promise: `the tools are not for "${headers.join(' | ')}"`,
      harm: (target: TrustTarget) => opened(target, { headers }),
    }),
  )
})

const names: TrustAttack[] = ['evil.example', '192.0.2.1', 'localhost.evil.example'].map(host => ({
  threat: 'DNS rebinding where the dev server answers every host (`allowedHosts: true`)',
  precedent: 'Vite CVE-2025-24010; webpack-dev-server#887',
  promise: `the tools are not reached by the name "${host}"`,
  harm: target =>
    opened(target, {
      host,
      headers: ['Sec-Fetch-Site: same-origin', `Origin: ${new URL(target.url).protocol}//${host}`],
    }),
}))

const pages: TrustAttack[] = [
  ['Origin: http://evil.example'],
  ['Origin: null'],
  ['Origin: http://localhost:1'],
  ['Sec-Fetch-Site: cross-site'],
  ['Sec-Fetch-Site: same-site'],
  ['Origin: http://evil.example', 'Ory-Base-URL-Rewrite: http://evil.example'],
  ['Origin: http://evil.example', 'Forwarded: for=127.0.0.1;host="evil.example";proto=http'],
].map(headers => ({
  threat: 'a page of another origin uses the tools',
  precedent: 'CWE-352',
  promise: `not with "${headers.join(' | ')}"`,
  harm: target => opened(target, { headers }),
}))

/** Who may use what is only for the developer. */
export const TOOLS: readonly TrustAttack[] = [...evidence, ...names, ...pages]
