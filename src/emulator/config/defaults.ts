/** The configuration of an emulator that was given none, in the words of `kratos.yml`. */

import { isEmail } from '../schema/email-address.js'
import { asObject } from '../schema/fields.js'
import type { Json, JsonObject } from '../store/model.js'

const session: JsonObject = { hook: 'session' }

export const DEFAULT_CONFIG: JsonObject = {
  selfservice: {
    // Our own origin: in development, app and Ory share it.
    allowed_return_urls: ['/'],
    methods: {
      totp: { enabled: true, config: { issuer: 'ory-proxy' } },
      lookup_secret: { enabled: true },
      oidc: {
        enabled: true,
        config: {
          providers: [
            {
              id: 'mock',
              provider: 'generic',
              label: 'Mock',
              client_id: 'ory-proxy',
              scope: ['openid', 'email', 'profile'],
            },
          ],
        },
      },
    },
    flows: {
      recovery: { enabled: true },
      verification: { enabled: true },
      registration: {
        after: {
          password: { hooks: [session, { hook: 'show_verification_ui' }] },
          oidc: { hooks: [session] },
          code: { hooks: [session] },
        },
      },
    },
  },
}

/** People with an email address, with which they sign in and are reached, and a name. */
export const DEFAULT_IDENTITY_SCHEMA: JsonObject = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Person',
  type: 'object',
  properties: {
    traits: {
      type: 'object',
      properties: {
        email: {
          type: 'string',
          format: 'email',
          title: 'E-Mail',
          minLength: 3,
          'ory.sh/kratos': {
            credentials: { password: { identifier: true }, code: { identifier: true, via: 'email' } },
            verification: { via: 'email' },
            recovery: { via: 'email' },
          },
        },
        name: {
          type: 'object',
          properties: {
            first: { title: 'First Name', type: 'string' },
            last: { title: 'Last Name', type: 'string' },
          },
        },
      },
      required: ['email'],
      additionalProperties: false,
    },
  },
}

/** The same people, who are also found by their security keys, and whose passkeys are called like them. */
export const KEYS_IDENTITY_SCHEMA: JsonObject = withKeys(structuredClone(DEFAULT_IDENTITY_SCHEMA))

function withKeys(schema: JsonObject): JsonObject {
  const traits = asObject(asObject(asObject(schema['properties'])['traits'])['properties'])
  const credentials = asObject(asObject(asObject(traits['email'])['ory.sh/kratos'])['credentials'])
  Object.assign(credentials, { webauthn: { identifier: true }, passkey: { display_name: true } })
  return schema
}

/**
 * Whether traits clearly fit {@link DEFAULT_IDENTITY_SCHEMA}: then nobody needs the validator, which
 * takes as long to load as all the rest of the start. When in doubt, false.
 */
export function clearlyFits(traits: Json): boolean {
  if (traits === null || typeof traits !== 'object' || Array.isArray(traits)) return false
  const { email, name, ...others } = traits
  if (Object.keys(others).length > 0 || typeof email !== 'string' || !isEmail(email)) return false
  if (name === undefined) return true
  if (name === null || typeof name !== 'object' || Array.isArray(name)) return false
  return [name['first'], name['last']].every(part => part === undefined || typeof part === 'string')
}
