import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ask } from '../../src/check/wire.js'
import type { Rehearsal } from '../../src/rehearse/index.js'
import { newKey } from '../../src/rehearse/keys.js'
import { type EchoApp, type Received, startEchoApp } from '../_app.js'
import { type FakeOry, startFakeOry } from '../_fake-ory.js'
import { rehearsed, SIGNING } from './_engines.js'

let ory: FakeOry
let app: EchoApp
let gateways: Rehearsal

beforeEach(async () => {
  ;[ory, app] = await Promise.all([startFakeOry(), startEchoApp()])
})
afterEach(async () => {
  await gateways?.close()
  await Promise.all([ory.close(), app.close()])
})

async function start(engine: string, workers: number): Promise<void> {
  const settings = { ory: new URL(ory.url), app: new URL(app.url), sessionCache: 1 }
  gateways = await rehearsed(engine, { workers, settings })
}

/** A connection of its own each time: fetch keeps one, which a reload may close just as it is used. */
const keysAt = async (url: string): Promise<string> => (await ask(new URL(url), '/.ory/jwks.json')).text

const kidsAt = async (url: string): Promise<string[]> =>
  (JSON.parse(await keysAt(url)) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)

/** On every gateway, one after the other; done when all of them publish so many keys, the signing one first. */
async function exchange(signing: string, other?: string): Promise<string> {
  const before = await kidsAt(gateways.gateways[0]!.url)
  for (const gateway of gateways.gateways) {
    gateway.setKeys(signing, other)
    gateway.reload()
  }
  const all = async (): Promise<string[]> =>
    (await Promise.all(gateways.gateways.map(({ url }) => kidsAt(url)))).map(kids => kids.join())
  await expect.poll(async () => new Set(await all()).size === 1 && (await all())[0]).not.toBe(before.join())
  return (await kidsAt(gateways.gateways[0]!.url))[0]!
}

/** Requests of many people without a pause; each token is verified as a backend does, by keys that it keeps. */
function underLoad() {
  const keys = createRemoteJWKSet(new URL(`${gateways.url}/.ory/jwks.json`), {
    cooldownDuration: 0,
    [customFetch]: async () => new Response(await keysAt(gateways.url)),
  })
  const kids: string[] = []
  const failures: string[] = []
  let going = true
  const base = new URL(gateways.url)
  const one = async (): Promise<void> => {
    const answer = await ask(base, '/todos', { headers: [`Cookie: ${ory.signIn('ada@example.com')}`] })
    if (answer.status !== 200) throw new Error(`it gave ${answer.status}`)
    const { authorization = '' } = (JSON.parse(answer.text) as Received).headers
    const { protectedHeader } = await jwtVerify(authorization.replace('Bearer ', ''), keys)
    kids.push(protectedHeader.kid!)
  }
  const loop = async (): Promise<void> => {
    while (going) await one().catch((error: unknown) => failures.push(String(error)))
  }
  const loops = [loop(), loop(), loop()]
  return {
    /** Until so many more are done, and until one of a key among them. */
    async more(count: number, kid?: string): Promise<void> {
      const from = kids.length
      await expect
        .poll(() => kids.length - from > count && (kid === undefined || kids.slice(from).includes(kid)))
        .toBe(true)
    },
    async end() {
      going = false
      await Promise.all(loops)
      return { kids, failures }
    },
  }
}

test.for(SIGNING)(
  '%s twice: a key that is published before it signs costs no request and no token',
  async engine => {
    await start(engine, 2)
    const [old, next] = [gateways.key, newKey()]
    const requests = underLoad()
    await requests.more(30)
    await exchange(old, next)
    await requests.more(30)
    const kid = await exchange(next, old)
    await requests.more(30, kid)
    await exchange(next)
    await requests.more(30, kid)
    const { kids, failures } = await requests.end()
    expect([failures, new Set(kids).size]).toEqual([[], 2])
  },
)

test.for(SIGNING)(
  '%s once: a key that signs at once, the old one still published, costs none either',
  async engine => {
    await start(engine, 1)
    const [old, next] = [gateways.key, newKey()]
    const requests = underLoad()
    await requests.more(30)
    const kid = await exchange(next, old)
    await requests.more(30, kid)
    await exchange(next)
    await requests.more(30, kid)
    const { kids, failures } = await requests.end()
    expect([failures, new Set(kids).size]).toEqual([[], 2])
  },
)

test('nginx once: a key that is thrown away with its tokens under way is what fails', async () => {
  await start('nginx', 1)
  const cookie = `Cookie: ${ory.signIn('ada@example.com')}`
  const answer = await ask(new URL(gateways.url), '/todos', { headers: [cookie] })
  const { authorization = '' } = (JSON.parse(answer.text) as Received).headers
  await exchange(newKey())
  const keys = createRemoteJWKSet(new URL(`${gateways.url}/.ory/jwks.json`))
  await expect(jwtVerify(authorization.replace('Bearer ', ''), keys)).rejects.toThrow(
    'no applicable key found',
  )
})
