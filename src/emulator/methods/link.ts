/**
 * Links in mails, Kratos' older way to recover and verify. The emulator sends codes only; this is what
 * Kratos answers where links are switched off, and a plain word where they are switched on.
 */
import { fields, str } from '../decode.js'
import type { Flow } from '../flows.js'
import type { Exchange } from '../http.js'
import { notImplemented } from '../kratos-errors.js'
import { alreadyIn } from './already-in.js'
import type { ChallengeMethod, Method } from './method.js'
import { addressed, payloadOf } from './submission.js'

const absent = (): never => {
  throw notImplemented('links in mails: set "use: code"')
}

function refuse(x: Exchange, flow: Flow): string {
  const payload = payloadOf(x, flow, fields('string', 'email', 'token', 'flow'), {
    methods: ['POST', 'GET'],
    query: true,
  })
  if (str(payload, 'token') && addressed(x.core, link, 'link')) absent()
  return str(payload, 'method')
}

const recovery: ChallengeMethod = {
  populate: absent,
  async submit(x, flow) {
    const method = refuse(x, flow)
    const answer = alreadyIn(x)
    if (answer) return { answer }
    return addressed(x.core, link, method) ? absent() : undefined
  },
}

const verification: ChallengeMethod = {
  populate: absent,
  async submit(x, flow) {
    return addressed(x.core, link, refuse(x, flow)) ? absent() : undefined
  },
}

export const link: Method = {
  id: 'link',
  group: 'link',
  enabled: core => core.config.selfservice.methods.link.enabled,
  recovery,
  verification,
}
