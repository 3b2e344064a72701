import { rawBytes, rawRequest } from '../_raw.js'
import { type Attack, appSaw, asReceived, type Target, WITHOUT_DEV_SERVER } from './_attack.js'

/** Whether a server heard anything while something ran. */
async function heardBy(heard: readonly unknown[], run: () => Promise<unknown>): Promise<boolean> {
  const before = heard.length
  await run()
  return heard.length > before
}

const lookalikes: Attack[] = [
  '/.oryx/x',
  '/.ory.json',
  '/.ory-x',
  '/.ORY/x',
  '/%2eory/x',
  '/.%6fry/x',
  '/.ory%2fx',
].map(path => ({
  threat: 'a path that only looks like /.ory reaches Ory',
  precedent: 'Oathkeeper GHSA-p224-6x5r-fjpm; rou3 CVE-2025-71399',
  promise: `${path} is the app's`,
  harm: ({ url, ory }) => heardBy(ory.heard, () => rawRequest(url, path)),
}))

const climbing: Attack[] = [
  '/.ory/../admin/identities',
  '/.ory/%2e%2e/admin/identities',
  '/.ory/.%2E/admin/identities',
  '/.ory/x/..%2f..%2fadmin',
  '/.ory/..\\admin',
  '/.ory/..%5cadmin',
  '/.ory/./x',
  '/.ory/..',
  '/.ory/..#/x',
  '/.ory/..;/admin',
  '/.ory/api/kratos/public/../../../admin',
].map(path => ({
  threat: 'dot segments leave /.ory, or the path in front of Ory',
  precedent: 'Oathkeeper GHSA-p224-6x5r-fjpm; oauth2-proxy CVE-2025-54576, CVE-2026-41059',
  promise: `${path} is refused`,
  harm: ({ url, ory }) => heardBy(ory.heard, () => rawRequest(url, path)),
}))

const odd: Attack[] = [
  '/%',
  '/%zz',
  '/%c0%ae',
  '/x?%',
  '/.ory/%',
  '/.ory//',
  '/.ory///',
  '/.ory//?',
  '/.ory//:',
  '/.ory//%zz',
].map(path => ({
  threat: 'an odd target breaks the proxy',
  precedent: 'Vite CVE-2025-32395; http-proxy-middleware CVE-2024-21536',
  promise: `${path} is no reason for a 5xx`,
  harm: async ({ url }) => (await rawRequest(url, path)).status >= 500,
}))

const unchanged: Attack[] = [
  '/api/../x',
  '/api/%2e%2e/x',
  '/api/a\\b',
  '/api/x#fragment',
  '/api/\'"<>|^`{}',
  '/api/./a//b/../?import&raw??',
].map(path => ({
  threat: 'the app sees another path than the browser asked for',
  precedent: 'Vite CVE-2025-32395, CVE-2025-62522',
  promise: `${path} arrives byte for byte`,
  faces: WITHOUT_DEV_SERVER,
  harm: async ({ url }) => asReceived(await rawRequest(url, path))?.url !== path,
}))

const elsewhere: ((beyond: URL) => string)[] = [
  beyond => `${beyond.origin}/x`,
  beyond => `${beyond.origin.toUpperCase()}/x`,
  beyond => `//${beyond.host}/x`,
  beyond => `/\\${beyond.host}/x`,
  beyond => `/.ory//${beyond.host}/x`,
  beyond => `/.ory/\\${beyond.host}/x`,
]

const retargeted: Attack[] = elsewhere.map(target => ({
  threat: 'the target of a request chooses the server',
  precedent: 'Angular SSR CVE-2025-62427; angular#68436, #70447; Oathkeeper',
  promise: `${target(new URL('http://beyond.example'))} does not leave for another server`,
  harm: ({ url, bystander }) =>
    heardBy(bystander.heard, () => rawRequest(url, target(new URL(bystander.url)))),
}))

const forwardedHost: Attack[] = ['/.ory/speaks', '/.ory/self-service/login/browser'].map(path => ({
  threat: 'X-Forwarded-Host is believed',
  precedent: 'Oathkeeper GHSA-vhr5-ggp3-qq85; Fastify CVE-2026-3635; oauth2-proxy CVE-2026-40575',
  promise: `what ${path} answers speaks of our own origin`,
  harm: async ({ url, ory }: Target) => {
    const undo = ory.on(path.slice('/.ory'.length), (_req, res) => {
      res.setHeader('content-type', 'application/json').end(JSON.stringify({ action: `${ory.url}/x` }))
    })
    const { body } = await rawRequest(url, path, { headers: ['X-Forwarded-Host: evil.example'] })
    undo()
    return /evil/.test(body + JSON.stringify(ory.heard.at(-1)!.headers))
  },
}))

const claimed: Attack[] = [
  ['X-Forwarded-For', '203.0.113.7'],
  ['X-Forwarded-Host', 'evil.example'],
  ['X-Forwarded-Proto', 'evil'],
  ['Forwarded', 'for=203.0.113.7'],
].map(([name = '', value = '']) => ({
  threat: 'a client says who it is, and the app takes it for the word of its proxy',
  precedent: 'Fastify CVE-2026-3635; oauth2-proxy CVE-2026-40575',
  promise: `${name} of a client does not reach the app`,
  faces: ['cli', 'cli over TLS'], // elsewhere it is for the dev server to say
  harm: async target => (await appSaw(target, [`${name}: ${value}`]))?.rawHeaders.join().includes(value),
}))

const tunnels: Attack[] = [
  {
    threat: 'a tunnel through us',
    precedent: 'open proxies; Traefik v3.6.25 (CONNECT)',
    promise: 'CONNECT opens nothing',
    harm: async ({ url, bystander }) => {
      const { host } = new URL(bystander.url)
      const inside = `GET /x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
      const bytes = `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n${inside}`
      return heardBy(bystander.heard, () => rawBytes(url, bytes).catch(() => {}))
    },
  },
  ...['h2c', 'tls', 'foo, websocket'].map(protocol => ({
    threat: 'a protocol switch past the checks',
    precedent: 'h2c smuggling research',
    promise: `Upgrade: ${protocol} does not reach the app`,
    harm: async ({ url, app }: Target) => {
      const lines = [`Upgrade: ${protocol}`, 'HTTP2-Settings: AAMAAABkAAQAAP__']
      const head = 'GET /api/x HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings, close\r\n'
      const before = app.seen.length
      await rawBytes(url, `${head}${lines.join('\r\n')}\r\n\r\n`)
      return app.seen.slice(before).includes('UPGRADE /api/x')
    },
  })),
]

/** Where a request goes. */
export const ROUTING: readonly Attack[] = [
  ...lookalikes,
  ...climbing,
  ...odd,
  ...unchanged,
  ...retargeted,
  ...forwardedHost,
  ...claimed,
  ...tunnels,
]
