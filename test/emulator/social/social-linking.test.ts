import { Secret, TOTP } from 'otpauth'
import { describe, expect, test } from 'vitest'
import {
  buttons,
  CONFIG,
  hint,
  named,
  nextVisitor,
  signUpWithPassword,
  start,
  through,
  Visitor,
  visitor,
} from '../_social.js'

const WITH_TOTP = {
  ...CONFIG.selfservice,
  methods: { ...CONFIG.selfservice.methods, totp: { enabled: true } },
}
/** Sets up an authenticator app; its secret. */
async function enrolTotp(): Promise<Secret> {
  const flow = await visitor.open('settings')
  const shown = flow.ui.nodes.find(node => node.attributes.id === 'totp_secret_key')
  const secret = Secret.fromBase32(shown!.attributes.text!.text)
  const totp_code = new TOTP({ secret }).generate()
  expect((await visitor.submit(flow, { method: 'totp', totp_code })).status).toBe(200)
  return secret
}

describe('an address that is taken', () => {
  test('is linked once its owner has signed in', async () => {
    await signUpWithPassword('taken@example.com')
    nextVisitor()
    const back = await through(visitor, await visitor.open('registration'), {
      provider: 'mock',
      ...hint('taken@example.com'),
    })
    expect(back.status).toBe(303)
    expect(new URL(back.location).searchParams.get('no_org_ui')).toBe('true')
    const flow = await visitor.fetchFlow('login', back.location)
    expect(flow.ui.messages).toMatchObject([{ id: 1010016 }])
    expect(flow.ui.messages![0]!.text).toContain('"taken@example.com" at "Mock"')
    expect(buttons(flow)).toEqual(['Confirm with other'])
    expect(named(flow, 'identifier')[0]!.attributes).toMatchObject({
      type: 'hidden',
      value: 'taken@example.com',
    })

    const credentials = {
      method: 'password',
      identifier: 'taken@example.com',
      password: 'correct horse battery',
    }
    expect((await visitor.submit(flow, credentials)).status).toBe(200)
    const methods = (await visitor.whoami()).body.authentication_methods
    expect(methods).toMatchObject([{ method: 'password' }, { method: 'oidc', provider: 'mock' }])
    const next = new Visitor()
    await through(next, await next.open('login'), { provider: 'mock', ...hint('taken@example.com') })
    expect((await next.whoami()).body.identity.traits).toMatchObject({ email: 'taken@example.com' })
  })

  test.for([
    ['in the flow that goes on with it', true],
    ['elsewhere', false],
  ] as const)('waits for the second factor of its owner, proved %s', async ([, goesOn]) => {
    await start({
      config: {
        ...CONFIG,
        selfservice: WITH_TOTP,
        session: { whoami: { required_aal: 'highest_available' } },
      },
    })
    await signUpWithPassword('taken@example.com')
    const secret = new TOTP({ secret: await enrolTotp() })
    nextVisitor()
    const back = await through(visitor, await visitor.open('login'), {
      provider: 'mock',
      ...hint('taken@example.com'),
    })
    const flow = await visitor.fetchFlow('login', back.location)
    const credentials = {
      method: 'password',
      identifier: 'taken@example.com',
      password: 'correct horse battery',
    }
    const more = await visitor.submit(flow, credentials)
    expect([more.status, more.body.requested_aal]).toEqual([200, 'aal2'])
    expect((await visitor.whoami()).status).toBe(403)
    const second = goesOn ? more.body : await visitor.open('login', '?aal=aal2')
    expect((await visitor.submit(second, { method: 'totp', totp_code: secret.generate() })).status).toBe(200)
    expect(buttons(await visitor.open('settings'))).toContain(goesOn ? 'Unlink Mock' : 'Link Mock')
    await start()
  })

  test('is not linked to somebody else who signs in there', async () => {
    await signUpWithPassword('taken@example.com')
    nextVisitor()
    const back = await through(visitor, await visitor.open('login'), {
      provider: 'mock',
      ...hint('taken@example.com'),
    })
    const flow = await visitor.fetchFlow('login', back.location)
    const mallory = { method: 'password', identifier: 'alice@example.com', password: 'ory-dev-password' }
    const refused = await visitor.submit(flow, mallory)
    expect(refused.body.ui.messages).toMatchObject([{ id: 4010009 }])
    expect((await visitor.whoami()).status).toBe(401)
  })
})

describe('settings', () => {
  test('link and unlink, but never the last way in', async () => {
    await signUpWithPassword('me@example.com')
    const flow = await visitor.open('settings')
    expect(buttons(flow)).toEqual(['Link Mock', 'Link other'])
    const back = await through(visitor, flow, { link: 'mock', ...hint('elsewhere@example.com') })
    expect([back.status, new URL(back.location).pathname]).toEqual([303, '/ui/settings'])
    const linked = await visitor.fetchFlow('settings', back.location)
    expect(linked.ui.messages).toMatchObject([{ id: 1050001 }])
    // Sorted by provider, as all buttons of one group are.
    expect(buttons(linked)).toEqual(['Unlink Mock', 'Link other'])
    expect((await visitor.whoami()).body.identity.traits).toMatchObject({ email: 'me@example.com' })

    const gone = await visitor.submit(linked, { unlink: 'mock' })
    expect([gone.status, buttons(gone.body)]).toEqual([200, ['Link Mock', 'Link other']])
    const again = await visitor.submit(gone.body, { unlink: 'mock' })
    expect(again.body.ui.messages![0]!.text).toContain('last remaining first factor')
  })

  test.for([
    [{ link: 'nope' }, 'can not link unknown or already existing OpenID Connect connection'],
    [{ link: 'mock', unlink: 'mock' }, 'it is not possible to link and unlink providers in the same request'],
  ] as const)('%j is refused', async ([payload, text]) => {
    await signUpWithPassword('me@example.com')
    const refused = await visitor.submit(await visitor.open('settings'), { method: 'oidc', ...payload })
    expect([refused.status, refused.body.ui.messages]).toMatchObject([400, [{ id: 4000001, text }]])
  })

  test("somebody else's account at the provider cannot be linked", async () => {
    const owner = new Visitor()
    await through(owner, await owner.open('login'), { provider: 'mock', ...hint('owned@example.com') })
    await signUpWithPassword('me@example.com')
    const back = await through(visitor, await visitor.open('settings'), {
      link: 'mock',
      ...hint('owned@example.com'),
    })
    const flow = await visitor.fetchFlow('settings', back.location)
    expect(flow.ui.messages).toMatchObject([{ id: 4000007 }])
    expect(buttons(flow)).toEqual(['Link Mock', 'Link other'])
  })

  test('cancelling at the provider leaves a message', async () => {
    await signUpWithPassword('me@example.com')
    const back = await through(
      visitor,
      await visitor.open('settings'),
      { link: 'mock' },
      { decision: 'cancel' },
    )
    expect((await visitor.fetchFlow('settings', back.location)).ui.messages).toMatchObject([{ id: 4000001 }])
  })
})
