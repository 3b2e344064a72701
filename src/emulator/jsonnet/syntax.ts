/** A program that cannot be read or run; the message names the place. */
export class JsonnetError extends Error {
  override readonly name = 'JsonnetError'
}

export interface Parameter {
  name: string
  fallback?: Expression
}
export interface Binding {
  name: string
  value: Expression
}
export interface Argument {
  name?: string
  value: Expression
}
/** `for x in list` and `if condition`, in the order written. */
export type Clause = { kind: 'for'; name: string; list: Expression } | { kind: 'if'; condition: Expression }
export interface Field {
  name: Expression
  value: Expression
  /** `::` is hidden when the object becomes JSON, `:::` is shown even where an ancestor hid it. */
  visibility: 'default' | 'hidden' | 'forced'
  /** `+:` adds to the field of the ancestor. */
  extends: boolean
}
export interface Assertion {
  condition: Expression
  message?: Expression
}

/** https://jsonnet.org/ref/spec.html, section "Abstract Syntax", without imports. */
export type Expression =
  | { kind: 'literal'; value: null | boolean | number | string }
  | { kind: 'self' | 'super' | 'root' }
  | { kind: 'name'; name: string }
  | { kind: 'array'; items: Expression[] }
  | { kind: 'arrayComprehension'; item: Expression; clauses: Clause[] }
  | { kind: 'object'; fields: Field[]; locals: Binding[]; assertions: Assertion[] }
  | { kind: 'objectComprehension'; name: Expression; value: Expression; locals: Binding[]; clauses: Clause[] }
  | { kind: 'index'; target: Expression; index: Expression }
  | { kind: 'slice'; target: Expression; bounds: (Expression | undefined)[] }
  | { kind: 'call'; target: Expression; args: Argument[] }
  | { kind: 'function'; parameters: Parameter[]; body: Expression }
  | { kind: 'local'; bindings: Binding[]; body: Expression }
  | { kind: 'if'; condition: Expression; then: Expression; else?: Expression }
  | { kind: 'unary'; operator: string; operand: Expression }
  | { kind: 'binary'; operator: string; left: Expression; right: Expression }
  | { kind: 'assert'; assertion: Assertion; body: Expression }
  | { kind: 'error'; message: Expression }
