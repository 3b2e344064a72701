import type { BrowserContext } from '@playwright/test'
import { testingError } from './failure.js'

/** A device that keeps passkeys, as Chromium plays it. */
export interface Authenticator {
  /** The passkeys in it, by their ids. */
  credentials(): Promise<readonly { readonly credentialId: string; readonly rpId?: string }[]>
  /** Whether its owner is recognised, by a finger or a face, when asked. @default true */
  setVerified(isVerified: boolean): Promise<void>
  /** Takes it away, and its passkeys with it. */
  remove(): Promise<void>
}

/** A phone or a laptop whose owner is there: https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/ */
export const PASSKEY_DEVICE = {
  protocol: 'ctap2',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
} as const

/** Puts one into the first page of this browser: the protocol knows it by page. */
export async function addAuthenticator(context: BrowserContext): Promise<Authenticator> {
  const page = context.pages()[0] ?? (await context.newPage())
  const cdp = await context.newCDPSession(page).catch((cause: unknown) => {
    throw testingError('Passkeys need Chromium: no other browser lets a test play the device.', cause)
  })
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: PASSKEY_DEVICE,
  })
  return {
    async credentials() {
      const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId })
      return credentials.map(({ credentialId, rpId }) => ({
        credentialId,
        ...(rpId !== undefined && { rpId }),
      }))
    },
    setVerified: async isUserVerified =>
      void (await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })),
    remove: async () => void (await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId })),
  }
}
