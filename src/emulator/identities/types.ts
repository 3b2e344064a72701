import type { AuthenticationMethod, Identity, Session } from '../store/model.js'

/** A session and whose it is. */
export interface SignedIn {
  session: Session
  identity: Identity
}

/** A way to sign in that was gone through. */
export type CompletedMethod = Omit<AuthenticationMethod, 'completed_at'>
