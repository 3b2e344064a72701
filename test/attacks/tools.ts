import { connect } from 'node:http2'
import { rawRequest } from '../_raw.js'

/** Something in front of an emulator. */
export interface ToolsTarget {
  readonly url: string
  /** Spoken with it. */
  readonly protocol: 'HTTP/1.1' | 'HTTP/2'
}

/** What somebody tries who is not the developer at this machine; over both protocols, in every face. */
export interface ToolsAttack {
  readonly threat: string
  readonly precedent: string
  readonly promise: string
  /** What the attacker gets out of it; falsy when nothing. */
  harm(target: ToolsTarget): Promise<unknown>
}

interface Sent {
  readonly method?: string
  readonly host?: string
  readonly headers?: readonly string[]
}

interface Got {
  readonly status: number
  readonly body: string
}

/** One request, as it is written, over the target's protocol. */
export function send({ url, protocol }: ToolsTarget, path: string, sent: Sent = {}): Promise<Got> {
  const { method = 'GET', host = new URL(url).host, headers = [] } = sent
  if (protocol === 'HTTP/1.1') {
    const body = method === 'GET' ? [] : ['Content-Length: 0']
    return rawRequest(url, path, { method, host, headers: [...headers, ...body] })
  }
  const fields: Record<string, string> = { ':method': method, ':path': path, ':authority': host }
  for (const line of headers) {
    const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? []
    if (name.toLowerCase() !== 'connection') fields[name.toLowerCase()] = value // HTTP/2 has none (RFC 9113, section 8.2.2)
  }
  return new Promise((resolve, reject) => {
    const session = connect(url, { rejectUnauthorized: false })
    session.once('error', reject)
    const stream = session.request(fields)
    let status = 0
    let body = ''
    stream.on('response', head => {
      status = Number(head[':status'])
    })
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk
    })
    stream.on('error', reject).on('end', () => {
      session.close()
      resolve({ status, body })
    })
    stream.end()
  })
}

/** Whether the tools served that: what everybody is called, what everybody was sent, or a session of anybody's. */
async function opened(target: ToolsTarget, sent: Sent): Promise<boolean> {
  const read = await Promise.all(['users', 'export'].map(tool => send(target, `/.ory/dev/${tool}`, sent)))
  const signedIn = await send(target, '/.ory/dev/sign-in?identity=alice@example.com', {
    ...sent,
    method: 'POST',
  })
  return [...read, signedIn].some(({ status }) => status < 400)
}

const BEHIND = 'who comes through a tunnel or a proxy is taken for the developer at this machine'
const SPOOFING = 'Oathkeeper GHSA-vhr5-ggp3-qq85; oauth2-proxy CVE-2026-40575'

const evidence: ToolsAttack[] = [
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
      harm: (target: ToolsTarget) => opened(target, { headers }),
    }),
  )
})

const names: ToolsAttack[] = ['evil.example', '192.0.2.1', 'localhost.evil.example'].map(host => ({
  threat: 'DNS rebinding where the dev server answers every host (`allowedHosts: true`)',
  precedent: 'Vite CVE-2025-24010; webpack-dev-server#887',
  promise: `the tools are not reached by the name "${host}"`,
  harm: target =>
    opened(target, {
      host,
      headers: ['Sec-Fetch-Site: same-origin', `Origin: ${new URL(target.url).protocol}//${host}`],
    }),
}))

const pages: ToolsAttack[] = [
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
export const TOOLS: readonly ToolsAttack[] = [...evidence, ...names, ...pages]
