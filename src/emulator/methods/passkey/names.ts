/** What a passkey is called by the browser that keeps it: https://www.ory.com/docs/kratos/passwordless/passkeys#identity-schema */

import { type Core, schemaOf } from '../../core.js'
import { PlainFailure } from '../../http/kratos-errors.js'
import { asObject } from '../../schema/fields.js'
import type { CompiledSchema } from '../../schema/identity-schema.js'
import { ALPHANUMERIC } from '../../store/ids.js'
import type { Identity, JsonObject } from '../../store/model.js'

export function nameOf(core: Core, identity: Identity): string {
  const found = schemaOf(core, identity.schema_id).identifiers(identity.traits)
  return found.passkeyName || found.webauthn.at(-1) || ''
}

/** Another one for every passkey: an authenticator replaces the key it has for a person it knows. */
export const newHandle = (core: Core): Buffer => Buffer.from(core.ids.secret(64, ALPHANUMERIC))

const isName = (extension: JsonObject | undefined): boolean => {
  const { webauthn, passkey } = asObject(asObject(extension)['credentials'])
  return asObject(webauthn)['identifier'] === true || asObject(passkey)['display_name'] === true
}

/** The field of the form that holds the name. Kratos goes by its title. */
export function nameField({ fields, schema }: CompiledSchema): string {
  const titles = fields.filter(field => isName(field.extension)).flatMap(({ title }) => title || [])
  const title = titles.length === 1 ? titles[0] : undefined
  const traits = asObject(asObject(asObject(schema['properties'])['traits'])['properties'])
  const found = Object.entries(traits).find(([, trait]) => asObject(trait)['title'] === title)
  if (found) return `traits.${found[0]}`
  throw new PlainFailure('no identifier found')
}
