import type { CDPSession, Page } from 'playwright-core'
import { PASSKEY_DEVICE } from '../../src/testing/authenticator.js'

/** What a virtual authenticator is like: https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/ */
interface Kind {
  transport?: 'internal' | 'usb'
  hasUserVerification?: boolean
  isUserVerified?: boolean
}

export interface VirtualAuthenticator {
  /** Whether it answers at once, as if somebody touched it. */
  touch(touched: boolean): Promise<void>
  set(method: 'setUserVerified' | 'setResponseOverrideBits', what: object): Promise<void>
  credentials(): Promise<Credential[]>
  add(credential: Credential): Promise<void>
  remove(): Promise<void>
}

export interface Credential {
  credentialId: string
  isResidentCredential: boolean
  privateKey: string
  signCount: number
  rpId?: string
  userHandle?: string
}

/** Keys of one page, in the real browser: what it asks for comes from here instead of a prompt. */
export async function authenticators(page: Page): Promise<(kind?: Kind) => Promise<VirtualAuthenticator>> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable', { enableUI: false })
  return kind => plugIn(cdp, kind ?? {})
}

async function plugIn(cdp: CDPSession, kind: Kind): Promise<VirtualAuthenticator> {
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { ...PASSKEY_DEVICE, ...kind },
  })
  return {
    touch: enabled => send('WebAuthn.setAutomaticPresenceSimulation', { enabled }),
    set: (method, what) => send(`WebAuthn.${method}`, what),
    credentials: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    add: credential => send('WebAuthn.addCredential', { credential }),
    remove: () => send('WebAuthn.removeVirtualAuthenticator', {}),
  }
  async function send(method: string, what: object): Promise<void> {
    await cdp.send(method as 'WebAuthn.addCredential', { authenticatorId, ...what } as never)
  }
}
