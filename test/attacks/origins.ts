import { rawRequest } from '../_raw.js'
import { type Attack, asReceived, socketSaw, subOf, type Target, WITHOUT_DEV_SERVER } from './_attack.js'

const REBINDING = 'webpack-dev-server#887; Vite CVE-2025-24010'

const foreignHosts: Attack[] = [
  'evil.example',
  'localhost.evil.example',
  'evil-localhost',
  'evillocalhost',
  '127.0.0.1.evil.example',
  'localhost@evil.example',
  '[::1].evil.example',
  'localhost..',
  '2130706433',
  '127.1',
  'localhost:80:80',
  'localhost%00.evil.example',
].map(host => ({
  threat: 'DNS rebinding: a page of another site whose name points here',
  precedent: REBINDING,
  promise: `nobody is served as ${host}`,
  harm: async ({ url, alice }) => {
    const answer = await rawRequest(url, '/api/x', { host, headers: [`Cookie: ${alice}`] })
    return answer.status < 400
  },
}))

const oddHosts: Attack[] = [
  ['', 'nothing in it'],
  ['[', 'a bracket'],
  ['a b', 'a space'],
  ['localhost/x', 'a path'],
  ['localhost\\x', 'a backslash'],
  ['"><script>alert(1)</script>', 'markup'],
  ['localhost\r\nHost: evil.example', 'two of them'],
  [`${'a.'.repeat(130)}localhost`, 'more letters than a name can have'],
].map(([host = '', what]) => ({
  threat: 'a malformed Host breaks the proxy, or is taken for one of ours',
  precedent: 'webpack-dev-server CVE-2026-14631',
  promise: `a Host with ${what} is a bad request, and not repeated`,
  harm: async ({ url }) => {
    const page = ['Accept: text/html']
    const answers = await Promise.all(
      ['/api/x', '/.ory/x', '/.ory/jwks.json', '/%'].map(path =>
        rawRequest(url, path, { host, headers: page }),
      ),
    )
    return answers.some(({ status, body }) => status < 400 || status >= 500 || body.includes('<script'))
  },
}))

const foreign: readonly ((own: URL) => string)[] = [
  () => 'http://evil.example',
  () => 'null',
  own => `${own.origin}.evil.example`,
  own => `http://evil.${own.host}`,
  own => own.origin.replace('http', 'https'),
  own => `http://localhost:${Number(own.port) === 1 ? 2 : 1}`,
  own => `http://127.0.0.1:${own.port}`,
  own => `${own.origin}/`,
  own => `http://user@${own.host}`,
  () => 'file://',
  () => '',
]
const ownSample = new URL('http://localhost:4000')

const sockets: Attack[] = foreign.map(originOf => ({
  threat: 'a WebSocket of another site carries the identity',
  precedent: 'webpack-dev-server CVE-2018-14732, CVE-2025-30360; Next.js CVE-2026-27977',
  promise: `a socket whose Origin is "${originOf(ownSample)}" gets none`,
  harm: async target => {
    const saw = await socketSaw(target, [
      `Cookie: ${target.alice}`,
      `Origin: ${originOf(new URL(target.url))}`,
    ])
    return saw?.['authorization']
  },
}))

const handshakes: Attack[] = [
  {
    threat: 'a WebSocket handshake is a way around the rules for requests',
    precedent: 'oauth2-proxy#1065; Vite CVE-2025-24010',
    promise: 'a forged Authorization does not arrive with a handshake',
    harm: async target => (await socketSaw(target, ['Authorization: Bearer forged']))?.['authorization'],
  },
  {
    threat: 'a WebSocket handshake is a way around the rules for requests',
    precedent: REBINDING,
    promise: 'a handshake for another Host gets no identity',
    harm: async target => {
      const lines = [`Cookie: ${target.alice}`, 'Origin: http://evil.example']
      return (await socketSaw(target, lines, 'evil.example'))?.['authorization']
    },
  },
  {
    threat: 'a WebSocket handshake is a way around the rules for requests',
    precedent: 'Traefik CVE-2021-32813',
    promise: 'Connection cannot take the token off a handshake',
    harm: async target => {
      const lines = [`Cookie: ${target.alice}`, `Origin: ${target.url}`, 'Connection: Authorization']
      return (await socketSaw(target, lines))?.['authorization'] === undefined
    },
  },
]

const written: Attack[] = [
  ['Origin: http://evil.example'],
  ['Origin: null'],
  ['Origin: http://localhost:1'],
  ['Origin: '],
  ['Sec-Fetch-Site: cross-site'],
  ['Origin: http://localhost:1', 'Sec-Fetch-Site: same-site'],
].flatMap(lines =>
  ['POST', 'DELETE'].map(method => ({
    threat: 'a page of another origin changes something as the person who looks at it (CSRF)',
    precedent: 'CWE-352; cookies do not tell ports apart, and an app that is sent bearer tokens expects none',
    promise: `a ${method} with "${lines.join(' | ')}" is anonymous`,
    harm: async (target: Target) => {
      const form = ['Content-Type: application/x-www-form-urlencoded', 'Content-Length: 0']
      const headers = [`Cookie: ${target.alice}`, ...form, ...lines]
      return subOf(asReceived(await rawRequest(target.url, '/api/x', { method, headers })))
    },
  })),
)

const readable: Attack[] = ['/api/x', '/.ory/jwks.json', '/.ory/sessions/whoami', '/.ory/init/login'].map(
  path => ({
    threat: 'another site reads answers with the cookies of a person',
    precedent: 'Vite CVE-2025-24010; `ory proxy` grants every origin',
    promise: `${path} grants nothing to a foreign Origin`,
    harm: async ({ url, alice }) => {
      const headers = [`Cookie: ${alice}`, 'Origin: http://evil.example']
      return /^access-control-allow-(origin|credentials)/im.test(
        (await rawRequest(url, path, { headers })).head,
      )
    },
  }),
)

const granted: Attack = {
  threat: 'another site reads answers with the cookies of a person',
  precedent: 'ory/cli#454',
  promise: 'what Ory itself grants is not passed on',
  harm: async ({ url, ory }) => {
    const undo = ory.on('/granted', (req, res) => {
      res.setHeader('access-control-allow-origin', req.headers.origin ?? '')
      res.setHeader('access-control-allow-credentials', 'true').end('{}')
    })
    const { head } = await rawRequest(url, '/.ory/granted', { headers: ['Origin: http://evil.example'] })
    undo()
    return /^access-control-/im.test(head)
  },
}

const pages: Attack[] = [
  [
    'runs no script and cannot be framed',
    /^content-security-policy: .*default-src 'none'.*frame-ancestors 'none'/im,
  ],
  ['is not sniffed into another type', /^x-content-type-options: nosniff/im],
  ['is not kept', /^cache-control: no-store/im],
].map(([what, expected]) => ({
  threat: 'a page of ours is framed, or made to run a script',
  precedent: 'reflected input in error pages',
  promise: `an error page ${what}`,
  faces: WITHOUT_DEV_SERVER,
  harm: async ({ url }) => {
    const answer = await rawRequest(url, '/%', { host: 'evil.example', headers: ['Accept: text/html'] })
    return !(expected as RegExp).test(answer.head)
  },
}))

const traces: Attack = {
  threat: 'an error tells what is inside',
  precedent: 'CWE-209',
  promise: 'an error page has no stack trace and no path of this machine',
  faces: WITHOUT_DEV_SERVER,
  harm: async ({ url }) => {
    const answers = await Promise.all(['/%', '/.ory/..', '/.ory//'].map(path => rawRequest(url, path)))
    return answers.some(({ body }) => /\n\s+at |node_modules|file:\/\//.test(body))
  },
}

const referers: readonly ((own: URL) => string)[] = [
  () => 'https://evil.example/',
  own => `${own.origin}.evil.example/`,
  own => `http://${own.host}@evil.example/`,
  own => `http://evil.example/${own.host}`,
  () => '//evil.example/',
  () => 'javascript:alert(1)//evil',
  () => 'data:text/html,evil',
]

const returns: Attack[] = referers.map(refererOf => ({
  threat: 'a foreign page chooses where a sign-in ends',
  precedent: 'oauth2-proxy CVE-2020-5233, CVE-2020-11053, CVE-2020-4037; mod_auth_openidc#453',
  promise: `"${refererOf(ownSample)}" as Referer is no way back`,
  harm: async ({ url }) => {
    const headers = [`Referer: ${refererOf(new URL(url))}`]
    return /^location: .*evil/im.test((await rawRequest(url, '/.ory/init/login', { headers })).head)
  },
}))

const askedFor: Attack[] = [
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example/',
  '\\\\evil.example/',
  '/\t/evil.example/',
  'https:evil.example',
  'https:/\\evil.example',
  'http://localhost:4000@evil.example/',
  'http://evil.example#localhost:4000',
  'javascript:alert("evil")',
  'blob:http://localhost:4000/evil',
].map(back => ({
  threat: 'a foreign page chooses where a sign-in ends',
  precedent: 'oauth2-proxy CVE-2020-5233, CVE-2020-11053, CVE-2020-4037; mod_auth_openidc#453',
  promise: `"${back}" as return_to is no way back`,
  harm: async ({ url }) => {
    const asked = new URLSearchParams({ return_to: back.replace('localhost:4000', new URL(url).host) })
    return /^location: .*evil/im.test((await rawRequest(url, `/.ory/init/login?${asked}`)).head)
  },
}))

/** Who may ask, from where, and where people are sent. */
export const ORIGINS: readonly Attack[] = [
  ...foreignHosts,
  ...oddHosts,
  ...sockets,
  ...handshakes,
  ...written,
  ...readable,
  granted,
  ...pages,
  traces,
  ...returns,
  ...askedFor,
]
