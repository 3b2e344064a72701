import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import http2 from 'node:http2'
import https from 'node:https'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import { createSelfSigned } from '../../../src/tls/certificate.js'
import { type EchoApp, startEchoApp } from '../../_app.js'
import { type FakeOry, startFakeOry } from '../../_fake-ory.js'
import { rawRequest } from '../../_raw.js'
import { emptyFolder, type RunningCommand, run, startLocal } from '../_command.js'

interface Answer {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly body: string
}

function getH2(url: string, path: string, ca: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const session = http2.connect(url, { ca })
    session.on('error', reject)
    const stream = session.request({ ':path': path, ...headers })
    let answered: http2.IncomingHttpHeaders & { ':status'?: number | undefined } = {}
    let body = ''
    stream.on('response', received => {
      answered = received
    })
    stream.setEncoding('utf8').on('data', chunk => (body += chunk))
    stream.on('error', reject)
    stream.on('end', () => {
      session.close()
      resolve({ status: answered[':status'] ?? 0, headers: answered, body })
    })
  })
}

function getH1(url: string, ca: string): Promise<number> {
  return new Promise((resolve, reject) => {
    https.get(url, { ca, agent: false }, res => resolve(res.resume().statusCode!)).on('error', reject)
  })
}

describe('https, as it is without any flag', () => {
  const home = emptyFolder()
  let ory: FakeOry
  let app: EchoApp
  let proxy: RunningCommand & { url: string }
  let ca: string

  beforeAll(async () => {
    ;[ory, app] = await Promise.all([startFakeOry(), startEchoApp()])
    proxy = await startLocal(app.url, ['--sdk-url', ory.url], { cwd: home })
    const { stdout, code } = await run(['cert', 'path'], { cwd: home })
    expect(code).toBe(0)
    ca = readFileSync(stdout.trim(), 'utf8')
  })
  afterAll(async () => {
    expect(await proxy.end()).toBe(0)
    await Promise.all([ory.close(), app.close()])
  })

  test('where there is no certificate, the sentence that says so is not printed as its path', async () => {
    const { stdout, stderr, code } = await run(['cert', 'path'], { cwd: emptyFolder() })
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 })
    expect(stderr).toContain('ory-proxy cert install')
  })

  test('an answer that is broken off is told apart from a whole one', async () => {
    const endless = await startEchoApp((_req, res) => void res.write('first'))
    const command = await startLocal(endless.url, ['--sdk-url', ory.url], { cwd: home })
    const session = http2.connect(command.url, { ca })
    const stream = session.request({ ':path': '/endless' })
    await once(stream, 'data')
    stream.close(http2.constants.NGHTTP2_CANCEL)
    await command.until(/GET \/endless 200 .*broken off/)
    await new Promise<void>(resolve => session.close(resolve))
    await getH2(command.url, '/.ory/whole', ca)
    await command.until(/GET \/\.ory\/whole \d+ [\d.]+ ms\n/)
    await command.end()
    await endless.close()
  })

  test('HTTP/2 reaches the app with the JWT, and Ory with our address', async () => {
    expect(proxy.url).toMatch(/^https:/)
    const cookie = ory.signIn('ada@example.com')
    const { status, body } = await getH2(proxy.url, '/todos', ca, { cookie, authorization: 'Bearer forged' })
    const { headers } = JSON.parse(body) as { headers: Record<string, string> }
    expect(status).toBe(200)
    expect(headers['authorization']).toMatch(/^Bearer ey/)
    expect(headers['host']).toBe(new URL(proxy.url).host)
    expect(headers['x-forwarded-proto']).toBe('https')
    await getH2(proxy.url, '/.ory/flow', ca)
    expect(ory.heard.at(-1)!.headers['ory-base-url-rewrite']).toBe(`${proxy.url}/.ory`)
  })

  test('cookies stay Secure', async () => {
    ory.on('/cookie', (_req, res) => {
      res.writeHead(200, { 'set-cookie': 'a=1; Domain=ory.example; Secure; SameSite=None' }).end()
    })
    const { headers } = await getH2(proxy.url, '/.ory/cookie', ca)
    expect(headers['set-cookie']).toEqual(['a=1; Secure; SameSite=None'])
    expect(headers['strict-transport-security']).toBe('max-age=0')
  })

  test.for(['upgrade', 'proxy-connection', 'keep-alive', 'transfer-encoding', 'connection'])(
    'an app that answers with %s over HTTP/2 harms nobody',
    async name => {
      const odd = await startEchoApp((_req, res) => {
        const values: Record<string, string> = {
          upgrade: 'h2c',
          'transfer-encoding': 'chunked',
          connection: 'keep-alive, X-Hop',
        }
        res.writeHead(200, { [name]: values[name] ?? 'timeout=5', 'x-app': 'odd' }).end('fine')
      })
      const inFront = await startLocal(odd.url, ['--sdk-url', ory.url], { cwd: home })
      for (let i = 0; i < 3; i++) {
        const { status, headers, body } = await getH2(inFront.url, '/', ca)
        expect([status, headers['x-app'], body]).toEqual([200, 'odd', 'fine'])
      }
      expect(await inFront.end()).toBe(0)
      await odd.close()
    },
  )

  test('a WebSocket passes with the JWT in its handshake', async () => {
    const cookie = ory.signIn('ws@example.com')
    const socket = new WebSocket(`${proxy.url.replace('https', 'wss')}/ws`, {
      ca,
      headers: { cookie, origin: proxy.url },
    })
    const headers = await new Promise<Record<string, string>>((resolve, reject) => {
      socket.once('message', data => resolve(JSON.parse(data.toString()) as Record<string, string>))
      socket.once('error', reject)
    })
    expect(headers['authorization']).toMatch(/^Bearer ey/)
    socket.close()
    await proxy.until(/WS \/ws 101/)
  })

  test('HTTP/1.1 is answered too, at every name of this machine', async () => {
    const { port } = new URL(proxy.url)
    for (const host of ['localhost', '127.0.0.1']) {
      expect(await getH1(`https://${host}:${port}/`, ca)).toBe(200)
    }
  })

  test('plain http is sent on to https, but not to a foreign host', async () => {
    const plain = proxy.url.replace('https', 'http')
    const ours = await fetch(`${plain}/x?y=1`, { redirect: 'manual' })
    expect([ours.status, ours.headers.get('location')]).toEqual([307, `${proxy.url}/x?y=1`])
    const { status, head } = await rawRequest(plain, '/x', { host: 'evil.example' })
    expect(status).toBe(426)
    expect(head).not.toMatch(/location/i)
  })

  test('a host that is not ours is refused', async () => {
    const { status } = await getH2(proxy.url, '/', ca, { ':authority': 'evil.example' })
    expect(status).toBe(403)
  })
})

describe('other certificates', () => {
  test('--dont-install-cert: self-signed, and no store is written', async () => {
    const home = emptyFolder()
    const command = await startLocal('http://localhost:9', ['--dont-install-cert'], { cwd: home })
    expect(command.stderr()).toContain('--dont-install-cert: self-signed certificate')
    await expect(getH1(`${command.url}/.ory/jwks.json`, 'no such authority')).rejects.toThrow(
      /self-signed|PEM|certificate/i,
    )
    const [, anchor] = /NODE_EXTRA_CA_CERTS="([^"]+)"/.exec(command.stderr())!
    expect(await getH1(`${command.url}/.ory/jwks.json`, readFileSync(anchor!, 'utf8'))).toBe(200)
    await command.end()
    expect((await run(['cert', 'status'], { cwd: home })).code).toBe(1)
  })

  test('--tls-cert and --tls-key are served as they are', async () => {
    const cwd = emptyFolder()
    const { key, cert } = await createSelfSigned({ hosts: ['localhost'], owner: 'test', now: new Date() })
    writeFileSync(join(cwd, 'key.pem'), key)
    writeFileSync(join(cwd, 'cert.pem'), cert)
    const flags = ['--tls-cert', 'cert.pem', '--tls-key', 'key.pem']
    const command = await startLocal('http://localhost:9', flags, { cwd })
    expect(await getH1(`${command.url}/.ory/jwks.json`, cert)).toBe(200)
    await command.end()
    const swapped = await run(
      ['local', '9', '--tls-cert', 'key.pem', '--tls-key', 'cert.pem', '--port', '0'],
      { cwd },
    )
    expect(swapped.stderr).toMatch(/--tls-cert key\.pem and --tls-key cert\.pem are no pair in PEM/)
    expect(swapped.code).toBe(2)
  })
})
