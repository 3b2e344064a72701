/** Ids and texts of the messages in `ui`: https://www.ory.com/docs/kratos/concepts/ui-messages. Both are part of the API. */
import type { JsonObject, UiText } from '../store/model.js'

export const info = (id: number, text: string, context?: JsonObject): UiText =>
  message(id, text, 'info', context)
const success = (id: number, text: string, context?: JsonObject): UiText =>
  message(id, text, 'success', context)
export const error = (id: number, text: string, context?: JsonObject): UiText =>
  message(id, text, 'error', context)

function message(id: number, text: string, type: UiText['type'], context?: JsonObject): UiText {
  return { id, text, type, ...(context && { context }) }
}

export const LOGIN = {
  signIn: (): UiText => info(1010001, 'Sign in'),
  with: (provider: string, providerId: string): UiText =>
    info(1010002, `Sign in with ${provider}`, { provider, provider_id: providerId }),
  reauthenticate: (): UiText => info(1010003, 'Please confirm this action by verifying that it is you.'),
  secondFactor: (): UiText => info(1010004, 'Please complete the second authentication challenge.'),
  totpLabel: (): UiText => info(1010006, 'Authentication code'),
  lookupLabel: (): UiText => info(1010007, 'Backup recovery code'),
  totp: (): UiText => info(1010009, 'Use Authenticator'),
  lookup: (): UiText => info(1010010, 'Use backup recovery code'),
  codeSent: (): UiText =>
    info(
      1010014,
      "A code was sent to the address you provided. If you didn't receive it, please check the spelling of the address and try again.",
    ),
  code: (): UiText => info(1010015, 'Send sign in code'),
  link: (
    duplicate: string,
    provider: string,
    url: string,
    credentials: string[],
    providers: string[],
  ): UiText =>
    info(
      1010016,
      `You tried to sign in with "${duplicate}", but that email is already used by another account. Sign in to your account with one of the options below to add your account "${duplicate}" at "${provider}" as another way to sign in.`,
      {
        duplicateIdentifier: duplicate,
        provider,
        newLoginUrl: url,
        duplicate_identifier: duplicate,
        new_login_url: url,
        available_credential_types: credentials,
        available_providers: providers,
      },
    ),
  andLink: (): UiText => info(1010017, 'Sign in and link'),
  withAndLink: (provider: string): UiText => info(1010018, `Confirm with ${provider}`, { provider }),
  password: (): UiText => info(1010022, 'Sign in with password'),
  codeTo: (channel: string, address: string): UiText =>
    info(1010023, `Send code to ${address}`, { address, channel }),
}

export const REGISTRATION = {
  signUp: (): UiText => info(1040001, 'Sign up'),
  with: (provider: string, providerId: string): UiText =>
    info(1040002, `Sign up with ${provider}`, { provider, provider_id: providerId }),
  continue: (): UiText => info(1040003, 'Continue'),
  codeSent: (): UiText =>
    info(
      1040005,
      'A code has been sent to the address(es) you provided. If you have not received a message, check the spelling of the address and retry the registration.',
    ),
  code: (): UiText => info(1040006, 'Send sign up code'),
  back: (): UiText => info(1040008, 'Back'),
  chooseCredentials: (): UiText => info(1040009, 'Please choose a credential to authenticate yourself with.'),
}

export const SETTINGS = {
  saved: (): UiText => success(1050001, 'Your changes have been saved!'),
  linkProvider: (provider: string): UiText => info(1050002, `Link ${provider}`, { provider }),
  unlinkProvider: (provider: string): UiText => info(1050003, `Unlink ${provider}`, { provider }),
  unlinkTotp: (): UiText => info(1050004, 'Unlink TOTP Authenticator App'),
  totpQr: (): UiText => info(1050005, 'Authenticator app QR code'),
  totpSecret: (secret: string): UiText => info(1050006, secret, { secret }),
  revealLookup: (): UiText => info(1050007, 'Reveal backup recovery codes'),
  regenerateLookup: (): UiText => info(1050008, 'Generate new backup recovery codes'),
  lookupSecret: (secret: string): UiText => info(1050009, secret, { secret }),
  lookupLabel: (): UiText =>
    info(1050010, 'These are your back up recovery codes. Please keep them in a safe place!'),
  confirmLookup: (): UiText => info(1050011, 'Confirm backup recovery codes'),
  lookupSecretUsed: (at: string): UiText => {
    const iso = `${at.slice(0, 19)}Z`
    // Go prints a time as "2006-01-02 15:04:05 +0000 UTC".
    return info(1050014, `Secret was used at ${at.slice(0, 19).replace('T', ' ')} +0000 UTC`, {
      used_at: iso,
      used_at_unix: Math.floor(Date.parse(at) / 1000),
    })
  },
  lookupList: (formatted: readonly string[], secrets: UiText[]): UiText =>
    info(1050015, formatted.join(', '), { secrets: secrets as unknown as JsonObject[] }),
  disableLookup: (): UiText => info(1050016, 'Disable this method'),
  totpSecretLabel: (): UiText =>
    info(1050017, 'This is your authenticator app secret. Use it if you can not scan the QR code.'),
}

export const RECOVERY = {
  recovered: (minutes: number, until: string): UiText =>
    success(
      1060001,
      `You successfully recovered your account. Please change your password or set up an alternative login method (e.g. social sign in) within the next ${minutes.toFixed(2)} minutes.`,
      {
        privilegedSessionExpiresAt: until,
        privileged_session_expires_at: until,
        privileged_session_expires_at_unix: Math.floor(Date.parse(until) / 1000),
      },
    ),
  linkSent: (): UiText =>
    info(
      1060002,
      'An email containing a recovery link has been sent to the email address you provided. If you have not received an email, check the spelling of the address and make sure to use the address you registered with.',
    ),
  codeSent: (): UiText =>
    info(
      1060003,
      'An email containing a recovery code has been sent to the email address you provided. If you have not received an email, check the spelling of the address and make sure to use the address you registered with.',
    ),
  codeSentTo: (masked: string): UiText =>
    info(
      1060004,
      `A recovery code has been sent to ${masked}. If you have not received it, check the spelling of the address and make sure to use the address you registered with.`,
      { masked_address: masked },
    ),
  askInFull: (): UiText =>
    info(1060005, 'Recover access to your account by providing your recovery address in full.'),
  choose: (): UiText => info(1060006, 'How do you want to recover your account?'),
  back: (): UiText => info(1060007, 'Back'),
}

export const VERIFICATION = {
  linkSent: (): UiText =>
    info(
      1080001,
      'An email containing a verification link has been sent to the email address you provided. If you have not received an email, check the spelling of the address and make sure to use the address you registered with.',
    ),
  verified: (): UiText => success(1080002, 'You successfully verified your email address.'),
  codeSent: (): UiText =>
    info(
      1080003,
      'An email containing a verification code has been sent to the email address you provided. If you have not received an email, check the spelling of the address and make sure to use the address you registered with.',
    ),
}

export const LABEL = {
  password: (): UiText => info(1070001, 'Password'),
  trait: (title: string, name: string): UiText => info(1070002, title, { name, title }),
  save: (): UiText => info(1070003, 'Save'),
  id: (): UiText => info(1070004, 'ID'),
  verifyOtp: (): UiText => info(1070006, 'Verify code'),
  email: (): UiText => info(1070007, 'Email'),
  resend: (): UiText => info(1070008, 'Resend code'),
  continue: (): UiText => info(1070009, 'Continue'),
  plain: (text: string): UiText => info(1070000, text),
  recoveryCode: (): UiText => info(1070010, 'Recovery code'),
  recoveryAddress: (): UiText => info(1070016, 'Recovery address'),
  phone: (): UiText => info(1070017, 'Phone number'),
  verificationCode: (): UiText => info(1070011, 'Verification code'),
  registrationCode: (): UiText => info(1070012, 'Registration code'),
  loginCode: (): UiText => info(1070013, 'Login code'),
}

export const INVALID = {
  generic: (reason: string): UiText => error(4000001, reason, { reason }),
  required: (property: string): UiText => error(4000002, `Property ${property} is missing.`, { property }),
  minLength: (min: number, actual: number): UiText =>
    error(4000003, `length must be >= ${min}, but got ${actual}`, { min_length: min, actual_length: actual }),
  credentials: (): UiText =>
    error(
      4000006,
      'The provided credentials are invalid, check for spelling mistakes in your password or username, email address, or phone number.',
    ),
  duplicate: (): UiText =>
    error(4000007, 'An account with the same identifier (email, phone, username, ...) exists already.'),
  totpWrong: (): UiText => error(4000008, 'The provided authentication code is invalid, please try again.'),
  noIdentifier: (): UiText =>
    error(
      4000009,
      'Could not find any login identifiers. Did you forget to set them? This could also be caused by a server misconfiguration.',
    ),
  notVerified: (): UiText =>
    error(4000010, 'Account not active yet. Did you forget to verify your email address?'),
  noTotp: (): UiText => error(4000011, 'You have no TOTP device set up.'),
  lookupUsed: (): UiText => error(4000012, 'This backup recovery code has already been used.'),
  noLookup: (): UiText => error(4000014, 'You have no backup recovery codes set up.'),
  lookupWrong: (): UiText => error(4000016, 'The backup recovery code is not valid.'),
  maxLength: (max: number, actual: number): UiText =>
    error(4000017, `length must be <= ${max}, but got ${actual}`, { max_length: max, actual_length: actual }),
  wrongType: (allowed: string[], actual: string): UiText =>
    error(4000026, `expected ${allowed.join(' or ')}, but got ${actual}`, {
      allowed_types: allowed,
      actual_type: actual,
    }),
  duplicateOnLink: (): UiText =>
    error(
      4000027,
      'An account with the same identifier (email, phone, username, ...) exists already. Please sign in to your existing account to link your social profile.',
    ),
  noCodeUser: (): UiText => error(4000035, 'This account does not exist or has not setup sign in with code.'),
  traitsMismatch: (): UiText =>
    error(4000036, 'The provided traits do not match the traits previously associated with this flow.'),
  accountNotFound: (): UiText =>
    error(4000037, 'This account does not exist or has no login method configured.'),
  samePassword: (): UiText => error(4000039, 'The new password must be different from the old password.'),
  email: (value: string): UiText => error(4000040, 'Enter a valid email address', { value }),
  loginCode: (): UiText =>
    error(4010008, 'The login code is invalid or has already been used. Please try again.'),
  linkedCredentials: (): UiText => error(4010009, 'Linked credentials do not match.'),
  unknownAddress: (): UiText =>
    error(4010010, 'The address you entered does not match any known addresses in the current account.'),
  registrationCode: (): UiText =>
    error(4040003, 'The registration code is invalid or has already been used. Please try again.'),
  recoveryDone: (): UiText =>
    error(4060001, 'The request was already completed successfully and can not be retried.'),
  recoveryState: (): UiText =>
    error(4060002, 'The recovery flow reached a failure state and must be retried.'),
  recoveryToken: (): UiText =>
    error(4060004, 'The recovery token is invalid or has already been used. Please retry the flow.'),
  recoveryCode: (): UiText =>
    error(4060006, 'The recovery code is invalid or has already been used. Please try again.'),
  verificationToken: (): UiText =>
    error(4070001, 'The verification token is invalid or has already been used. Please retry the flow.'),
  verificationDone: (): UiText =>
    error(4070002, 'The request was already completed successfully and can not be retried.'),
  verificationState: (): UiText =>
    error(4070003, 'The verification flow reached a failure state and must be retried.'),
  verificationCode: (): UiText =>
    error(4070006, 'The verification code is invalid or has already been used. Please try again.'),
}

const NO_STRATEGY = {
  login: [4010002, 'log you in with'],
  registration: [4010003, 'sign you up with'],
  settings: [4010004, 'update your settings'],
  recovery: [4010005, 'recover your account with'],
  verification: [4010006, 'verify your account with'],
} as const

/** No enabled method felt addressed by what was submitted. */
export function noStrategy(flow: keyof typeof NO_STRATEGY): UiText {
  const [id, what] = NO_STRATEGY[flow]
  return error(id, `Could not find a strategy to ${what}. Did you fill out the form correctly?`)
}

const EXPIRED = {
  login: 4010001,
  registration: 4040001,
  settings: 4050001,
  recovery: 4060005,
  verification: 4070005,
} as const

/** In the flow that replaces an expired one. */
export function flowExpired(flow: keyof typeof EXPIRED, at: string, now: number): UiText {
  const minutes = ((now - Date.parse(at)) / 60_000).toFixed(2)
  return error(EXPIRED[flow], `The ${flow} flow expired ${minutes} minutes ago, please try again.`, {
    expired_at: at,
    expired_at_unix: Math.floor(Date.parse(at) / 1000),
  })
}

const HUMAN: Record<string, string> = {
  password: 'your password',
  oidc: 'social sign in',
  saml: 'social sign in',
  webauthn: 'your passkey or a security key',
  passkey: 'your passkey',
}

/** A duplicate identifier, with `selfservice.flows.registration.login_hints` on. */
export function duplicateWithHints(types: string[], providers: string[], hint: string): UiText {
  let text = `You tried signing in with ${hint || 'an email, phone, or username'} which is already in use by another account.`
  const known = types.flatMap(type => HUMAN[type] ?? [])
  const ways = [...new Set(known.length > 0 ? known : types)]
  if (ways.length > 1) ways.push(`or ${ways.pop()}`)
  if (ways.length > 0) text += ` You can sign in using ${ways.join(', ')}.`
  const titled = providers.map(p => p.charAt(0).toUpperCase() + p.slice(1).toLowerCase())
  if (titled.length > 0)
    text += ` You can sign in using one of the following social sign in providers: ${titled.join(', ')}.`
  return error(4000028, text, {
    available_credential_types: types,
    available_oidc_providers: providers,
    credential_identifier_hint: hint,
  })
}
