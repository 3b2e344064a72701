import { type ParseResult, parse } from '@babel/parser'
import type { Expression, File, Node, ObjectExpression, ObjectProperty } from '@babel/types'

/** What is put into a configuration. */
export interface Insertion {
  /** What is imported, like `ory`. */
  readonly name: string
  /** From where, like `ory-proxy/vite`. */
  readonly from: string
  /** The property it goes into. */
  readonly property: 'plugins' | 'devServer'
}

/**
 * A configuration with our plugin in it: two places change, every other character stays. `undefined` where the file
 * is written in a way that we do not understand: better its author does it than we guess.
 */
export function editConfig(source: string, insertion: Insertion): string | undefined {
  const file = parsed(source)
  const config = file && configuration(file)
  if (!config) return undefined
  const place =
    insertion.property === 'plugins'
      ? pluginsEdit(source, config, insertion)
      : wrapEdit(source, config, insertion)
  if (!place) return undefined
  const edited = spliced(source, place)
  const at = importPlace(file)
  return spliced(edited, { start: at, end: at, text: importLine(source, insertion, at) })
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** With the line ends that the file has. */
const spliced = (source: string, { start, end, text }: Edit): string =>
  source.slice(0, start) +
  (source.includes('\r\n') ? text.replaceAll(/\r?\n/g, '\r\n') : text) +
  source.slice(end)

function parsed(source: string): ParseResult<File> | undefined {
  try {
    return parse(source, { sourceType: 'unambiguous', plugins: ['typescript'] })
  } catch {
    return undefined
  }
}

/** The object that is exported, behind `defineConfig`, a function that only returns it, and TypeScript's `satisfies`. */
function configuration({ program }: File): ObjectExpression | undefined {
  for (const statement of program.body) {
    if (statement.type === 'ExportDefaultDeclaration') return objectIn(statement.declaration, program.body)
    if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'AssignmentExpression')
      continue
    const { left, right } = statement.expression
    if (
      left.type === 'MemberExpression' &&
      nameOf(left.object) === 'module' &&
      nameOf(left.property) === 'exports'
    ) {
      return objectIn(right, program.body)
    }
  }
  return undefined
}

function objectIn(node: Node | null | undefined, body: readonly Node[]): ObjectExpression | undefined {
  switch (node?.type) {
    case 'ObjectExpression':
      return node
    case 'TSSatisfiesExpression':
    case 'TSAsExpression':
    case 'ParenthesizedExpression':
      return objectIn(node.expression, body)
    case 'CallExpression':
      return /^define\w*Config$/.test(nameOf(node.callee) ?? '')
        ? objectIn(node.arguments[0], body)
        : undefined
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return objectIn(node.body.type === 'BlockStatement' ? returned(node.body.body) : node.body, body)
    case 'Identifier':
      return objectIn(initialOf(node.name, body), [])
    default:
      return undefined
  }
}

/** Of a function with one way out. */
function returned(statements: readonly Node[]): Expression | null | undefined {
  const last = statements.at(-1)
  const branches = statements.some(({ type }) => /^(If|Switch|Try|For|While)/.test(type))
  return last?.type === 'ReturnStatement' && !branches ? last.argument : undefined
}

function initialOf(name: string, body: readonly Node[]): Expression | null | undefined {
  for (const statement of body) {
    if (statement.type !== 'VariableDeclaration') continue
    const found = statement.declarations.find(({ id }) => nameOf(id) === name)
    if (found) return found.init
  }
  return undefined
}

const nameOf = (node: Node | null | undefined): string | undefined =>
  node?.type === 'Identifier' ? node.name : node?.type === 'StringLiteral' ? node.value : undefined

const propertyOf = (object: ObjectExpression, name: string): ObjectProperty | undefined =>
  object.properties.find(
    (property): property is ObjectProperty =>
      property.type === 'ObjectProperty' && nameOf(property.key) === name,
  )

/** At the end of the list that is there, or as a list of its own. */
function pluginsEdit(
  source: string,
  config: ObjectExpression,
  { name, property }: Insertion,
): Edit | undefined {
  const found = propertyOf(config, property)
  if (!found) return newProperty(source, config, `${property}: [${name}()]`)
  if (found.value.type !== 'ArrayExpression') return undefined
  const last = found.value.elements.at(-1)
  if (!last) return { start: found.value.start! + 1, end: found.value.end! - 1, text: `${name}()` }
  const lines = source.slice(found.value.start!, last.start!).includes('\n')
  const text = lines ? `,\n${indentAt(source, last.start!)}${name}()` : `, ${name}()`
  return { start: last.end!, end: last.end!, text }
}

/** `devServer: { … }` becomes `devServer: withOry({ … })`. */
function wrapEdit(source: string, config: ObjectExpression, { name, property }: Insertion): Edit | undefined {
  const found = propertyOf(config, property)
  if (!found) return newProperty(source, config, `${property}: ${name}({})`)
  const { start, end, type } = found.value
  if (type !== 'ObjectExpression') return undefined
  return { start: start!, end: end!, text: `${name}(${source.slice(start!, end!)})` }
}

function newProperty(source: string, config: ObjectExpression, text: string): Edit {
  const [first] = config.properties
  if (!first) return { start: config.start!, end: config.end!, text: `{ ${text} }` }
  const lines = source.slice(config.start!, first.start!).includes('\n')
  const between = lines ? `,\n${indentAt(source, first.start!)}` : ', '
  return { start: first.start!, end: first.start!, text: text + between }
}

const indentAt = (source: string, at: number): string =>
  /^[ \t]*/.exec(source.slice(source.lastIndexOf('\n', at - 1) + 1))![0]

/** Behind the last import, or before the first statement. */
function importPlace({ program }: File): number {
  const imports = program.body.filter(
    ({ type, ...rest }) =>
      type === 'ImportDeclaration' || (type === 'VariableDeclaration' && isRequire(rest)),
  )
  return imports.at(-1)?.end ?? program.body[0]?.start ?? 0
}

const isRequire = (statement: object): boolean => {
  const [first] = (statement as { declarations?: { init?: Node }[] }).declarations ?? []
  const call = first?.init
  return call?.type === 'CallExpression' && nameOf(call.callee) === 'require'
}

/** In the file's own hand: its quotes, semicolons and kind of modules. */
function importLine(source: string, { name, from }: Insertion, at: number): string {
  const head = source.slice(0, at)
  const quote = /["']/.exec(head || source)?.[0] ?? "'"
  const end = /;\s*$/m.test(head || source) ? ';' : ''
  const commonJs = /\bmodule\.exports\b/.test(source)
  const module = `${quote}${from}${quote}`
  const line = commonJs
    ? `const { ${name} } = require(${module})${end}`
    : `import { ${name} } from ${module}${end}`
  return head.trim() === '' || !/\b(import|require)\b/.test(head) ? `${line}\n\n` : `\n${line}`
}
