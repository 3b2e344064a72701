import {
  Configuration,
  CourierApi,
  FrontendApi,
  IdentityApi,
  type LoginFlow,
  MetadataApi,
  ResponseError,
  type Session,
} from '@ory/client-fetch'
import { TOTP, URI } from 'otpauth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'

const PASSWORD = 'ory-dev-password'
let emulator: Emulator
beforeAll(async () => {
  emulator = await startEmulator()
})
afterAll(() => emulator.close())

/** The client as a script of a page has it: the browser keeps its cookies and it asks for JSON. */
function browser(): FrontendApi {
  const jar = new Map<string, string>()
  const fetchApi: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers)
    headers.set('accept', 'application/json')
    if (jar.size > 0) headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await fetch(input, { ...init, headers })
    for (const header of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? []
      if (/max-age=0/i.test(header)) jar.delete(name)
      else jar.set(name, value)
    }
    return response
  }
  return new FrontendApi(new Configuration({ basePath: emulator.url, fetchApi }))
}
/**
 * The client in an app on a phone: it keeps a session token. It has to say that it wants JSON: Kratos
 * sends others to a page, even from flows for apps, and the client does not say it by itself.
 */
const native = (): FrontendApi =>
  new FrontendApi(new Configuration({ basePath: emulator.url, headers: { accept: 'application/json' } }))
const adminConfiguration = (): Configuration => new Configuration({ basePath: emulator.adminUrl ?? '' })
const identities = (): IdentityApi => new IdentityApi(adminConfiguration())
const courier = (): CourierApi => new CourierApi(adminConfiguration())

/** The refusal of a call: its status and its body. */
async function refused(call: Promise<unknown>): Promise<{ status: number; body: Record<string, never> }> {
  const error = await call.then(() => undefined).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ResponseError)
  const { response } = error as ResponseError
  return { status: response.status, body: await response.json() }
}

/** A call that must succeed: a refusal is shown with its body. */
function accepted<T>(call: Promise<T>): Promise<T> {
  return call.catch(async (error: unknown) => {
    if (!(error instanceof ResponseError)) throw error
    throw new Error(`${error.response.status}: ${await error.response.text()}`)
  })
}

type Flow = { ui: LoginFlow['ui'] }
/** What a form sends back without anybody typing. */
function fieldOf({ ui }: Flow, name: string): string {
  for (const { attributes } of ui.nodes) {
    if (attributes.node_type === 'input' && attributes.name === name) return String(attributes.value ?? '')
  }
  throw new Error(`the form has no ${name}`)
}
const csrf = (flow: Flow): { csrf_token: string } => ({ csrf_token: fieldOf(flow, 'csrf_token') })

async function signInNative(
  identifier: string,
  password = PASSWORD,
): Promise<{ token: string; session: Session }> {
  const api = native()
  const { id } = await api.createNativeLoginFlow()
  const done = await api.updateLoginFlow({
    flow: id,
    updateLoginFlowBody: { method: 'password', identifier, password },
  })
  return { token: done.session_token ?? '', session: done.session }
}

async function signInBrowser(api: FrontendApi, identifier: string, password = PASSWORD): Promise<void> {
  const flow = await api.createBrowserLoginFlow()
  const updateLoginFlowBody = { method: 'password' as const, identifier, password, ...csrf(flow) }
  await api.updateLoginFlow({ flow: flow.id, updateLoginFlowBody })
}

async function latestCode(recipient: string): Promise<string> {
  const [mail] = await courier().listCourierMessages({ recipient })
  const code = /\b\d{6}\b/.exec(mail?.body ?? '')?.[0]
  expect(code).toBeDefined()
  return code ?? ''
}

describe('FrontendApi in a browser', () => {
  test('login: create, get, update, refresh, step up', async () => {
    const api = browser()
    const flow = await api.createBrowserLoginFlow({ returnTo: `${emulator.url}/app` })
    expect((await api.getLoginFlow({ id: flow.id })).id).toBe(flow.id)
    const wrong = {
      method: 'password' as const,
      identifier: 'alice@example.com',
      password: 'wrong',
      ...csrf(flow),
    }
    const no = await refused(api.updateLoginFlow({ flow: flow.id, updateLoginFlowBody: wrong }))
    expect(no).toMatchObject({ status: 400, body: { ui: { messages: [{ id: 4000006 }] } } })
    const yes = await api.updateLoginFlow({
      flow: flow.id,
      updateLoginFlowBody: { ...wrong, password: PASSWORD },
    })
    expect(yes.session.identity?.traits).toMatchObject({ email: 'alice@example.com' })
    expect((await api.toSession()).id).toBe(yes.session.id)
    expect(await refused(api.createBrowserLoginFlow())).toMatchObject({
      status: 400,
      body: { error: { id: 'session_already_available' } },
    })
    expect((await api.createBrowserLoginFlow({ refresh: true })).refresh).toBe(true)
  })

  test('somebody signed out is told so', async () => {
    const api = browser()
    expect((await refused(api.toSession())).status).toBe(401)
    expect((await refused(api.createBrowserSettingsFlow())).status).toBe(401)
    expect((await refused(api.createBrowserLogoutFlow())).status).toBe(401)
    expect((await refused(api.getLoginFlow({ id: 'aaaaaaaa-0000-4000-8000-000000000000' }))).status).toBe(404)
    expect((await refused(api.getFlowError({ id: 'aaaaaaaa-0000-4000-8000-000000000000' }))).status).toBe(404)
    expect(await api.getFlowError({ id: 'stub:500' })).toMatchObject({ error: { code: 500 } })
  })

  test('registration with two steps, verification by a code', async () => {
    const api = browser()
    const email = 'new.browser@example.com'
    const traits = { email, name: { first: 'New' } }
    const flow = await api.createBrowserRegistrationFlow()
    expect((await api.getRegistrationFlow({ id: flow.id })).id).toBe(flow.id)
    const profile = { method: 'profile' as const, traits, ...csrf(flow) }
    const second = await refused(
      api.updateRegistrationFlow({ flow: flow.id, updateRegistrationFlowBody: profile }),
    )
    expect(second.status).toBe(400)
    const done = await api.updateRegistrationFlow({
      flow: flow.id,
      updateRegistrationFlowBody: { method: 'password', password: PASSWORD, traits, ...csrf(flow) },
    })
    expect(done.identity.traits).toEqual(traits)
    const shown = done.continue_with?.find(step => step.action === 'show_verification_ui')
    const id = shown && 'flow' in shown ? shown.flow.id : ''
    const verification = await api.getVerificationFlow({ id })
    const code = await latestCode(email)
    const verified = await api.updateVerificationFlow({
      flow: id,
      updateVerificationFlowBody: { method: 'code', code, ...csrf(verification) },
    })
    expect(verified.state).toBe('passed_challenge')
    const { identity } = await api.toSession()
    expect(identity?.verifiable_addresses?.[0]).toMatchObject({ value: email, verified: true })
  })

  test('verification that one asks for', async () => {
    const api = browser()
    const flow = await api.createBrowserVerificationFlow()
    const asked = await api.updateVerificationFlow({
      flow: flow.id,
      updateVerificationFlowBody: { method: 'code', email: 'bob@example.com', ...csrf(flow) },
    })
    expect(asked.state).toBe('sent_email')
    await latestCode('bob@example.com')
  })

  test('recovery by a code leads into the settings, where a password is set', async () => {
    const api = browser()
    const flow = await api.createBrowserRecoveryFlow()
    expect((await api.getRecoveryFlow({ id: flow.id })).id).toBe(flow.id)
    const email = 'bob@example.com'
    const sent = await api.updateRecoveryFlow({
      flow: flow.id,
      updateRecoveryFlowBody: { method: 'code', email, ...csrf(flow) },
    })
    expect(sent.state).toBe('sent_email')
    const code = await latestCode(email)
    const next = await refused(
      api.updateRecoveryFlow({
        flow: flow.id,
        updateRecoveryFlowBody: { method: 'code', code, ...csrf(flow) },
      }),
    )
    expect(next).toMatchObject({ status: 422, body: { error: { id: 'browser_location_change_required' } } })
    const id = new URL(String(next.body['redirect_browser_to'])).searchParams.get('flow') ?? ''
    const settings = await api.getSettingsFlow({ id })
    const password = 'quite another secret'
    const set = await api.updateSettingsFlow({
      flow: id,
      updateSettingsFlowBody: { method: 'password', password, ...csrf(settings) },
    })
    expect(set.state).toBe('success')
    await signInNative(email, password)
  })

  test('settings: profile, authenticator app, backup codes; then the second factor is asked for', async () => {
    const api = browser()
    await signInBrowser(api, 'alice@example.com')
    const flow = await api.createBrowserSettingsFlow()
    const update = (body: object) =>
      accepted(
        api.updateSettingsFlow({
          flow: flow.id,
          updateSettingsFlowBody: { ...csrf(flow), ...body } as never,
        }),
      )
    const traits = { email: 'alice@example.com', name: { first: 'Alicia' } }
    // Every success brings a new secret for the app.
    const named = await update({ method: 'profile', traits })
    expect(named.identity.traits).toEqual(traits)
    const key = named.ui.nodes.find(
      ({ attributes }) => attributes.node_type === 'text' && attributes.id === 'totp_secret_key',
    )
    const secret = key?.attributes.node_type === 'text' ? key.attributes.text.text : ''
    const totp = new TOTP({ secret })
    expect((await update({ method: 'totp', totp_code: totp.generate() })).state).toBe('success')
    const backup = await update({ method: 'lookup_secret', lookup_secret_regenerate: true })
    const codes = backup.ui.nodes.find(
      ({ attributes }) => attributes.node_type === 'text' && attributes.id === 'lookup_secret_codes',
    )
    expect(codes).toBeDefined()
    expect((await update({ method: 'lookup_secret', lookup_secret_confirm: true })).state).toBe('success')

    const other = browser()
    const first = await other.createBrowserLoginFlow()
    const password = {
      method: 'password' as const,
      identifier: 'alice@example.com',
      password: PASSWORD,
      ...csrf(first),
    }
    expect(
      (await refused(other.updateLoginFlow({ flow: first.id, updateLoginFlowBody: password }))).status,
    ).toBe(422)
    expect((await refused(other.toSession())).body).toMatchObject({ error: { id: 'session_aal2_required' } })
    const second = await other.createBrowserLoginFlow({ aal: 'aal2' })
    const done = await other.updateLoginFlow({
      flow: second.id,
      updateLoginFlowBody: { method: 'totp', totp_code: totp.generate(), ...csrf(second) },
    })
    expect(done.session.authenticator_assurance_level).toBe('aal2')
    const [admin] = await identities().listIdentities({
      credentialsIdentifier: 'alice@example.com',
      includeCredential: ['totp'] as never,
    })
    const url = String((admin?.credentials?.['totp']?.config as { totp_url?: string })?.totp_url)
    expect(URI.parse(url)).toBeInstanceOf(TOTP)
    await identities().deleteIdentityCredentials({ id: admin?.id ?? '', type: 'totp' })
    await identities().deleteIdentityCredentials({ id: admin?.id ?? '', type: 'lookup_secret' })
  })

  test('sessions: list, end one, end the others; sign out', async () => {
    const [api, other, third] = [browser(), browser(), browser()]
    for (const one of [api, other, third]) await signInBrowser(one, 'alice@example.com')
    const { id } = await other.toSession()
    expect((await api.listMySessions()).map(session => session.id)).toContain(id)
    await api.disableMySession({ id })
    expect((await refused(other.toSession())).status).toBe(401)
    expect((await api.disableMyOtherSessions()).count).toBeGreaterThan(0)
    expect((await refused(third.toSession())).status).toBe(401)
    const logout = await api.createBrowserLogoutFlow()
    await api.updateLogoutFlow({ token: logout.logout_token })
    expect((await refused(api.toSession())).status).toBe(401)
  })
})

describe('FrontendApi in a native app', () => {
  test('registration, login, session, settings, sign-out', async () => {
    const api = native()
    const flow = await api.createNativeRegistrationFlow()
    const traits = { email: 'new.native@example.com' }
    const made = await api.updateRegistrationFlow({
      flow: flow.id,
      updateRegistrationFlowBody: { method: 'password', password: PASSWORD, traits },
    })
    expect(made.session_token).toMatch(/^ory_st_/)
    const { token, session } = await signInNative(traits.email)
    expect((await api.toSession({ xSessionToken: token })).id).toBe(session.id)
    const settings = await api.createNativeSettingsFlow({ xSessionToken: token })
    expect((await api.getSettingsFlow({ id: settings.id, xSessionToken: token })).id).toBe(settings.id)
    const changed = await api.updateSettingsFlow({
      flow: settings.id,
      xSessionToken: token,
      updateSettingsFlowBody: { method: 'profile', traits: { ...traits, name: { first: 'Nat' } } },
    })
    expect(changed.identity.traits).toMatchObject({ name: { first: 'Nat' } })
    expect((await api.listMySessions({ xSessionToken: token })).length).toBeGreaterThan(0)
    await api.performNativeLogout({ performNativeLogoutBody: { session_token: token } })
    expect((await refused(api.toSession({ xSessionToken: token }))).status).toBe(401)
  })

  test('recovery and verification ask for codes', async () => {
    const api = native()
    const recovery = await api.createNativeRecoveryFlow()
    const email = 'alice@example.com'
    const sent = await api.updateRecoveryFlow({
      flow: recovery.id,
      updateRecoveryFlowBody: { method: 'code', email },
    })
    expect(sent.state).toBe('sent_email')
    const verification = await api.createNativeVerificationFlow()
    const asked = await api.updateVerificationFlow({
      flow: verification.id,
      updateVerificationFlowBody: { method: 'code', email },
    })
    expect(asked.state).toBe('sent_email')
  })

  test('a session token is exchanged only after a sign-in', async () => {
    const flow = await native().createNativeLoginFlow({
      returnSessionTokenExchangeCode: true,
      returnTo: `${emulator.url}/app`,
    })
    const initCode = flow.session_token_exchange_code ?? ''
    expect(initCode).not.toBe('')
    const early = await refused(native().exchangeSessionToken({ initCode, returnToCode: 'unknown' }))
    expect([403, 404]).toContain(early.status)
  })
})

test('the SDK fetches the script for security keys', async () => {
  expect(await native().getWebAuthnJavaScript()).toContain('oryWebAuthn')
})

describe('IdentityApi', () => {
  const make = (email: string, more: object = {}) =>
    identities().createIdentity({
      createIdentityBody: {
        schema_id: 'default',
        traits: { email },
        credentials: { password: { config: { password: PASSWORD } } },
        ...more,
      },
    })

  test('identities: create, get, list, update, patch, delete', async () => {
    const api = identities()
    const { id } = await make('crud@example.com', { external_id: 'ext-crud' })
    expect((await api.getIdentity({ id })).traits).toEqual({ email: 'crud@example.com' })
    expect((await api.getIdentityByExternalID({ externalID: 'ext-crud' })).id).toBe(id)
    expect((await api.listIdentities({ ids: [id] })).map(one => one.id)).toEqual([id])
    const updated = await api.updateIdentity({
      id,
      updateIdentityBody: {
        schema_id: 'default',
        state: 'active',
        traits: { email: 'crud2@example.com' },
        metadata_public: { a: 1 },
      },
    })
    expect(updated.metadata_public).toEqual({ a: 1 })
    const patched = await api.patchIdentity({
      id,
      jsonPatch: [{ op: 'replace', path: '/state', value: 'inactive' }],
    })
    expect(patched.state).toBe('inactive')
    await api.deleteIdentity({ id })
    expect((await refused(api.getIdentity({ id }))).status).toBe(404)
  })

  test('many at once, and schemas', async () => {
    const api = identities()
    const create = { schema_id: 'default', traits: { email: 'batch@example.com' } }
    const { identities: made } = await api.batchPatchIdentities({
      patchIdentitiesBody: { identities: [{ create }] },
    })
    expect(made?.[0]).toMatchObject({ action: 'create', identity: expect.any(String) })
    expect((await api.listIdentitySchemas())?.map(schema => schema.id)).toEqual(['default'])
    expect(await api.getIdentitySchema({ id: 'default' })).toMatchObject({ title: 'Person' })
  })

  test('sessions: list, get, extend, disable, delete', async () => {
    const api = identities()
    const { id } = await make('sessions@example.com')
    const { session } = await signInNative('sessions@example.com')
    expect((await api.listSessions({ active: true }))?.map(one => one.id)).toContain(session.id)
    expect((await api.listIdentitySessions({ id })).map(one => one.id)).toEqual([session.id])
    expect((await api.getSession({ id: session.id, expand: ['identity'] as never })).identity?.id).toBe(id)
    expect((await api.extendSession({ id: session.id }))?.id).toBe(session.id)
    await api.disableSession({ id: session.id })
    expect((await api.getSession({ id: session.id })).active).toBe(false)
    await api.deleteIdentitySessions({ id })
    expect((await refused(api.getSession({ id: session.id }))).status).toBe(404)
  })

  test('recovery by a code; by a link only where the method is on', async () => {
    const api = identities()
    const { id } = await make('recovery@example.com')
    const made = await api.createRecoveryCodeForIdentity({
      createRecoveryCodeForIdentityBody: { identity_id: id },
    })
    expect(made.recovery_code).toMatch(/^\d{6}$/)
    expect(made.recovery_link).toContain('/ui/recovery?flow=')
    const link = api.createRecoveryLinkForIdentity({ createRecoveryLinkForIdentityBody: { identity_id: id } })
    expect((await refused(link)).status).toBe(404)
  })
})

test('CourierApi and MetadataApi', async () => {
  const flow = await native().createNativeRecoveryFlow()
  const email = 'alice@example.com'
  await native().updateRecoveryFlow({ flow: flow.id, updateRecoveryFlowBody: { method: 'code', email } })
  const [mail] = await courier().listCourierMessages({ recipient: email, pageSize: 1 })
  expect((await courier().getCourierMessage({ id: mail?.id ?? '' })).recipient).toBe(email)
  const metadata = new MetadataApi(adminConfiguration())
  expect(await metadata.getVersion()).toMatchObject({ version: 'v26.2.0' })
})
