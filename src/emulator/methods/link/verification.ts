/** Prove with a link sent by mail that an address is one's own. */

import { mailUnknown } from '../../flows/codes.js'
import { createLink, mailLink, useToken } from '../../flows/links.js'
import { INVALID, VERIFICATION } from '../../flows/messages.js'
import type { Flow } from '../../flows/types.js'
import { runAfterVerification } from '../../hooks/run.js'
import { str } from '../../http/decode.js'
import type { Answer, Exchange } from '../../http/exchange.js'
import { Invalid } from '../../http/kratos-errors.js'
import { markSent, verifyAddress } from '../../identities/identities.js'
import { normalizeIdentifier } from '../../schema/identity-schema.js'
import type { VerificationMethod } from '../method.js'
import { addressed, requireSameBrowser } from '../submission.js'
import { showVerified } from '../verified.js'
import { askForAddress, linkPayload, requireEmail, showAddress, showSent, startOver } from './form.js'
import { linkSwitch } from './switch.js'

export const linkVerification: VerificationMethod = {
  populate: askForAddress,

  send(core, flow, identityId, { value, via }) {
    mailLink(core, flow, value, via, createLink(core, flow, { identityId, address: value, via }))
    markSent(core, identityId, value)
  },

  async submit(x, flow) {
    const payload = linkPayload(x, flow)
    const token = str(payload, 'token')
    if (token && addressed(x.core, linkSwitch, 'link')) return openLink(x, flow, token)
    try {
      if (!addressed(x.core, linkSwitch, str(payload, 'method'))) {
        showAddress(x, flow, str(payload, 'email'))
        return undefined
      }
      if (flow.state === 'passed_challenge')
        return {
          answer: startOver(x, 'verification', new Invalid({ text: INVALID.verificationDone() }), flow.type),
        }
      const email = requireEmail(payload)
      requireSameBrowser(x, flow, payload)
      mailTo(x, flow, email)
      showSent(x, flow, email, VERIFICATION.linkSent())
      return { shown: true }
    } catch (error) {
      showAddress(x, flow, str(payload, 'email'))
      throw error
    }
  },
}

function mailTo({ core }: Exchange, flow: Flow, email: string): void {
  const value = normalizeIdentifier(email)
  const identity = core.state.identityByAddress('verifiable', 'email', value)
  if (identity) linkVerification.send(core, flow, identity.id, { value, via: 'email' })
  else if (core.config.selfservice.flows.verification.notify_unknown_recipients)
    mailUnknown(core, flow, email, 'verification_invalid')
}

async function openLink(
  x: Exchange,
  flow: Flow,
  given: string,
): Promise<{ answer: Answer } | { shown: true }> {
  try {
    const token = useToken(x.core, flow, given)
    if (!token || !verifyAddress(x.core, token.identity_id ?? '', token.address ?? ''))
      throw new Invalid({ text: INVALID.verificationToken() })
    showVerified(x, flow, 'link')
    await runAfterVerification(x, flow, token.identity_id ?? '')
    return { shown: true }
  } catch (error) {
    return { answer: startOver(x, 'verification', error) }
  }
}
