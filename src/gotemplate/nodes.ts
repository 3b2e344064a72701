/** What a template consists of once it is read. */
import type { Place } from './error.js'

export type Node =
  | { kind: 'text'; text: string }
  | { kind: 'action'; pipe: Pipe; place: Place }
  | { kind: 'if' | 'with' | 'range'; pipe: Pipe; body: Node[]; otherwise: Node[]; place: Place }
  | { kind: 'template'; name: string; pipe: Pipe | undefined; place: Place }
  | { kind: 'break' | 'continue' }

export interface Pipe {
  /** Names that are declared or assigned, with their dollar. */
  names: string[]
  assigns: boolean
  commands: Command[]
}
/** A function or value with its arguments. */
export type Command = Expression[]

export type Expression = { place: Place } & (
  | { kind: 'literal'; value: string | bigint | number | boolean | null }
  | { kind: 'dot' }
  | { kind: 'variable'; name: string }
  | { kind: 'function'; name: string }
  | { kind: 'pipe'; pipe: Pipe }
  /** `.A.B` of what stands before; `of` is absent where that is the dot. */
  | { kind: 'field'; of: Expression; names: string[] }
)
