import type { Answer, Exchange } from '../http/exchange.js'

export type Operation = (x: Exchange) => Answer | Promise<Answer>

export interface Route {
  method: string
  /** Segments in braces are parameters, `*` at the end stands for all that follows. */
  path: string
  run: Operation
  /** What Kratos has there and the emulator does not. */
  missing?: string
}
