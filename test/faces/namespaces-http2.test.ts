import { spawn } from 'node:child_process'
import { connect, type IncomingHttpHeaders } from 'node:http2'
import { fileURLToPath } from 'node:url'
import { decodeJwt } from 'jose'
import { expect, test } from 'vitest'
import { startEchoApp } from '../_app.js'
import { announced, ended } from '../_faces.js'

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

test('over HTTP/2 a session of one namespace is nobody in another, the cookie in one field or in several', async () => {
  const app = await startEchoApp()
  const args = ['local', app.url, '--port', '0', '--no-open', '--dont-install-cert']
  const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  const session = connect(await announced(child), { rejectUnauthorized: false })
  const ask = (path: string, headers: IncomingHttpHeaders, body?: object): Promise<never> =>
    new Promise((resolve, reject) => {
      const method = body ? 'POST' : 'GET'
      const accept = 'application/json'
      const stream = session.request({ ':path': path, ':method': method, accept, ...headers })
      let text = ''
      stream.setEncoding('utf8').on('data', chunk => (text += chunk))
      stream.on('error', reject).on('end', () => resolve(JSON.parse(text) as never))
      stream.end(body && JSON.stringify(body))
    })
  const json = { 'content-type': 'application/json' }
  const signedIn = async () => {
    const space = await ask('/.ory/dev/namespaces', json, {})
    const { name, cookie: inside } = space as { name: string; cookie: string }
    const who = { identity: 'alice@example.com' }
    const given = await ask('/.ory/dev/sign-in', { ...json, cookie: inside }, who)
    const { cookie, session: made } = given as { cookie: string; session: { id: string } }
    return { name, inside, own: cookie, id: made.id }
  }
  const who = async (
    cookie: string | string[],
    more: IncomingHttpHeaders = {},
  ): Promise<string | undefined> => {
    const { headers } = (await ask('/api', { cookie, ...more } as IncomingHttpHeaders)) as {
      headers: { authorization?: string }
    }
    const jwt = headers.authorization?.slice('Bearer '.length)
    return jwt && (decodeJwt(jwt)['session'] as { id: string }).id
  }
  const [one, two] = [await signedIn(), await signedIn()]
  expect(await who(`${one.inside}; ${one.own}`)).toBe(one.id)
  expect(await who([one.own, one.inside])).toBe(one.id)
  expect(await who([two.inside, one.own])).toBeUndefined()
  expect(await who([one.inside, one.own], { 'ory-dev-namespace': two.name })).toBeUndefined()
  expect(await who(two.own, { 'ory-dev-namespace': two.name })).toBe(two.id)
  expect(await who(two.own)).toBeUndefined()
  session.close()
  await ended(child)
  await app.close()
})
