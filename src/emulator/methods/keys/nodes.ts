/** Buttons, the fields that our script fills in, and the script. */

import { type Core, ownUrl } from '../../core.js'
import { input } from '../../flows/nodes.js'
import type { UiNode, UiText } from '../../store/model.js'
import type { KeyType } from './credentials.js'
import { SCRIPT_INTEGRITY, SCRIPT_PATH } from './script.js'

export const scriptNode = (core: Core): UiNode => ({
  type: 'script',
  group: 'webauthn',
  attributes: {
    src: ownUrl(core, SCRIPT_PATH),
    async: true,
    referrerpolicy: 'no-referrer',
    crossorigin: 'anonymous',
    integrity: SCRIPT_INTEGRITY,
    type: 'text/javascript',
    id: 'webauthn_script',
    nonce: core.ids.uuid(),
    node_type: 'script',
  },
  messages: [],
  meta: {},
})

/** A field for the script: empty, or with what it needs. */
export const hidden = (type: KeyType, name: string, value?: string): UiNode =>
  input(name, 'hidden', type, value === undefined ? {} : { value })

/**
 * A button that calls a function of the script. Native flows have no scripts, but are told what to do.
 *
 * @param options what the function is to be called with; passkeys have it in a field of their own
 */
export function trigger(
  type: KeyType,
  name: string,
  { call, label, inBrowser = true, options, value }: Trigger,
): UiNode {
  const onclick = { onclickTrigger: call, ...(inBrowser && { onclick: `window.${call}(${options ?? ''})` }) }
  const given = options ?? value
  return input(name, 'button', type, { ...(given !== undefined && { value: given }), ...onclick }, label)
}

export interface Trigger {
  call: string
  label: UiText
  inBrowser?: boolean
  options?: string
  value?: string
}
