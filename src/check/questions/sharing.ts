import type { Question, Subject } from '../types.js'
import type { Answer } from '../wire.js'
import { holds } from '../wrong.js'

const needs = ['cors'] as const
const EVIL = 'https://evil.example'

const allowed = ({ rawHeaders }: Answer): string[] =>
  rawHeaders.filter(
    (value, i) =>
      i % 2 === 1 && rawHeaders[i - 1]!.toLowerCase() === 'access-control-allow-origin' && value !== '',
  )

const preflight = (x: Subject, origin: string): Promise<Answer> =>
  x.ask(x.path('/check'), {
    method: 'OPTIONS',
    headers: [
      `Origin: ${origin}`,
      'Access-Control-Request-Method: PUT',
      'Access-Control-Request-Headers: content-type',
    ],
  })

/** Pages of other origins that may read answers: CORS. */
export const SHARING: readonly Question[] = [
  {
    id: 'cors.listed',
    asks: 'A page of a listed origin may read answers, with credentials.',
    why: 'A front end on a domain of its own.',
    needs,
    async ask(x) {
      const answer = await x.ask(x.path('/check'), { headers: [`Origin: ${x.listed}`] })
      holds(
        allowed(answer).join() === x.listed,
        `Access-Control-Allow-Origin: ${allowed(answer).join() || 'none'}`,
      )
      holds(answer.headers['access-control-allow-credentials'] === 'true', 'without credentials')
    },
  },
  {
    id: 'cors.preflight',
    asks: 'Its preflight is answered: method, header, credentials.',
    why: 'The browser does not ask otherwise.',
    needs,
    async ask(x) {
      const answer = await preflight(x, x.listed)
      holds(answer.status === 204 || answer.status === 200, `it gave ${answer.status}`)
      holds(allowed(answer).join() === x.listed, 'without the origin')
      holds(/\bPUT\b/.test(answer.headers['access-control-allow-methods'] ?? ''), 'without PUT')
      holds(
        /content-type/i.test(answer.headers['access-control-allow-headers'] ?? ''),
        'without Content-Type',
      )
    },
  },
  {
    id: 'cors.foreign',
    asks: 'A page of any other origin may not.',
    why: "It could read what is the person's who looks at it.",
    needs,
    async ask(x) {
      const answer = await x.ask(x.path('/check'), { headers: [`Origin: ${EVIL}`] })
      holds(allowed(answer).length === 0, `Access-Control-Allow-Origin: ${allowed(answer).join()}`)
    },
  },
  {
    id: 'cors.foreign-preflight',
    asks: 'Nor is its preflight granted.',
    why: 'As with answers.',
    needs,
    async ask(x) {
      holds(allowed(await preflight(x, EVIL)).length === 0, 'it is')
    },
  },
  {
    id: 'cors.once',
    asks: 'Where the app says * itself, a listed page still sees its own origin, once.',
    why: 'Of two, or with *, browsers refuse credentials (Fetch, section 3.2.3).',
    needs: ['cors', 'app'],
    async ask(x) {
      const answer = await x.ask(x.path('/check-shared'), { headers: [`Origin: ${x.listed}`] })
      holds(allowed(answer).join(' | ') === x.listed, allowed(answer).join(' | ') || 'none')
    },
  },
]
