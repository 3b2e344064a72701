import {
  type ClientHttp2Session,
  connect,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2'
import { afterEach, expect } from 'vitest'
import type { EchoApp, Received } from '../_app.js'
import type { FakeOry } from '../_fake-ory.js'
import { test } from '../_fixtures.js'
import { type Command, startCommand } from './_command.js'

let command: Command
let session: ClientHttp2Session

afterEach(async () => {
  session?.destroy()
  await command?.end('SIGKILL')
})

async function start(ory: FakeOry, app: EchoApp): Promise<string> {
  command = await startCommand(app.url, ory.url, '--dont-install-cert')
  session = connect(command.url, { rejectUnauthorized: false })
  session.on('error', () => {})
  return new URL(command.url).host
}

/** One request on the session; the answer's headers and body. */
function ask(
  headers: OutgoingHttpHeaders,
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': '/x', ...headers })
    let answered: IncomingHttpHeaders = {}
    let body = ''
    stream.on('response', given => {
      answered = given
    })
    stream.setEncoding('utf8').on('data', chunk => {
      body += chunk
    })
    stream.on('error', reject)
    stream.on('end', () => resolve({ status: Number(answered[':status']), headers: answered, body }))
    stream.end()
  })
}

test('over HTTP/2 a forged Authorization does not arrive, and everybody is themselves', async ({
  ory,
  app,
}) => {
  await start(ory, app)
  const people = ['alice', 'bob'].map(id => ory.signIn(`${id}@example.com`, { identity: { id } }))
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, i) => {
      const cookie = i % 3 === 2 ? [] : people[i % 3]!
      return ask({ authorization: 'Bearer forged', cookie: i % 2 ? cookie : ['a=b', ...[cookie].flat()] })
    }),
  )
  const subs = answers.map(({ body }) => {
    const { authorization } = (JSON.parse(body) as Received).headers
    return authorization
      ? JSON.parse(Buffer.from(authorization.split('.')[1]!, 'base64url').toString()).sub
      : null
  })
  expect(subs).toEqual(Array.from({ length: 200 }, (_, i) => ['alice', 'bob', null][i % 3]))
})

test('over HTTP/2 a Host besides :authority, or another :authority, is refused', async ({ ory, app }) => {
  const host = await start(ory, app)
  expect((await ask({ host })).status).toBe(200)
  expect((await ask({ ':authority': host, host: 'evil.example' })).status).toBe(400)
  expect((await ask({ ':authority': 'evil.example' })).status).toBe(403)
  expect((await ask({ ':authority': 'evil.example', host })).status).toBeGreaterThanOrEqual(400)
  expect(app.seen).toEqual(['GET /x'])
})

test('over HTTP/2 paths are what they are', async ({ ory, app }) => {
  await start(ory, app)
  for (const path of ['/.ory/../admin', '/.ory/%2e%2e/admin', '/.ory/..;/admin']) {
    expect((await ask({ ':path': path })).status).toBe(400)
  }
  expect((await ask({ ':path': '/.ory//' })).status).toBe(200)
  expect((await ask({ ':path': '*', ':method': 'OPTIONS' })).status).toBeLessThan(500)
  expect(ory.heard.map(({ url }) => url)).toEqual(['//'])
})
