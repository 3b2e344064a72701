import { Configuration, FrontendApi, ResponseError, type SuccessfulNativeLogin } from '@ory/client-fetch'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EchoApp, type Received, startEchoApp } from '../_app.js'
import { handshakeAt } from '../_sockets.js'
import { type RunningCommand, startLocal } from '../cli/_command.js'

/** An app on a phone: no cookies, a session token, and an API behind the command. */
let api: EchoApp
let command: RunningCommand & { url: string }
let ory: FrontendApi
let keys: ReturnType<typeof createRemoteJWKSet>
beforeAll(async () => {
  api = await startEchoApp()
  command = await startLocal(api.url, ['--no-https'])
  const basePath = `${command.url}/.ory`
  ory = new FrontendApi(new Configuration({ basePath, headers: { accept: 'application/json' } }))
  keys = createRemoteJWKSet(new URL(`${basePath}/jwks.json`))
})
afterAll(async () => {
  await command?.end()
  await api?.close()
})

const PASSWORD = 'ory-dev-password'
const asToken = (token: string): Record<string, string> => ({ 'x-session-token': token })
const asBearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })

/** The traits in the verified token that the API got; undefined where it got none. */
async function traitsOf({ authorization }: Received['headers']): Promise<unknown> {
  if (authorization === undefined) return undefined
  const { payload } = await jwtVerify(authorization.slice('Bearer '.length), keys)
  return (payload as { session: { identity: { traits: object } } }).session.identity.traits
}

async function seenByApi(headers: Record<string, string>): Promise<unknown> {
  const answer = await fetch(`${command.url}/api/me`, { headers })
  return traitsOf(((await answer.json()) as Received).headers)
}

async function register(email: string): Promise<string> {
  const { id } = await ory.createNativeRegistrationFlow()
  const body = { method: 'password', password: PASSWORD, traits: { email } } as const
  const done = await ory.updateRegistrationFlow({ flow: id, updateRegistrationFlowBody: body })
  return done.session_token!
}

async function signIn(identifier: string): Promise<SuccessfulNativeLogin> {
  const { id } = await ory.createNativeLoginFlow()
  const body = { method: 'password', identifier, password: PASSWORD } as const
  return ory.updateLoginFlow({ flow: id, updateLoginFlowBody: body })
}

/** What the system's browser does with the address it is given: to the provider, where somebody is picked, and back. */
async function throughBrowser(address: string, cookies = new Map<string, string>()): Promise<string> {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const answer = await fetch(address, { redirect: 'manual', headers: { accept: 'text/html', cookie } })
  for (const line of answer.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    cookies.set(name, value)
  }
  const next = answer.headers.get('location')
  if (next === null) throw new Error(`${answer.status} at ${address}: ${await answer.text()}`)
  const url = new URL(next, address)
  return url.searchParams.has('code') && url.pathname === '/signed-in'
    ? url.href
    : throughBrowser(url.href, cookies)
}

describe('a mobile app with session tokens', () => {
  test('signs up, in, changes a trait and leaves; the API sees each at once', async () => {
    const email = 'phone@example.com'
    expect(await seenByApi(asToken(await register(email)))).toMatchObject({ email })
    const { session_token: token = '' } = await signIn(email)
    expect(await seenByApi(asToken(token))).toMatchObject({ email })

    const settings = await ory.createNativeSettingsFlow({ xSessionToken: token })
    const traits = { email, name: { first: 'Phone', last: 'Number' } }
    const updateSettingsFlowBody = { method: 'profile', traits } as const
    await ory.updateSettingsFlow({ flow: settings.id, xSessionToken: token, updateSettingsFlowBody })
    expect(await seenByApi(asToken(token))).toEqual(traits)

    await ory.performNativeLogout({ performNativeLogoutBody: { session_token: token } })
    expect(await seenByApi(asToken(token))).toBeUndefined()
    expect(await seenByApi(asBearer(token))).toBeUndefined()
  })

  test('its session token in Authorization is exchanged for a JWT, and is never handed on there', async () => {
    const { session_token: token = '' } = await signIn('alice@example.com')
    expect(await seenByApi(asBearer(token))).toMatchObject({ email: 'alice@example.com' })
  })

  test('a token that is none is nobody', async () => {
    for (const headers of [asToken('ory_st_made_up'), asBearer('ory_st_made_up'), asBearer('a.b.c')])
      expect([headers, await seenByApi(headers)]).toEqual([headers, undefined])
  })

  test('a socket of the app has the JWT in its handshake', async () => {
    const { session_token: token = '' } = await signIn('alice@example.com')
    const handshake = await handshakeAt(`${command.url}/live`, asToken(token))
    expect(await traitsOf(handshake)).toMatchObject({ email: 'alice@example.com' })
  })

  test('social sign-in in the system browser: the codes of both halves become a session token', async () => {
    const returnTo = `${command.url}/signed-in`
    const flow = await ory.createNativeLoginFlow({ returnSessionTokenExchangeCode: true, returnTo })
    const provider = flow.ui.nodes.find(({ group }) => group === 'oidc')!.attributes as { value: string }
    const upstream_parameters = { login_hint: 'social@example.com', prompt: 'none' }
    const body = { method: 'oidc', provider: provider.value, upstream_parameters } as const
    const refused = await ory
      .updateLoginFlow({ flow: flow.id, updateLoginFlowBody: body })
      .catch(error => error)
    expect(refused).toBeInstanceOf(ResponseError)
    const { response } = refused as ResponseError
    expect(response.status).toBe(422)
    const { redirect_browser_to } = (await response.json()) as { redirect_browser_to: string }
    expect(redirect_browser_to).toMatch(new RegExp(`^${command.url}/\\.ory/`))

    const back = await throughBrowser(redirect_browser_to)
    const { session_token } = await ory.exchangeSessionToken({
      initCode: flow.session_token_exchange_code!,
      returnToCode: new URL(back).searchParams.get('code')!,
    })
    expect(await seenByApi(asToken(session_token!))).toMatchObject({ email: 'social@example.com' })
  })
})
