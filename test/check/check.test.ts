import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { expect, test } from 'vitest'
import { QUESTIONS } from '../../src/check/index.js'
import { FACES, type Face } from '../_faces.js'
import { asked, expectAllYes, LISTED } from './_asked.js'

/** Vite and webpack pass on what is below /api. */
const PREFIX: Readonly<Record<string, string>> = { vite: '/api', webpack: '/api' }

test.for(Object.keys(FACES))('every question is answered with yes: %s', { timeout: 60_000 }, async name => {
  const prefix = PREFIX[name] ?? ''
  const start = FACES[name]!
  const verdicts = await asked(
    app => start(app.url, { protect: [`${prefix}/members/*`], allowedCorsOrigins: [LISTED] }),
    { prefix },
  )
  // The app there has no place outside of /api.
  const outside = prefix === '' ? [] : ['ory.segment']
  expectAllYes(verdicts.filter(({ id }) => !outside.includes(id)))
})

test('a bare forwarding proxy answers most of them with no', { timeout: 60_000 }, async () => {
  const verdicts = await asked(async (app): Promise<Face> => {
    const proxy = createProxyMiddleware({ target: app.url, ws: true })
    const server = createServer((req, res) => void proxy(req, res))
    server.on('upgrade', (req, socket, head) => void proxy.upgrade(req, socket as never, head))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return {
      url: `http://localhost:${(server.address() as AddressInfo).port}`,
      close() {
        server.closeAllConnections()
        return new Promise(resolve => server.close(() => resolve()))
      },
    }
  })
  const no = verdicts.filter(({ result }) => result === 'no')
  expect(verdicts.filter(({ result }) => result === 'not asked')).toEqual([])
  expect(no.length / verdicts.length).toBeGreaterThan(0.7)
  // What it can do, it is not blamed for.
  expect(no.map(({ id }) => id)).not.toContain('stream.events')
  for (const { instead } of no) expect(instead).toBeTruthy()
})

test('ids are unique, and every question says what goes wrong without it', () => {
  expect(new Set(QUESTIONS.map(({ id }) => id)).size).toBe(QUESTIONS.length)
  expect(QUESTIONS.length).toBeGreaterThanOrEqual(50)
  for (const { asks, why } of QUESTIONS) expect([asks.endsWith('.'), why.endsWith('.')]).toEqual([true, true])
})
