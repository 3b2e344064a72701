import { type Core, defaultSchema, schemaOf } from '../core.js'
import { LABEL } from '../flows/messages.js'
import type { Flow } from '../flows/types.js'
import type { CompiledSchema } from '../schema/identity-schema.js'
import type { UiText } from '../store/model.js'

/** The schema that a flow is about. */
export const flowSchema = (core: Core, flow: Flow): CompiledSchema =>
  flow.identity_schema ? schemaOf(core, flow.identity_schema) : defaultSchema(core)

/** How the field for the identifier is called: like the trait, when there is only one it can be. */
export function identifierLabel(core: Core, flow: Flow): UiText {
  const field = flowSchema(core, flow).identifierField
  return field?.title ? LABEL.trait(field.title, field.name) : LABEL.id()
}
