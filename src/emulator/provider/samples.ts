/** What the providers people use say about somebody, in the shape each of them sends it. */
import { createHash } from 'node:crypto'
import type { Json, JsonObject } from '../store/model.js'
import type { ProviderPerson, ProviderSetup } from './types.js'

interface Person {
  readonly email: string
  readonly given: string
  readonly family: string
  /** Drawn from the address, so that it is the same account after a restart and on another machine. */
  readonly hash: string
}

type Sample = (person: Person, setup: ProviderSetup) => JsonObject

const fullName = ({ given, family }: Person): string => [given, family].filter(part => part !== '').join(' ')

/** https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload */
const google: Sample = (person, { clientId }) => ({
  azp: clientId,
  sub: digits(person.hash, 21),
  email: person.email,
  email_verified: true,
  name: fullName(person),
  picture: `https://lh3.googleusercontent.com/a/${person.hash.slice(0, 16)}`,
  given_name: person.given,
  ...(person.family && { family_name: person.family }),
})

/** Personal accounts have this tenant: https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference */
const CONSUMERS = '9188040d-6c67-4c5b-b112-36a304b66dad'

/** Nothing here says that the address is verified: Microsoft does not. */
const microsoft: Sample = (person, { tenant }) => ({
  tid: tenant && /^[0-9a-f-]{36}$/i.test(tenant) ? tenant : CONSUMERS,
  ver: '2.0',
  oid: `00000000-0000-0000-${person.hash.slice(0, 4)}-${person.hash.slice(4, 16)}`,
  sub: Buffer.from(person.hash, 'hex').toString('base64url'),
  name: fullName(person),
  preferred_username: person.email,
  email: person.email,
})

/** https://developer.apple.com/documentation/signinwithapple/authenticating-users-with-sign-in-with-apple */
const apple: Sample = person => ({
  sub: `000000.${person.hash.slice(0, 32)}.0000`,
  email: person.email,
  email_verified: 'true',
  nonce_supported: true,
  // Beside the token, and only the first time that somebody signs in.
  user: { name: { firstName: person.given, lastName: person.family }, email: person.email },
})

/** https://docs.github.com/rest/users/users and, as `emails`, https://docs.github.com/rest/users/emails */
const github: Sample = person => {
  const login = person.email.replace(/@.*/, '').replaceAll(/[^a-z0-9]+/g, '-')
  const id = Number(digits(person.hash, 8))
  return {
    login,
    id,
    avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
    html_url: `https://github.com/${login}`,
    type: 'User',
    name: fullName(person),
    company: null,
    blog: '',
    location: null,
    email: null,
    bio: null,
    created_at: '2020-01-02T03:04:05Z',
    updated_at: '2024-05-06T07:08:09Z',
    emails: [{ email: person.email, primary: true, verified: true, visibility: 'private' }],
  }
}

const SAMPLES: Readonly<Record<string, Sample>> = { google, microsoft, apple, github }

/** What people call the providers whose claims look as the real one's; all others send what OpenID Connect has. */
export const NAMES: Readonly<Record<string, string>> = {
  google: 'Google',
  microsoft: 'Microsoft',
  apple: 'Apple',
  github: 'GitHub',
}

export const looksReal = (kind: string): boolean => kind === 'generic' || kind in SAMPLES

export function sampleOf(setup: ProviderSetup, address: string): JsonObject {
  const email = address.trim().toLowerCase()
  if (email === '') return {}
  const person = setup.people().find(one => one.address === email)
  const sample = SAMPLES[setup.kind]
  if (sample) return sample(personOf(email, person), setup)
  return { sub: email, email, email_verified: true, ...person?.claims }
}

function personOf(email: string, known: ProviderPerson | undefined): Person {
  const { given_name, family_name } = known?.claims ?? {}
  const [local = ''] = email.split('@')
  const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')
  return {
    email,
    given: text(given_name) || local.slice(0, 1).toUpperCase() + local.slice(1),
    family: text(family_name),
    hash: createHash('sha256').update(email).digest('hex'),
  }
}

const digits = (hash: string, count: number): string =>
  `1${BigInt(`0x${hash}`)
    .toString()
    .slice(-(count - 1))}`
