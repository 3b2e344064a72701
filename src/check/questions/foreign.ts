import { shake } from '../sockets.js'
import { isAnonymous, tokenOf } from '../tokens.js'
import type { Question } from '../types.js'
import { holds } from '../wrong.js'

const needs = ['echo', 'user'] as const
const CSRF =
  'Cookies come along, whoever wrote the page: it could act as the person who looks at it (CWE-352).'
const EVIL = 'Origin: https://evil.example'

const nobodys = (id: string, asks: string, method: string, headers: readonly string[]): Question => ({
  id,
  asks,
  why: CSRF,
  needs,
  ask: async x => isAnonymous(await x.received([x.ada.cookie, ...headers], { method })),
})

/** Pages of other origins, and WebSockets. */
export const FOREIGN: readonly Question[] = [
  nobodys('foreign.post', "A POST from a page of another origin is nobody's.", 'POST', [EVIL]),
  nobodys('foreign.put', 'So is a PUT.', 'PUT', [EVIL]),
  nobodys('foreign.delete', 'So is a DELETE that says it by Sec-Fetch-Site alone.', 'DELETE', [
    'Sec-Fetch-Site: cross-site',
  ]),
  nobodys('foreign.same-site', 'So is a POST from a sister domain.', 'POST', ['Sec-Fetch-Site: same-site']),
  nobodys('foreign.null', 'So is a POST from a page without an origin.', 'POST', ['Origin: null']),
  {
    id: 'foreign.link',
    asks: 'A link from another origin arrives as the person who follows it.',
    why: 'People come from mails and searches, and are signed in.',
    needs,
    ask: async x => void tokenOf(await x.received([x.ada.cookie, 'Sec-Fetch-Site: cross-site'])),
  },
  {
    id: 'own.post',
    asks: 'A POST from our own page arrives as its person.',
    why: 'Every form of the app.',
    needs,
    ask: async x =>
      void tokenOf(
        await x.received([x.ada.cookie, `Origin: ${x.base.origin}`, 'Sec-Fetch-Site: same-origin'], {
          method: 'POST',
        }),
      ),
  },
  {
    id: 'own.program',
    asks: 'So does a POST of a program, which says nothing of where it comes from.',
    why: 'Scripts and apps on phones send no Origin.',
    needs,
    ask: async x => void tokenOf(await x.received([`X-Session-Token: ${x.ada.token}`], { method: 'POST' })),
  },
  {
    id: 'socket.signed-in',
    asks: 'A WebSocket handshake arrives with the JWT, and both sides hear each other.',
    why: 'A socket asks who it is once, in its handshake.',
    needs: ['app', 'user'],
    async ask(x) {
      const cookie = x.ada.cookie.replace('Cookie: ', '')
      const { refused, headers, heard } = await shake(x, { cookie, origin: x.base.origin })
      holds(refused === undefined, `refused with ${refused}`)
      holds(/^Bearer ey/.test(headers['authorization'] ?? ''), 'no JWT arrived')
      holds(heard === 'hello', 'the app did not hear what was said, or was not heard')
    },
  },
  {
    id: 'socket.nobody',
    asks: 'Without a session it arrives without Authorization, though the client wrote one.',
    why: 'Anybody could be anybody.',
    needs: ['app'],
    async ask(x) {
      const { refused, headers } = await shake(x, { authorization: 'Bearer forged', origin: x.base.origin })
      holds(refused === undefined, `refused with ${refused}`)
      holds(headers['authorization'] === undefined, 'an Authorization arrived')
    },
  },
  {
    id: 'socket.foreign',
    asks: "A handshake from a page of another origin is nobody's, or refused.",
    why: 'No browser stops a page from opening a socket elsewhere, and cookies come along (CWE-1385).',
    needs: ['app', 'user'],
    async ask(x) {
      const cookie = x.ada.cookie.replace('Cookie: ', '')
      const { headers } = await shake(x, { cookie, origin: 'https://evil.example' })
      holds(headers['authorization'] === undefined, 'it arrived with the JWT')
    },
  },
]
