import { createRemoteJWKSet, jwtVerify } from 'jose'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EchoApp, startEchoApp } from '../_app.js'
import { cookieAt } from '../_faces.js'
import { packOurs, type Tarball } from '../_packed.js'
import { handshakeAt } from '../_sockets.js'
import { type RunningStack, STACKS, startStack } from '../_stacks.js'
import { freshContext, launchBrowser } from '../e2e/_browser.js'

let browser: Browser
let tarball: Tarball
beforeAll(async () => {
  browser = await launchBrowser()
  tarball = await packOurs()
})
afterAll(() => Promise.all([browser?.close(), tarball?.remove()]))

const FORGED = 'Bearer forged'

describe.for(STACKS.map(stack => [stack.name, stack] as const))('the stack %s', ([, stack]) => {
  let app: RunningStack
  let backend: EchoApp
  let cookie: string
  beforeAll(async () => {
    backend = await startEchoApp()
    app = await startStack(stack, tarball, backend.url)
    cookie = await cookieAt(app.url, 'alice@example.com')
  }, 600_000)
  afterAll(async () => {
    await app?.close()
    await backend.close()
  })

  /** What the backend got, and whom the keys of this origin say it is from. */
  async function asked(headers: Record<string, string>): Promise<string | undefined> {
    const response = await fetch(`${app.url}/api/who`, { headers })
    const seen = (await response.json()) as { headers: { authorization?: string } }
    return personOf(seen.headers.authorization)
  }

  async function personOf(authorization: string | undefined): Promise<string | undefined> {
    if (authorization === undefined) return undefined
    const keys = createRemoteJWKSet(new URL(`${app.url}/.ory/jwks.json`))
    const { payload } = await jwtVerify(authorization.replace('Bearer ', ''), keys)
    return (payload as { session: { identity: { traits: { email: string } } } }).session.identity.traits.email
  }

  test('a forged header does not arrive', async () => {
    expect(await asked({ authorization: FORGED })).toBeUndefined()
  })

  test('somebody signed in arrives with a JWT that the keys of this origin verify', async () => {
    expect(await asked({ cookie, authorization: FORGED })).toBe('alice@example.com')
  })

  if (!stack.noSockets) {
    test("the backend's WebSocket knows who opened it, and a foreign page opens none", async () => {
      const [url, origin, authorization] = [`${app.url}/socket`, app.url, FORGED]
      const signedIn = await handshakeAt(url, { cookie, origin, authorization })
      expect(await personOf(signedIn['authorization'])).toBe('alice@example.com')
      expect((await handshakeAt(url, { origin, authorization }))['authorization']).toBeUndefined()
      await expect(handshakeAt(url, { cookie, origin: 'http://localhost:1' })).rejects.toThrow('403')
    })
  }

  test('an edit shows in the open page by a socket or stream of the same origin', async () => {
    const page = await (await freshContext(browser)).newPage()
    const updates = socketsOf(page)
    await page.goto(app.page)
    await page.waitForSelector('#text:text-is("first")')
    await page.evaluate('window.marked = true')
    const before = stack.streams ? 0 : await settled(updates)
    await app.edit('first', 'second')
    await page.waitForSelector('#text:text-is("second")')
    if (stack.streams) expect(updates.streams).toBeGreaterThan(0)
    else expect(updates.frames).toBeGreaterThan(before)
    expect([...updates.hosts]).toEqual([new URL(app.url).host])
    expect(await page.evaluate('window.marked === true')).toBe(!stack.reloads)
    await page.context().close()
  })
})

interface Updates {
  readonly hosts: Set<string>
  frames: number
  streams: number
}

/** Where a page opens sockets and event streams, and how often the other side of a socket has said something. */
function socketsOf(page: Page): Updates {
  const updates: Updates = { hosts: new Set(), frames: 0, streams: 0 }
  page.on('request', request => {
    if (request.resourceType() !== 'eventsource') return
    updates.hosts.add(new URL(request.url()).host)
    updates.streams++
  })
  page.on('websocket', socket => {
    updates.hosts.add(new URL(socket.url()).host)
    socket.on('framereceived', () => updates.frames++)
  })
  return updates
}

/** What a dev server says when a page comes is no update. */
async function settled(updates: Updates): Promise<number> {
  await expect.poll(() => updates.frames).toBeGreaterThan(0)
  for (let last = -1; last !== updates.frames; ) {
    last = updates.frames
    await new Promise(resolve => setTimeout(resolve, 1500))
  }
  return updates.frames
}
