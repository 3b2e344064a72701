/** Links that are sent by mail, Kratos' older way to recover an account and to prove an address. */

import { type Core, mailUrl } from '../core.js'
import { linkMessage } from '../courier/message.js'
import { send } from '../courier/send.js'
import { FlowExpired } from '../http/kratos-errors.js'
import { withQuery } from '../http/urls.js'
import { isoTime } from '../store/clock.js'
import { ALPHANUMERIC } from '../store/ids.js'
import type { Channel, OneTimeCode } from '../store/model.js'
import type { CodeFor } from './codes.js'
import type { Flow } from './types.js'

const TOKEN_LENGTH = 32

export const linkLifespan = (core: Core): number => core.config.selfservice.methods.link.config.lifespan

/** The address to open. */
export function createLink(core: Core, flow: Flow, to: CodeFor): string {
  const token = core.ids.secret(TOKEN_LENGTH, ALPHANUMERIC)
  core.state.addCode({
    id: core.ids.uuid(),
    flow_id: flow.id,
    code: token,
    ...(to.identityId && { identity_id: to.identityId }),
    ...(to.address && { address: to.address }),
    ...(to.via && { via: to.via }),
    expires_at: isoTime(core.now() + (to.lifespan ?? linkLifespan(core))),
    used: false,
    by_admin: to.byAdmin ?? false,
  })
  return withQuery(mailUrl(core, `/self-service/${flow.kind}`), { flow: flow.id, token })
}

/** Takes a link's token, once; undefined for one that is not known or was used. */
export function useToken(core: Core, flow: Flow, given: string): OneTimeCode | undefined {
  // A flow may have a code as well, which is short, and must not be guessed as a token.
  if (given.length !== TOKEN_LENGTH) return undefined
  const token = core.state.codesOf(flow.id).find(one => one.code === given && !one.used)
  if (!token) return undefined
  core.state.markCodeUsed(token)
  if (Date.parse(token.expires_at) < core.now()) throw new FlowExpired(token.expires_at)
  return token
}

/** Sends a link. */
export function mailLink(core: Core, flow: Flow, to: string, via: Channel, link: string): void {
  const token = new URL(link).searchParams.get('token')
  const { identity_id = '' } = core.state.codesOf(flow.id).find(one => one.code === token) ?? {}
  send(core, linkMessage(core, flow, { to, via, link, identity: core.state.identity(identity_id) }))
}
