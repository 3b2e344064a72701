/** Get back in with a link sent by mail. */

import type { Core } from '../../core.js'
import { mailUnknown } from '../../flows/codes.js'
import { createLink, mailLink, useToken } from '../../flows/links.js'
import { INVALID, RECOVERY } from '../../flows/messages.js'
import type { Flow } from '../../flows/types.js'
import { str } from '../../http/decode.js'
import type { Answer, Exchange } from '../../http/exchange.js'
import { Invalid } from '../../http/kratos-errors.js'
import { verifyAddress } from '../../identities/identities.js'
import { finishRecovery } from '../../operations/recovered.js'
import { normalizeIdentifier } from '../../schema/identity-schema.js'
import { alreadyIn } from '../already-in.js'
import type { ChallengeMethod } from '../method.js'
import { addressed, requireSameBrowser } from '../submission.js'
import { askForAddress, linkPayload, requireEmail, showSent, startOver } from './form.js'
import { linkSwitch } from './switch.js'

export const linkRecovery: ChallengeMethod = {
  populate: askForAddress,

  async submit(x, flow) {
    const payload = linkPayload(x, flow)
    const token = str(payload, 'token')
    if (token && addressed(x.core, linkSwitch, 'link')) return { answer: await openLink(x, flow, token) }
    const signedIn = alreadyIn(x)
    if (signedIn) return { answer: signedIn }
    if (!addressed(x.core, linkSwitch, str(payload, 'method'))) return undefined
    if (flow.state === 'passed_challenge')
      return { answer: startOver(x, 'recovery', new Invalid({ text: INVALID.recoveryDone() }), flow.type) }
    const email = requireEmail(payload)
    requireSameBrowser(x, flow, payload)
    mailTo(x.core, flow, email)
    showSent(x, flow, email, RECOVERY.linkSent())
    return { shown: true }
  },
}

/** Whether somebody has the address is not for the asking: the answer is the same. */
function mailTo(core: Core, flow: Flow, email: string): void {
  const address = normalizeIdentifier(email)
  const identity = core.state.identityByAddress('recovery', 'email', address)
  if (identity) {
    const link = createLink(core, flow, { identityId: identity.id, address, via: 'email' })
    mailLink(core, flow, address, 'email', link)
  } else if (core.config.selfservice.flows.recovery.notify_unknown_recipients) {
    mailUnknown(core, flow, email, 'recovery_invalid')
  }
}

async function openLink(x: Exchange, flow: Flow, given: string): Promise<Answer> {
  const { core } = x
  try {
    const token = useToken(core, flow, given)
    const identity = core.state.identity(token?.identity_id ?? '')
    if (!token || !identity) throw new Invalid({ text: INVALID.recoveryToken() })
    // Whoever reads the mail owns the address; an administrator's link proves nothing about it.
    if (!token.by_admin && token.address) verifyAddress(core, identity.id, token.address)
    return await finishRecovery(x, flow, core.state.identity(identity.id) ?? identity, 'link_recovery')
  } catch (error) {
    return startOver(x, 'recovery', error)
  }
}
