import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Entry } from '../../src/tools/journal.js'
import { ory as plugin } from '../../src/vite-plugin.js'
import { startEchoApp } from '../_app.js'
import { FACES } from '../_faces.js'
import { startFakeOry } from '../_fake-ory.js'
import { handshakeAt } from '../_sockets.js'
import { freshContext, launchBrowser } from '../e2e/_browser.js'

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser?.close())

test('of 1,000 mixed requests the last 500 are there, from whom the app was told, without a value', async () => {
  const [ory, app] = await Promise.all([startFakeOry(), startEchoApp()])
  const face = await FACES['connect']!(app.url, { sdkUrl: ory.url })
  const people = ['ada', 'bob', 'eve'].map(name => ory.signIn(`${name}@example.com`))
  const told: (string | null)[] = []
  for (let i = 0; i < 1000; i += 20) {
    const batch = Array.from({ length: 20 }, async (_, k) => {
      const cookie = people[(i + k) % 4]
      const answer = await fetch(`${face.url}/api/${i + k}?code=secret-${i}`, {
        headers: cookie ? { cookie } : {},
      })
      const { headers } = (await answer.json()) as { headers: { authorization?: string } }
      const [, claims = ''] = headers.authorization?.split('.') ?? []
      told[i + k] = null
      if (claims === '') return
      const { session } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as {
        session: { identity: { traits: { email: string } } }
      }
      told[i + k] = session.identity.traits.email
    })
    await Promise.all(batch)
  }
  const answer = await fetch(`${face.url}/.ory/dev/requests`)
  const text = await answer.text()
  const { requests, last } = JSON.parse(text) as { requests: Entry[]; last: number }
  expect([requests.length, last]).toEqual([500, 1000])
  for (const { path, who, why } of requests) {
    const number = Number(/^\/api\/(\d+)\?code=…$/.exec(path)![1])
    expect([number, who]).toEqual([number, told[number]])
    expect(who === null ? ['no credential'] : ['asked', 'shared', 'cached']).toContain(why)
  }
  for (const secret of ['secret-', ...people.map(cookie => cookie.split('=')[1]!)])
    expect(text).not.toContain(secret)
  const token = await (await fetch(`${face.url}/.ory/dev/token`, { headers: { cookie: people[0]! } })).text()
  expect(JSON.parse(token)).toMatchObject({
    signedIn: true,
    who: 'ada@example.com',
    cookies: ['ory_kratos_session'],
  })
  expect(token).not.toContain(people[0]!.split('=')[1]!)
  expect(token).not.toContain('eyJ')
  await face.close()
  await Promise.all([ory.close(), app.close()])
})

test.for(Object.keys(FACES))('over %s, a socket is listed with what came of it', async name => {
  const [ory, app] = await Promise.all([startFakeOry(), startEchoApp()])
  const face = await FACES[name]!(app.url, { sdkUrl: ory.url })
  const cookie = ory.signIn('ada@example.com')
  await handshakeAt(`${face.url}/api/own`, { cookie, origin: face.url })
  await expect(handshakeAt(`${face.url}/api/theirs`, { cookie, origin: 'http://evil.test' })).rejects.toThrow(
    '403',
  )
  await expect(handshakeAt(`${face.url}/.ory/socket`, { cookie })).rejects.toThrow('400')
  const answer = await fetch(`${face.url}/.ory/dev/requests`)
  const { requests } = (await answer.json()) as { requests: Entry[] }
  const sockets = requests.filter(({ method }) => method === 'WS')
  expect(sockets.map(({ path, status, who }) => [path, status, who])).toEqual([
    ['/api/own', 101, 'ada@example.com'],
    ['/api/theirs', 403, null],
    ['/.ory/socket', 400, null],
  ])
  await face.close()
  await Promise.all([ory.close(), app.close()])
})

test('whoever switches the person in a frame of the app stays at the address of the page', async () => {
  const app = await startEchoApp((req, res) => {
    res.setHeader('content-type', 'text/html')
    res.end(
      `<p id="who">${req.headers.authorization ? 'somebody' : 'nobody'}</p><iframe src="/.ory/dev/users" width="360" height="500"></iframe>`,
    )
  })
  const face = await FACES['connect']!(app.url, {})
  const page = await (await freshContext(browser)).newPage()
  await page.goto(`${face.url}/shop`)
  await page.evaluate(() => history.pushState({}, '', '/shop?item=7#reviews'))
  await page
    .frameLocator('iframe')
    .getByRole('button', { name: /Sign in as alice/ })
    .click()
  await page.getByText('somebody').waitFor()
  expect(page.url()).toBe(`${face.url}/shop?item=7#reviews`)
  await page.context().close()
  await face.close()
  await app.close()
})

test('Vite DevTools are told of the tools as a tab that needs nothing from outside', () => {
  const [serving] = plugin({}) as unknown as [{ devtools: { setup(context: object): void } }]
  const docks: Record<string, string>[] = []
  serving.devtools.setup({ docks: { register: (dock: Record<string, string>) => docks.push(dock) } })
  expect(docks).toEqual([
    expect.objectContaining({ type: 'iframe', url: '/.ory/dev', icon: expect.stringMatching(/^data:/) }),
  ])
})

test.for(Object.keys(FACES))(
  'over %s, the address of the emulator that the start names leads a person to the tools',
  async name => {
    const app = await startEchoApp()
    const face = await FACES[name]!(app.url, {})
    const at = (path: string, accept: string): Promise<Response> =>
      fetch(face.url + path, { redirect: 'manual', headers: { accept } })
    for (const path of ['/.ory', '/.ory/', '/.ory?a=1']) {
      const there = new URL((await at(path, 'text/html')).headers.get('location') ?? '', face.url + path)
      expect([path, there.href]).toEqual([path, `${face.url}/.ory/dev`])
      expect((await at(path, 'application/json')).status).toBe(404) // as Kratos has it
    }
    await Promise.all([face.close(), app.close()])
  },
)
