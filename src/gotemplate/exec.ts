/** Renders a template. */
import { type Place, Refused, TemplateError } from './error.js'
import type { Functions } from './functions.js'
import type { Command, Expression, Node, Pipe } from './nodes.js'
import type { Templates } from './parse.js'
import { kindOf, Struct, shown, sortedEntries, truth, type Value } from './value.js'

/** Where the text goes: HTML is escaped by where in it something stands. */
export interface Sink {
  text(text: string): void
  value(value: Value): void
  readonly size: number
}

export interface Limits {
  /** Nodes and expressions that are evaluated. */
  steps: number
  /** Characters of the result. */
  size: number
  /** Templates that call templates. */
  depth: number
}

class Break extends Error {}
class Continue extends Error {}

interface Variable {
  name: string
  value: Value
}

/** @throws {TemplateError} */
export function execute(
  templates: Templates,
  name: string,
  data: Value,
  sink: Sink,
  { functions, limits }: { functions: Functions; limits: Limits },
): void {
  const top = { name, line: 1, column: 1 }
  new Execution(templates, functions, sink, limits).template(name, data, top)
}

class Execution {
  readonly #templates: Templates
  readonly #functions: Functions
  readonly #sink: Sink
  readonly #limits: Limits
  #steps = 0
  #depth = 0
  #variables: Variable[] = []

  constructor(templates: Templates, functions: Functions, sink: Sink, limits: Limits) {
    this.#templates = templates
    this.#functions = functions
    this.#sink = sink
    this.#limits = limits
  }

  template(name: string, dot: Value, place: Place): void {
    const nodes = this.#templates.get(name)
    if (!nodes) throw new TemplateError(place, `template "${name}" not defined`)
    if (++this.#depth > this.#limits.depth)
      throw new TemplateError(place, `templates call each other more than ${this.#limits.depth} deep`)
    const outside = this.#variables
    this.#variables = [{ name: '$', value: dot }]
    this.#all(nodes, dot)
    this.#variables = outside
    this.#depth--
  }

  #all(nodes: readonly Node[], dot: Value): void {
    for (const node of nodes) this.#node(node, dot)
  }

  #step(place: Place): void {
    if (++this.#steps > this.#limits.steps)
      throw new TemplateError(place, `more than ${this.#limits.steps} steps`)
    if (this.#sink.size > this.#limits.size)
      throw new TemplateError(place, `more than ${this.#limits.size} characters`)
  }

  #node(node: Node, dot: Value): void {
    switch (node.kind) {
      case 'text':
        this.#sink.text(node.text)
        return
      case 'break':
        throw new Break()
      case 'continue':
        throw new Continue()
      case 'action': {
        const value = this.#pipe(node.pipe, dot, node.place)
        if (node.pipe.names.length === 0) this.#sink.value(value)
        return
      }
      case 'template':
        this.template(node.name, node.pipe && this.#pipe(node.pipe, dot, node.place), node.place)
        return
      default:
        this.#control(node, dot)
    }
  }

  #control(node: Extract<Node, { kind: 'if' | 'with' | 'range' }>, dot: Value): void {
    const scope = this.#variables.length
    const value = this.#pipe(node.kind === 'range' ? { ...node.pipe, names: [] } : node.pipe, dot, node.place)
    if (node.kind === 'range') this.#range(node, value, dot)
    else if (truth(value)) this.#all(node.body, node.kind === 'with' ? value : dot)
    else this.#all(node.otherwise, dot)
    this.#variables.length = scope
  }

  #range(node: Extract<Node, { kind: 'if' | 'with' | 'range' }>, value: Value, dot: Value): void {
    const entries = entriesOf(value)
    if (!entries) throw new TemplateError(node.place, `range can't iterate over ${shown(value)}`)
    if (entries.length === 0) return this.#all(node.otherwise, dot)
    const scope = this.#variables.length
    for (const [key, one] of entries) {
      this.#step(node.place)
      this.#named(node.pipe, key, one)
      try {
        this.#all(node.body, one)
      } catch (error) {
        if (error instanceof Break) break
        if (!(error instanceof Continue)) throw error
      } finally {
        if (!node.pipe.assigns) this.#variables.length = scope
      }
    }
  }

  /** One name is the element, two are the key and the element. */
  #named({ names: [first, second], assigns }: Pipe, key: Value, value: Value): void {
    if (first === undefined) return
    if (second !== undefined) this.#set(second, value, assigns)
    this.#set(first, second === undefined ? value : key, assigns)
  }

  #set(name: string, value: Value, assigns: boolean): void {
    const known = assigns ? this.#variables.findLast(one => one.name === name) : undefined
    if (known) known.value = value
    else this.#variables.push({ name, value })
  }

  #pipe(pipe: Pipe, dot: Value, place: Place): Value {
    let value: Value
    pipe.commands.forEach((command, i) => {
      value = this.#command(command, dot, i > 0 ? [value] : [], place)
    })
    for (const name of pipe.names) this.#set(name, value, pipe.assigns)
    return value
  }

  /** @param piped what the command before it came to */
  #command(command: Command, dot: Value, piped: readonly Value[], place: Place): Value {
    const [head, ...args] = command as [Expression, ...Expression[]]
    this.#step(head.place)
    if (head.kind === 'function') return this.#call(head, args, dot, piped)
    if (args.length > 0 || piped.length > 0) {
      if (head.kind === 'pipe' && args.length === 0) return this.#expression(head, dot)
      throw new TemplateError(head.place ?? place, "can't give argument to non-function")
    }
    if (head.kind === 'literal' && head.value === null)
      throw new TemplateError(head.place, 'nil is not a command')
    return this.#expression(head, dot)
  }

  #call(
    { name, place }: Extract<Expression, { kind: 'function' }>,
    args: readonly Expression[],
    dot: Value,
    piped: readonly Value[],
  ): Value {
    const values: Value[] = []
    const stops = name === 'and' ? (value: Value) => !truth(value) : name === 'or' ? truth : undefined
    for (const arg of args) {
      const value = arg.kind === 'function' ? this.#call(arg, [], dot, []) : this.#expression(arg, dot)
      values.push(value)
      if (stops?.(value)) return value
    }
    try {
      return this.#functions[name]?.(...values, ...piped)
    } catch (error) {
      if (error instanceof Refused)
        throw new TemplateError(place, `error calling ${name}: ${error.message}`, { cause: error })
      if (error instanceof RangeError)
        throw new TemplateError(place, `error calling ${name}: ${error.message}`)
      throw error
    }
  }

  #expression(expression: Expression, dot: Value): Value {
    this.#step(expression.place)
    switch (expression.kind) {
      case 'literal':
        return expression.value
      case 'dot':
        return dot
      case 'variable':
        return this.#variables.findLast(({ name }) => name === expression.name)?.value
      case 'function':
        return this.#call(expression, [], dot, [])
      case 'pipe':
        return this.#pipe(expression.pipe, dot, expression.place)
      case 'field':
        return expression.names.reduce<Value>(
          (value, name) => field(value, name, expression.place),
          this.#expression(expression.of, dot),
        )
    }
  }
}

function entriesOf(value: Value): [Value, Value][] | undefined {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return (value as readonly Value[]).map((one, i) => [BigInt(i), one])
  if (value instanceof Map) return sortedEntries(value)
  if (typeof value !== 'bigint' || value > 1_000_000n) return undefined
  return Array.from({ length: Number(value > 0n ? value : 0n) }, (_, i) => [BigInt(i), BigInt(i)])
}

function field(value: Value, name: string, place: Place): Value {
  // What a map does not have has nothing below it; what is empty cannot be asked.
  if (value === undefined) return undefined
  if (value === null) throw new TemplateError(place, `nil pointer evaluating interface {}.${name}`)
  if (value instanceof Map) return value.get(name)
  if (value instanceof Struct && value.fields.has(name)) return value.fields.get(name)
  throw new TemplateError(place, `can't evaluate field ${name} in type ${kindOf(value)}`)
}
