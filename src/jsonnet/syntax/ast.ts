/** What a program is made of. Every node knows where it begins. */

import type { Place } from '../error.js'

export type BinaryOperator =
  | '*'
  | '/'
  | '%'
  | '+'
  | '-'
  | '<<'
  | '>>'
  | '<'
  | '>'
  | '<='
  | '>='
  | 'in'
  | '=='
  | '!='
  | '&'
  | '^'
  | '|'
  | '&&'
  | '||'
export type UnaryOperator = '+' | '-' | '!' | '~'
export type Visibility = ':' | '::' | ':::'

export interface Param {
  name: string
  byDefault: Node | undefined
}
export interface Bind {
  name: string
  value: Node
  place: Place
}
export interface FieldNode {
  name: Node
  /** Written as `[e]`. */
  computed: boolean
  plus: boolean
  visibility: Visibility
  value: Node
  place: Place
}
export interface AssertNode {
  condition: Node
  message: Node | undefined
  place: Place
}
/** `for x in e` or `if e` of a comprehension. */
export type Clause = { kind: 'for'; name: string; of: Node; place: Place } | { kind: 'if'; condition: Node }
export interface Argument {
  name: string | undefined
  value: Node
}

type Shape =
  | { kind: 'literal'; value: null | boolean | number | string }
  | { kind: 'array'; elements: Node[] }
  | { kind: 'array-comprehension'; element: Node; clauses: Clause[] }
  | { kind: 'object'; fields: FieldNode[]; locals: Bind[]; asserts: AssertNode[] }
  | { kind: 'object-comprehension'; field: FieldNode; locals: Bind[]; clauses: Clause[] }
  | { kind: 'variable'; name: string }
  | { kind: 'self' }
  | { kind: 'dollar' }
  | { kind: 'super'; index: Node }
  | { kind: 'in-super'; name: Node }
  | { kind: 'index'; target: Node; index: Node }
  | { kind: 'slice'; target: Node; bounds: [Node | undefined, Node | undefined, Node | undefined] }
  | { kind: 'apply'; target: Node; args: Argument[]; tailstrict: boolean }
  | { kind: 'binary'; operator: BinaryOperator; left: Node; right: Node }
  | { kind: 'unary'; operator: UnaryOperator; operand: Node }
  | { kind: 'if'; condition: Node; yes: Node; no: Node | undefined }
  | { kind: 'local'; binds: Bind[]; body: Node }
  | { kind: 'function'; params: Param[]; body: Node }
  | { kind: 'error'; message: Node }
  | { kind: 'assert'; check: AssertNode; rest: Node }
  | { kind: 'import'; path: string; how: 'import' | 'importstr' | 'importbin' }

export type Node = Shape & { place: Place }
