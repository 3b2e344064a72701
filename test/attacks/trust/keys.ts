import { createLocalJWKSet, decodeJwt, type JWK, jwtVerify } from 'jose'
import { rawRequest } from '../../_raw.js'
import { PLAIN_KEY, type Run, type TrustAttack } from './_target.js'

const jsonIn = (body: string): string => body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1)

/** The token that the app gets for somebody whom the tools signed in. */
async function tokenOf({ url }: Pick<Run, 'url'>): Promise<string> {
  const given = { method: 'POST', headers: ['Content-Length: 0'] }
  const { head } = await rawRequest(url, '/.ory/dev/sign-in?identity=alice@example.com', given)
  const cookies = [...head.matchAll(/^set-cookie: ([^;\r]+)/gim)].map(([, pair]) => pair)
  const { body } = await rawRequest(url, '/api/x', { headers: [`Cookie: ${cookies.join('; ')}`] })
  const { headers } = JSON.parse(jsonIn(body)) as { headers: Record<string, string> }
  return headers['authorization']!.replace('Bearer ', '')
}

/** Whether a backend that asks a run for its keys believes a token. */
async function isBelieved(token: string, { url }: Pick<Run, 'url'>): Promise<boolean> {
  const { keys } = JSON.parse(jsonIn((await rawRequest(url, '/.ory/jwks.json')).body)) as { keys: JWK[] }
  const set = createLocalJWKSet({ keys: keys.map(({ d: _private, ...open }) => open) })
  return jwtVerify(token, set).then(
    () => true,
    () => false,
  )
}

/** Whose word a backend takes, and who can read what opens an Ory. */
export const KEYS: readonly TrustAttack[] = [
  {
    threat: 'a token that anybody can have is believed by a backend',
    precedent: 'JWT confusion: one key for a stand-in and the real thing',
    promise: "a token of the emulator's is nobody's where a real Ory runs in the same project",
    harm: async target => {
      const token = await tokenOf(target)
      if (!(await isBelieved(token, target))) return 'nobody believes it at all'
      return isBelieved(token, await target.real())
    },
  },
  {
    threat: 'a token that anybody can have is believed by a backend',
    precedent: 'JWT confusion: one key for a stand-in and the real thing',
    promise: "a backend can insist on the emulator's issuer: it is the same at the next start",
    harm: async target => {
      const [first, next] = [await tokenOf(target), await tokenOf(await target.again())]
      return decodeJwt(first).iss === undefined || decodeJwt(first).iss !== decodeJwt(next).iss
    },
  },
  {
    threat: 'a secret travels in the open',
    precedent: 'CWE-319',
    promise: 'an API key that would go over plain http to another machine is said, and not shown',
    harm: async target => {
      const run = await target.withPlainKey()
      await rawRequest(run.url, '/.ory/jwks.json') // a dev server may have begun before us
      const said = run.said()
      return said.includes(PLAIN_KEY) || said.split('ory.example over plain http').length !== 2
    },
  },
]
