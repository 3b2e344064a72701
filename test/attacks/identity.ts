import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { rawRequest } from '../_raw.js'
import { type Attack, appSaw, WITHOUT_DEV_SERVER, whoArrives, withAnswer } from './_attack.js'

const FORGED: readonly (readonly string[])[] = [
  ['Authorization: Bearer forged'],
  ['aUTHORIZATION: Bearer forged'],
  ['Authorization: Basic Zm9yZ2VkOngK', 'Authorization: Bearer forged'],
  ['Authorization:Bearer forged'],
  ['Authorization: \t Bearer forged'],
  ['Authorization:\r\n Bearer forged'],
  ['Authorization: Bearer forged', 'Connection: x-other, keep-alive', 'AUTHORIZATION: Bearer forged'],
]

const forged: Attack[] = FORGED.map(lines => ({
  threat: 'a forged Authorization reaches the app when nobody is signed in',
  precedent: 'oauth2-proxy#1065; `ory proxy` passes it on',
  promise: `${JSON.stringify(lines.join(' | '))} does not arrive`,
  harm: async target => (await appSaw(target, lines))?.rawHeaders.join().match(/forged|Zm9y/),
}))

const beside: Attack[] = FORGED.map(lines => ({
  threat: 'a forged Authorization beside a real session',
  precedent: 'oauth2-proxy#1065',
  promise: `${JSON.stringify(lines.join(' | '))} gives way to the token of the person`,
  harm: async target => {
    const saw = await appSaw(target, [`Cookie: ${target.alice}`, ...lines])
    return saw?.rawHeaders.join().match(/forged|Zm9y/)
  },
}))

const stripped: Attack[] = [
  ['Connection: authorization'],
  ['Connection: keep-alive, Authorization'],
  ['Connection: close', 'Connection: AUTHORIZATION'],
  ['Connection: ,authorization ,'],
].map(lines => ({
  threat: '`Connection: authorization` strips the identity',
  precedent: 'Traefik CVE-2021-32813, CVE-2024-45410; Go CVE-2021-33197; fastify-reply-from#449',
  promise: `${JSON.stringify(lines.join(' | '))} cannot take the token off`,
  harm: async target => (await whoArrives(target, target.alice, ...lines)) === null,
}))

const nameless: Attack = {
  threat: '`Connection` takes away what a message cannot do without',
  precedent: 'Traefik CVE-2024-45410',
  promise: '"Connection: host" leaves the app the Host that was asked for',
  faces: WITHOUT_DEV_SERVER,
  harm: async target => {
    const saw = await appSaw(target, ['Connection: Host'])
    return saw?.headers.host !== new URL(target.url).host
  },
}

const control: Attack[] = [
  'Ory-Base-URL-Rewrite',
  'Ory_Base_URL_Rewrite',
  'ory-base_url-rewrite',
  'Ory-Base-URL-Rewrite-Token',
  'ORY_BASE_URL_REWRITE_TOKEN',
  'Ory-No-Custom-Domain-Redirect',
  'ory_no_custom_domain_redirect',
].map(name => ({
  threat: 'a client speaks in our name to Ory or to the app',
  precedent: 'oauth2-proxy CVE-2025-64484; ory/cli#446',
  promise: `${name} of a client reaches neither Ory nor the app`,
  harm: async target => {
    const headers = [`${name}: https://evil.example`]
    await rawRequest(target.url, '/.ory/x', { headers })
    const [heard] = target.ory.heard.slice(-1)
    const saw = await appSaw(target, headers)
    return JSON.stringify([heard?.headers, saw?.rawHeaders]).includes('evil.example')
  },
}))

const trailers: Attack = {
  threat: 'an Authorization in a trailer',
  precedent: 'Traefik CVE-2026-88004 (trailers skipped by header scrubbing)',
  promise: 'a trailer never becomes a header',
  harm: async target => {
    const headers = ['Transfer-Encoding: chunked', 'Trailer: Authorization']
    const body = '1\r\nx\r\n0\r\nAuthorization: Bearer forged\r\n\r\n'
    return (await appSaw(target, headers, { method: 'POST', headers, body }))?.headers.authorization
  },
}

type Answer = (req: IncomingMessage, res: ServerResponse) => void

const somebody = JSON.stringify({ active: true, identity: { id: 'somebody' } })
const json =
  (status: number, body: string): Answer =>
  (_req, res) =>
    void res.writeHead(status, { 'content-type': 'application/json' }).end(body)

const RUBBISH: readonly (readonly [string, Answer])[] = [
  ['an error that looks like a session', json(500, somebody)],
  ['a second factor that is missing (403)', json(403, somebody)],
  ['no session (401) with a session in its body', json(401, somebody)],
  ['a session that is over', json(200, '{"active":false,"identity":{"id":"somebody"}}')],
  ['a session active as text', json(200, '{"active":"true","identity":{"id":"somebody"}}')],
  ['a session that does not say it is active', json(200, '{"identity":{"id":"somebody"}}')],
  [
    'a session already past its end',
    json(200, '{"active":true,"expires_at":"2001-01-01T00:00:00Z","identity":{"id":"somebody"}}'),
  ],
]

const rubbish: Attack[] = RUBBISH.map(([what, answer]) => ({
  threat: 'what only looks like a session becomes an identity',
  precedent: 'oauth2-proxy CVE-2026-34457; Pomerium CVE-2024-47616; Kratos CVE-2024-45042',
  promise: `${what} is nobody`,
  harm: target =>
    withAnswer(target, '/sessions/whoami', answer, () =>
      whoArrives(target, `ory_kratos_session=${randomUUID()}`),
    ),
}))

const redirected: Attack = {
  threat: 'a redirect of whoami drags the cookie to another server',
  precedent: 'undici CVE-2023-45143, CVE-2024-24758',
  promise: 'whoami follows no redirect',
  harm: async target => {
    const away: Answer = (_req, res) =>
      void res.writeHead(302, { location: `${target.bystander.url}/sessions/whoami` }).end()
    const before = target.bystander.heard.length
    await withAnswer(target, '/sessions/whoami', away, () =>
      rawRequest(target.url, '/api/x', { headers: [`Cookie: ory_kratos_session=${randomUUID()}`] }),
    )
    return target.bystander.heard.length > before
  },
}

const sideways: Attack[] = [
  {
    threat: 'the token leaks back or sideways',
    precedent: 'pomerium CVE-2021-29651',
    promise: 'the client does not get the token that is minted for the app',
    harm: async target => {
      const answer = await rawRequest(target.url, '/api/x', { headers: [`Cookie: ${target.alice}`] })
      return /\beyJ/.test(answer.head)
    },
  },
  {
    threat: 'the token leaks back or sideways',
    precedent: 'pomerium CVE-2021-29651',
    promise: 'Ory does not get it either',
    harm: async target => {
      await rawRequest(target.url, '/.ory/x', { headers: [`Cookie: ${target.alice}`] })
      return /\beyJ/.test(String(target.ory.heard.at(-1)!.headers.authorization))
    },
  },
  {
    threat: 'the private key is published',
    precedent: 'forcedotcom SalesforceMobileSDK-iOS#3928',
    promise: 'the key set has no private member',
    harm: async target => /"d":/.test((await rawRequest(target.url, '/.ory/jwks.json')).body),
  },
]

/** Who somebody is, as the app sees it. */
export const IDENTITY: readonly Attack[] = [
  ...forged,
  ...beside,
  ...stripped,
  nameless,
  ...control,
  trailers,
  ...rubbish,
  redirected,
  ...sideways,
]
