import { claimsOf, isAnonymous } from '../tokens.js'
import type { Question, Subject } from '../types.js'
import { bytes } from '../wire.js'
import { holds } from '../wrong.js'

const b64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
/** Signed by nobody (RFC 7519, section 6). */
const UNSIGNED = `${b64({ alg: 'none', typ: 'JWT' })}.${b64({ sub: 'admin', exp: 4_102_444_800 })}.`

const anonymous = (id: string, asks: string, why: string, headers: readonly string[]): Question => ({
  id,
  asks,
  why,
  needs: ['echo'],
  ask: async x => isAnonymous(await x.received(headers)),
})

const IMPOSTOR = 'Anybody could be anybody.'

/** Refused by a server that reads strictly, or arrived as nobody's. */
async function isRefusedOrAnonymous(x: Subject, line: string): Promise<void> {
  const target = x.path('/check')
  const before = x.app!.seen.length
  const answer = await bytes(
    x.base,
    `GET ${target} HTTP/1.1\r\nHost: ${x.base.host}\r\nConnection: close\r\n${line}\r\n\r\n`,
  )
  if (x.app!.seen.length === before) return
  holds(!/"authorization *"/i.test(answer), 'it arrived') // the name, as the app tells it; not a word in a value
}

/** Who is not signed in arrives as nobody, whatever is claimed. */
export const ANONYMOUS: readonly Question[] = [
  anonymous('nobody.none', 'A request without a credential arrives without Authorization.', IMPOSTOR, []),
  anonymous('nobody.forged', 'A bearer that the client wrote does not arrive.', IMPOSTOR, [
    'Authorization: Bearer forged',
  ]),
  anonymous('nobody.unsigned', 'Nor does a JWT with alg none.', IMPOSTOR, [
    `Authorization: Bearer ${UNSIGNED}`,
  ]),
  anonymous('nobody.basic', 'Nor does Basic.', IMPOSTOR, ['Authorization: Basic YWRtaW46YWRtaW4=']),
  anonymous('nobody.odd-case', 'Nor does one in odd case.', IMPOSTOR, ['aUTHORIZATION: Bearer forged']),
  anonymous('nobody.behind-connection', 'Nor does one that Connection names.', IMPOSTOR, [
    'Connection: close, Authorization',
    'Authorization: Bearer forged',
  ]),
  {
    id: 'nobody.twice',
    asks: 'Nor does one of two.',
    why: 'A gateway that takes off the first lets the second through.',
    needs: ['app'],
    ask: x => isRefusedOrAnonymous(x, 'Authorization: Bearer forged-1\r\nAuthorization: Bearer forged-2'),
  },
  {
    id: 'nobody.space',
    asks: 'Nor does one with a space before its colon.',
    why: 'Some servers read it, others do not see it (RFC 9112, section 5.1).',
    needs: ['app'],
    ask: x => isRefusedOrAnonymous(x, 'Authorization : Bearer forged'),
  },
  {
    id: 'nobody.folded',
    asks: 'Nor does one on a folded line.',
    why: 'The rest of a header that was passed on becomes one of its own (RFC 9112, section 5.2).',
    needs: ['app'],
    ask: x =>
      isRefusedOrAnonymous(
        x,
        'X-Note: a\r\n Authorization: Bearer forged\r\nAuthorization:\r\n Bearer forged',
      ),
  },
  anonymous(
    'nobody.stale',
    'A cookie of no session arrives as nobody, and the page is there.',
    'A session that has ended must not break public pages.',
    ['Cookie: ory_kratos_session=stale; ory_session=stale'],
  ),
  anonymous('nobody.stale-token', 'So does a session token of no session.', 'As with cookies.', [
    'X-Session-Token: ory_st_stale',
  ]),
  {
    id: 'nobody.forged-with-session',
    asks: 'With a real session a forged bearer counts for nothing.',
    why: 'The forged one could win.',
    needs: ['echo', 'user'],
    async ask(x) {
      const { sub } = claimsOf(await x.received([x.ada.cookie]))
      const forged = claimsOf(await x.received([x.ada.cookie, `Authorization: Bearer ${UNSIGNED}`]))
      holds(forged.sub === sub, 'somebody else')
    },
  },
]
