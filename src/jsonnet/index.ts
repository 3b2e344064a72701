/**
 * Jsonnet, as Kratos runs it: what social providers' mappers, bodies of web hooks and of the courier's channel and
 * claims of tokens are written in. https://jsonnet.org/ref/spec.html
 */

import { compile } from './compile/index.js'
import { Scope } from './compile/scope.js'
import { DEFAULT_LIMITS, type Limits, within } from './run/budget.js'
import { bound, invoke } from './run/functions.js'
import { manifest, RESULT } from './run/manifest.js'
import { Env, Fn, Thunk, type Value } from './run/values.js'
import { fromData } from './std/define.js'
import { standardLibrary } from './std/index.js'
import type { Node } from './syntax/ast.js'
import { parse } from './syntax/parser.js'

export { JsonnetError } from './error.js'

export interface EvaluateOptions {
  /** What errors call it. */
  file: string
  /** `std.extVar(name)`: JSON values. */
  extVars?: Readonly<Record<string, unknown>>
  /** Arguments where the program is a function: JSON values. */
  args?: Readonly<Record<string, unknown>>
  limits?: Partial<Limits>
  trace?: (text: string) => void
}

/** A program that parses and knows all its names. */
export interface Program {
  readonly file: string
  /** Its result as JSON text, in Jsonnet's layout. */
  run(options?: Omit<EvaluateOptions, 'file'>): string
}

/** @throws JsonnetError (`static`) where it does not parse */
export function load(source: string, file: string): Program {
  const tree = parsed(source, file)
  return { file, run: options => run(tree, { ...options, file }) }
}

/** @throws JsonnetError with the place of what failed */
export const evaluate = (source: string, options: EvaluateOptions): string =>
  load(source, options.file).run(options)

const ROOT = new Scope(['std'])

function parsed(source: string, file: string): Node {
  const tree = parse(source, file)
  compile(tree, ROOT)
  return tree
}

function run(
  tree: Node,
  { file, extVars = {}, args = {}, limits, trace = () => {} }: EvaluateOptions,
): string {
  return within({ ...DEFAULT_LIMITS, ...limits }, () => {
    const extVar = (name: string): Value | undefined =>
      Object.hasOwn(extVars, name) ? fromData(extVars[name]) : undefined
    const std = standardLibrary({ file, extVar, trace })
    const value = compile(tree, ROOT)(new Env([Thunk.of(std)], undefined))
    return `${manifest(value instanceof Fn ? topLevel(value, args) : value, RESULT)}\n`
  })
}

function topLevel(value: Fn, args: Readonly<Record<string, unknown>>): Value {
  const named = new Map(Object.entries(args).map(([name, arg]) => [name, Thunk.of(fromData(arg))]))
  return invoke(value, bound(value, [], named))
}
