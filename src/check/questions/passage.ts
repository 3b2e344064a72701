import { gunzipSync } from 'node:zlib'
import { LONG, OWN_WORDS } from '../app.js'
import { parsed } from '../people.js'
import { tokenOf } from '../tokens.js'
import type { Question } from '../types.js'
import { bytes, open } from '../wire.js'
import { holds } from '../wrong.js'

const needs = ['app'] as const
const UNTOUCHED = "The app's own answers are its own."

/** An answer of the app's that must come through as it is. */
const refusal = (name: string, status: number): Question => ({
  id: `app.${status}`,
  asks: `The app's own ${status} comes back as it is.`,
  why: 'A gateway that means its own errors by it shows something else in its place.',
  needs,
  async ask(x) {
    const answer = await x.ask(x.path(`/check-${name}`))
    holds(answer.status === status && answer.text === OWN_WORDS, `${answer.status}, or other words`)
  },
})

/** What the app says and hears, unchanged and at once. */
export const PASSAGE: readonly Question[] = [
  refusal('refusal', 401),
  refusal('missing', 404),
  refusal('broken', 500),
  {
    id: 'app.redirect',
    asks: "The app's redirect goes where it said.",
    why: UNTOUCHED,
    needs,
    async ask(x) {
      const { status, headers } = await x.ask(x.path('/check-redirect'))
      holds(status === 302 && headers.location === 'https://elsewhere.example/x?y=1', `${status}, elsewhere`)
    },
  },
  {
    id: 'app.cookies',
    asks: 'Two cookies of the app stay two, word for word.',
    why: 'Joined into one line they are one broken cookie (RFC 9110, section 5.3).',
    needs,
    async ask(x) {
      const { headers } = await x.ask(x.path('/check-cookies'))
      holds(headers['set-cookie']?.join(' | ') === 'a=1; Path=/ | b=2; Path=/; HttpOnly', 'others')
    },
  },
  {
    id: 'app.gzip',
    asks: 'What the app compressed comes back compressed, byte for byte.',
    why: 'Undone or done twice it cannot be read.',
    needs,
    async ask(x) {
      const headers = ['Accept-Encoding: gzip']
      const answer = await x.ask(x.path('/check-gzip'), { headers })
      holds(answer.headers['content-encoding'] === 'gzip', 'without Content-Encoding: gzip')
      holds(gunzipSync(answer.body).toString() === OWN_WORDS, 'something else')
    },
  },
  {
    id: 'app.empty',
    asks: 'A 204 comes back at once, without a body.',
    why: UNTOUCHED,
    needs,
    async ask(x) {
      const { status, body } = await x.ask(x.path('/check-empty'))
      holds(status === 204 && body.length === 0, `${status} and ${body.length} bytes`)
    },
  },
  {
    id: 'app.path',
    asks: 'Path and query arrive as they were written, escapes and all.',
    why: 'A name with a slash in it, or a signature over the address, breaks.',
    needs: ['app'],
    async ask(x) {
      const rest = '/check/a%2Fb%20c/%C3%A9;v=1?q=%20x+y&q=2&empty='
      const { url } = await x.received([], { rest })
      holds(url === x.path(rest), 'another one')
    },
  },
  {
    id: 'app.method',
    asks: 'PATCH and PUT arrive as they are.',
    why: UNTOUCHED,
    needs: ['app'],
    async ask(x) {
      for (const method of ['PATCH', 'PUT', 'DELETE']) {
        const received = await x.received([], { method })
        holds(received.method === method, `${method} arrived as ${received.method}`)
      }
    },
  },
  {
    id: 'app.host',
    asks: 'Host arrives as people typed it.',
    why: 'Apps build links from it, and compare it with Origin.',
    needs: ['echo'],
    async ask(x) {
      const { headers } = await x.received()
      holds(headers['host'] === x.base.host, 'another one')
    },
  },
  {
    id: 'stream.events',
    asks: 'The first of a stream of events arrives while the stream is open.',
    why: 'A gateway that buffers holds it back until the end, which never comes.',
    needs,
    async ask(x) {
      const res = await open(x.base, x.path('/check-events'), { headers: ['Accept: text/event-stream'] })
      const first = new Promise<string>(resolve => {
        res.on('error', () => resolve('')) // the deadline of the request ends it
        res.once('data', (chunk: Buffer) => resolve(chunk.toString()))
        res.once('end', () => resolve(''))
      })
      const text = await first
      res.destroy()
      holds(text.startsWith('data: first'), 'nothing, or the end')
    },
  },
  {
    id: 'stream.download',
    asks: 'An answer of 8 MiB arrives whole.',
    why: 'Temporary files and size limits of a gateway cut it.',
    needs,
    async ask(x) {
      const { body } = await x.ask(x.path('/check-download'))
      holds(body.length === LONG, `${body.length} bytes`)
    },
  },
  {
    id: 'stream.upload',
    asks: 'An upload of 4 MiB arrives whole, and as its person.',
    why: 'A body that fills the buffers leaves no room for the JWT (HAProxy), or is refused for its size (nginx).',
    needs: ['app', 'user'],
    async ask(x) {
      const body = Buffer.alloc(4 * 1024 * 1024, 'x')
      const answer = await x.ask(x.path('/check-upload'), { method: 'POST', headers: [x.ada.cookie], body })
      const { length, authorization } = parsed(answer) as { length?: number; authorization?: string | null }
      holds(length === body.length, `${answer.status} and ${length ?? 0} bytes`)
      tokenOf({ method: 'POST', url: '', headers: { authorization: authorization ?? undefined } })
    },
  },
  {
    id: 'wire.two-lengths',
    asks: 'A request with two lengths is refused or read as one.',
    why: 'Where gateway and app disagree on its end, the rest is a request of its own, past every gate (CWE-444).',
    needs,
    async ask(x) {
      const smuggled = `GET ${x.path('/check-smuggled')} HTTP/1.1\r\nHost: ${x.base.host}\r\n\r\n`
      await bytes(
        x.base,
        `POST ${x.path('/check')} HTTP/1.1\r\nHost: ${x.base.host}\r\nContent-Length: ${smuggled.length + 5}\r\n` +
          `Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n${smuggled}`,
      )
      holds(!x.app!.seen.some(line => line.includes('check-smuggled')), 'the app got a second request')
    },
  },
  {
    id: 'wire.nonsense',
    asks: 'What is no request is answered with 400 or hung up on, and the next one is answered.',
    why: 'One bad client must not take everybody else along.',
    needs: ['echo'],
    async ask(x) {
      const answer = await bytes(x.base, 'NONSENSE\r\n\r\n')
      holds(!/^HTTP\/1\.[01] [235]/.test(answer), `${answer.split('\r\n', 1)[0]}`)
      await x.received()
    },
  },
]
