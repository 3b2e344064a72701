/** A second factor from an authenticator app: https://www.ory.com/docs/kratos/mfa/totp */

import { type Core, schemaOf } from '../core.js'
import { INVALID, LABEL, LOGIN, SETTINGS } from '../flows/messages.js'
import { image, input, submit, textNode } from '../flows/nodes.js'
import type { Flow } from '../flows/types.js'
import * as ui from '../flows/ui.js'
import { goPath, goSegment } from '../go/url.js'
import { fields, str } from '../http/decode.js'
import type { Exchange } from '../http/exchange.js'
import { Invalid, NeedsRefresh, Problem } from '../http/kratos-errors.js'
import { setCredential } from '../identities/identities.js'
import { isPrivileged } from '../identities/sessions.js'
import type { SignedIn } from '../identities/types.js'
import type { Identity } from '../store/model.js'
import type { Method, SettingsMethod } from './method.js'
import { mendForm } from './password.js'
import { addFactor, secondFactorLogin } from './second-factor.js'
import {
  addressed,
  methodOf,
  payloadOf,
  requireBooleans,
  requireSameBrowser,
  requireValid,
} from './submission.js'

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const PENDING_URL = 'totp_url'
const QR_PIXELS = 256

const urlOf = (identity: Identity): string => str(identity.credentials.totp?.config ?? {}, 'totp_url')
const secondFactors = (_core: Core, identity: Identity): number => (urlOf(identity) ? 1 : 0)

/** The library is loaded by those who have a second factor, not by every start. */
async function matches(url: string, code: string, now: number): Promise<boolean> {
  const { Secret, TOTP } = await import('otpauth')
  const token = code.trim()
  if (!/^\d{6}$/.test(token)) return false
  const secret = Secret.fromBase32(new URL(url).searchParams.get('secret') ?? '')
  // One step to either side, as Kratos allows: clocks of phones differ. Of the address it reads the secret alone.
  return TOTP.validate({ token, secret, timestamp: now, window: 1 }) !== null
}

const login = secondFactorLogin(() => totp, {
  id: 'totp',
  field: 'totp_code',
  label: LOGIN.totpLabel,
  button: LOGIN.totp,
  checkForm(code) {
    const { length } = [...code] // as Kratos counts: characters, whatever they take here
    if (length < 6) throw new Invalid({ name: 'totp_code', text: INVALID.minLength(6, length) })
  },
  async check(core, identity, code) {
    const url = identity && urlOf(identity)
    if (!url) throw new Invalid({ text: INVALID.noTotp() })
    if (!(await matches(url, code, core.now()))) throw new Invalid({ text: INVALID.totpWrong() })
  },
})

const settings: SettingsMethod = {
  async populate(x, flow, identity) {
    ui.setCsrf(flow.ui, x.csrf.token)
    if (urlOf(identity)) {
      ui.upsert(
        flow.ui,
        input('totp_unlink', 'submit', 'totp', { value: 'true', required: true }, SETTINGS.unlinkTotp()),
      )
      return
    }
    const { url, secret } = newKey(x.core, identity)
    flow.internal[PENDING_URL] = url
    ui.upsert(
      flow.ui,
      textNode('totp_secret_key', SETTINGS.totpSecret(secret), 'totp', SETTINGS.totpSecretLabel()),
      image('totp_qr', await qrCode(url), QR_PIXELS, 'totp', SETTINGS.totpQr()),
      input('totp_code', 'text', 'totp', { required: true }, LABEL.verifyOtp()),
    )
    ui.append(flow.ui, submit('method', 'totp', 'totp', LABEL.save()))
  },

  read(x, flow) {
    const known = [...fields('string', 'totp_code'), ...fields('boolean', 'totp_unlink')]
    const payload = payloadOf(x, flow, known, { methods: ['POST', 'GET'] })
    requireBooleans(x, payload, 'updateSettingsFlowWithTotpMethod', 'totp_unlink')
    requireValid(payload)
    const given = payload['totp_unlink'] ? 'totp' : methodOf(x)
    return addressed(x.core, totp, given) ? { ...payload, method: 'totp' } : undefined
  },

  async apply(x, flow, who, payload) {
    requireSameBrowser(x, flow, payload)
    if (!isPrivileged(x.core, who.session)) throw new NeedsRefresh()
    if (!urlOf(who.identity)) return { update: await enrol(x, flow, who, str(payload, 'totp_code')) }
    const update = structuredClone(who.identity)
    if (payload['totp_unlink']) delete update.credentials.totp
    return { update }
  },
  mend: mendForm,
}

/** The address an authenticator app reads, as Kratos writes it. */
function newKey(core: Core, identity: Identity): { url: string; secret: string } {
  const secret = core.ids.secret(32, BASE32)
  const { issuer } = core.config.selfservice.methods.totp.config
  const label = schemaOf(core, identity.schema_id).identifiers(identity.traits).totpAccountName || identity.id
  const path = goPath(`${issuer}:${label}`)
  const query = `algorithm=SHA1&digits=6&issuer=${goSegment(issuer)}&period=30&secret=${secret}`
  return { url: `otpauth://totp/${path}?${query}`, secret }
}

async function qrCode(content: string): Promise<string> {
  const [{ generate }, { toPngDataURL }] = await Promise.all([
    import('lean-qr'),
    import('lean-qr/extras/node_export'),
  ])
  const code = generate(content)
  return toPngDataURL(code, { scale: Math.max(1, Math.floor(QR_PIXELS / (code.size + 8))) })
}

async function enrol(x: Exchange, flow: Flow, who: SignedIn, code: string): Promise<Identity> {
  const url = str(flow.internal, PENDING_URL)
  if (!url) throw new Problem(500, { reason: 'The flow has no TOTP key that could be confirmed.' })
  if (!code) throw new Invalid({ name: 'totp_code', text: INVALID.required('totp_code') })
  if (!(await matches(url, code, x.core.now())))
    throw new Invalid({ name: 'totp_code', text: INVALID.totpWrong() })
  const identity = structuredClone(who.identity)
  setCredential(x.core, identity, 'totp', { totp_url: url }, [identity.id])
  delete flow.internal[PENDING_URL]
  addFactor(x.core, who, 'totp')
  return identity
}

export const totp: Method = {
  id: 'totp',
  group: 'totp',
  enabled: core => core.config.selfservice.methods.totp.enabled,
  login,
  settings,
  secondFactors,
}
