import type { WebHookConfig } from '../config/model.js'
import type { Flow } from '../flows/types.js'
import type { Exchange } from '../http/exchange.js'
import type { Identity, Session } from '../store/model.js'

/** What a web hook is told. It refuses by throwing. */
export interface WebHookContext {
  flow: Flow
  /** `before` the flow is shown, before (`prepersist`) or `after` its result is stored. */
  phase: 'before' | 'prepersist' | 'after'
  identity?: Identity
  session?: Session
}
export type RunWebHook = (x: Exchange, config: WebHookConfig, context: WebHookContext) => Promise<void>
