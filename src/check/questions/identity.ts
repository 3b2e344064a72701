import { parsed } from '../people.js'
import { claimsOf, tokenOf, verified } from '../tokens.js'
import type { Question, Received, Subject } from '../types.js'
import { holds } from '../wrong.js'

const needs = ['echo', 'user'] as const
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

/** What the app receives of one person in two sessions. */
const ofBothSessions = (x: Subject): Promise<[Received, Received]> =>
  Promise.all([x.received([x.ada.cookie]), x.received([`X-Session-Token: ${x.ada.token}`])])

/** Who is signed in arrives with a JWT. */
export const IDENTITY: readonly Question[] = [
  {
    id: 'jwt.cookie',
    asks: "A request with a session's cookie arrives with Authorization: Bearer and a JWT.",
    why: 'The app knows nobody otherwise.',
    needs,
    ask: async x => void tokenOf(await x.received([x.ada.cookie])),
  },
  {
    id: 'jwt.session-token',
    asks: 'So does one with X-Session-Token.',
    why: 'Apps on phones have no cookies.',
    needs,
    ask: async x => void tokenOf(await x.received([`X-Session-Token: ${x.ada.token}`])),
  },
  {
    id: 'jwt.bearer-token',
    asks: "So does one with Ory's session token as its bearer, and the session token itself does not arrive.",
    why: "An app that logs its headers would log a session's key.",
    needs,
    ask: async x => void tokenOf(await x.received([`Authorization: Bearer ${x.ada.token}`])),
  },
  {
    id: 'jwt.verifies',
    asks: 'It verifies with the keys at /.ory/jwks.json.',
    why: 'Every backend would answer 401.',
    needs,
    ask: async x => void (await verified(x, await x.received([x.ada.cookie]))),
  },
  {
    id: 'jwt.header',
    asks: 'Its header says alg ES256, typ JWT and a kid.',
    why: 'Backends pin the algorithm and look the key up by kid.',
    needs,
    async ask(x) {
      const { alg, typ, kid } = await verified(x, await x.received([x.ada.cookie]))
      holds(alg === 'ES256' && typ === 'JWT' && typeof kid === 'string', `alg ${alg}, typ ${typ}`)
    },
  },
  {
    id: 'jwt.claims',
    asks: 'It has the claims iss, sub, session, iat, nbf, exp and jti.',
    why: 'An app that was built against them reads nothing.',
    needs,
    async ask(x) {
      const claims = claimsOf(await x.received([x.ada.cookie]))
      const missing = ['iss', 'sub', 'session', 'iat', 'nbf', 'exp', 'jti'].filter(name => !(name in claims))
      holds(missing.length === 0, `without ${missing.join(', ')}`)
    },
  },
  {
    id: 'jwt.lifetime',
    asks: 'It lives for 60 seconds, and has at least 5 of them left.',
    why: 'A longer one outlives a sign-out; a shorter one ends on the way.',
    needs,
    async ask(x) {
      const { iat, exp } = claimsOf(await x.received([x.ada.cookie]))
      const left = exp - Date.now() / 1000
      holds(exp - iat === 60, `${exp - iat} seconds`)
      holds(left > 5 && left <= 61, `${Math.round(left)} seconds left, by the clock of this machine`)
    },
  },
  {
    id: 'jwt.issuer',
    asks: 'iss is an address, the same in every token.',
    why: 'Backends compare it with the one they were told.',
    needs,
    async ask(x) {
      const [one, other] = await ofBothSessions(x)
      const { iss } = claimsOf(one)
      holds(URL.canParse(iss) && iss === claimsOf(other).iss, 'no address, or two')
    },
  },
  {
    id: 'jwt.subject',
    asks: 'sub is the id of the identity that whoami names.',
    why: "The app's own tables are keyed by it.",
    needs,
    async ask(x) {
      const whoami = parsed(await x.ask('/.ory/sessions/whoami', { headers: [x.ada.cookie] })) as {
        identity?: { id?: string }
      }
      const { sub } = claimsOf(await x.received([x.ada.cookie]))
      holds(sub !== '' && sub === whoami.identity?.id, 'another one')
    },
  },
  {
    id: 'jwt.session',
    asks: 'session is the session as whoami gives it, traits and all.',
    why: 'Apps read names and addresses out of it.',
    needs,
    async ask(x) {
      const whoami = parsed(await x.ask('/.ory/sessions/whoami', { headers: [x.ada.cookie] }))
      const { session } = claimsOf(await x.received([x.ada.cookie]))
      const { id, identity } = whoami as typeof session
      holds(session.id !== undefined && session.id === id, 'another session')
      holds(JSON.stringify(session.identity?.traits) === JSON.stringify(identity?.traits), 'other traits')
    },
  },
  {
    id: 'jwt.id',
    asks: 'jti is a random UUID (version 4), and another session has another one.',
    why: 'Backends tell replays by it.',
    needs,
    async ask(x) {
      const [one, other] = await ofBothSessions(x)
      holds(UUID.test(claimsOf(one).jti), 'something else')
      holds(claimsOf(one).jti !== claimsOf(other).jti, 'the same one')
    },
  },
  {
    id: 'jwt.once',
    asks: 'Exactly one Authorization arrives, though the client wrote one of its own.',
    why: 'Of two, frameworks take the first or the last.',
    needs,
    async ask(x) {
      const received = await x.received([x.ada.cookie, 'Authorization: Bearer forged'])
      tokenOf(received)
      const names = (received.rawHeaders ?? []).filter((_, i) => i % 2 === 0)
      const count = names.filter(name => name.toLowerCase() === 'authorization').length
      holds(received.rawHeaders === undefined || count === 1, `${count} of them`)
    },
  },
  {
    id: 'jwt.not-named-away',
    asks: 'A Connection header that names Authorization does not take it away.',
    why: 'What Connection names is for one hop (RFC 9110, section 7.6.1): a signed-in person would turn into nobody.',
    needs,
    ask: async x => void tokenOf(await x.received([x.ada.cookie, 'Connection: close, Authorization'])),
  },
  {
    id: 'jwt.among-cookies',
    asks: 'The session is found among 100 other cookies of 8 KiB in all.',
    why: 'Analytics fill the jar; a gateway with small buffers answers 400 or forgets who it was.',
    needs,
    async ask(x) {
      const many = Array.from({ length: 100 }, (_, i) => `c${i}=${'x'.repeat(75)}`).join('; ')
      tokenOf(await x.received([x.ada.cookie.replace('Cookie: ', `Cookie: ${many}; `)]))
    },
  },
  {
    id: 'jwt.at-once',
    asks: 'Of 40 requests at once every one arrives with the JWT of the same person.',
    why: 'A page asks for many things while the answer about who it is is still under way.',
    needs,
    async ask(x) {
      const all = await Promise.all(Array.from({ length: 40 }, () => x.received([x.ada.cookie])))
      holds(new Set(all.map(one => claimsOf(one).sub)).size === 1, 'several people')
    },
  },
  {
    id: 'jwt.never-mixed',
    asks: 'Of 40 requests of two people at once each arrives as its own.',
    why: "A cache or a connection that is shared hands one person's identity to another.",
    needs: ['echo', 'user', 'two users'],
    async ask(x) {
      const whose = async (who: typeof x.ada): Promise<string> => claimsOf(await x.received([who.cookie])).sub
      const [ada, ben] = await Promise.all([whose(x.ada), whose(x.ben)])
      holds(ada !== ben, 'both are the same person')
      const asked = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? x.ada : x.ben))
      const subs = await Promise.all(asked.map(whose))
      holds(
        subs.every((sub, i) => sub === (i % 2 === 0 ? ada : ben)),
        'somebody else',
      )
    },
  },
  {
    id: 'jwt.stays-behind',
    asks: 'The JWT does not come back to the browser.',
    why: 'A page could take it elsewhere; it is for the way from the gateway to the app.',
    needs,
    async ask(x) {
      const { headers } = await x.ask(x.path('/check-missing'), { headers: [x.ada.cookie] })
      holds(headers['authorization'] === undefined, 'an Authorization in the answer')
    },
  },
]
