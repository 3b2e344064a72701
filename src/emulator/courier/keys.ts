/** The keys of `courier` in Kratos' configuration: https://www.ory.com/docs/kratos/reference/configuration */
import type { JsonObject } from '../store/model.js'

const section = (properties: JsonObject): JsonObject => ({ type: 'object', properties, default: {} })
const text: JsonObject = { type: 'string' }
/** Of mails that go to a server, and here to the inbox: `remarks` says so. */
const ignored: JsonObject = {}

/** What is sent where a channel names no body. */
const OWN_BODY = `
function(ctx) {
  local data = std.get(ctx, 'template_data', {}),
  recipient: ctx.recipient,
  template_type: ctx.template_type,
  subject: ctx.subject,
  body: ctx.body,
} + {
  [name]: std.get(std.get(ctx, 'template_data', {}), name)
  for name in ['to', 'recovery_code', 'recovery_url', 'verification_url', 'verification_code']
}`

const request: JsonObject = {
  type: 'object',
  properties: {
    url: { type: 'string', pattern: '^https?://', format: 'uri' },
    method: { type: 'string', default: 'POST' },
    headers: { type: 'object', additionalProperties: text, default: {} },
    body: { type: 'string', default: `base64://${Buffer.from(OWN_BODY).toString('base64')}` },
    auth: {
      type: 'object',
      properties: {
        type: { enum: ['api_key', 'basic_auth'] },
        config: { type: 'object', additionalProperties: text },
      },
      required: ['type', 'config'],
    },
  },
}

const email = section({ subject: text, body: section({ plaintext: text, html: text }) })
const sms = section({ body: section({ plaintext: text }) })
const valid = section({ email, sms })
const both = section({ valid, invalid: section({ email }) })
const codes = section({ valid })

export const COURIER_KEYS: JsonObject = section({
  templates: section({
    recovery: both,
    recovery_code: both,
    verification: both,
    verification_code: both,
    registration_code: codes,
    login_code: codes,
  }),
  template_override_path: text,
  message_retries: { type: 'integer', default: 5 },
  worker: section({
    pull_count: { type: 'integer', default: 10 },
    pull_wait: { type: 'string', pattern: '^([0-9]+(ns|us|ms|s|m|h))+$', default: '1s' },
  }),
  delivery_strategy: { enum: ['smtp', 'http'], default: 'smtp' },
  http: section({ request_config: request }),
  smtp: section({
    connection_uri: ignored,
    client_cert_path: ignored,
    client_key_path: ignored,
    from_address: ignored,
    from_name: ignored,
    headers: ignored,
    local_name: ignored,
  }),
  channels: {
    type: 'array',
    items: {
      type: 'object',
      properties: {
        id: { enum: ['sms'] },
        type: { enum: ['http'], default: 'http' },
        request_config: { ...request, required: ['url'] },
      },
      required: ['id', 'request_config'],
    },
    default: [],
  },
})
