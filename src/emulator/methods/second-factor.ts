import { type Core, isoTime } from '../core.js'
import { aalOf, type SignedIn } from '../sessions.js'

/** Whoever sets up a second factor has just used it: the session counts as stepped up. */
export function addFactor(core: Core, { session }: SignedIn, method: 'totp' | 'lookup_secret'): void {
  const stored = core.state.session(session.id)
  if (!stored) return
  const used = { method, aal: 'aal2' as const, completed_at: isoTime(core.now()) }
  const methods = [...stored.authentication_methods, used]
  core.state.putSession({
    ...stored,
    authentication_methods: methods,
    authenticator_assurance_level: aalOf(methods),
  })
}
