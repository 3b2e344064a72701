/** What happens to the form of a flow: values, messages, order. */
import { Invalid, type Issue, Problem } from '../http/kratos-errors.js'
import type {
  Json,
  JsonObject,
  UiContainer,
  UiInputAttributes,
  UiNode,
  UiNodeGroup,
  UiText,
} from '../store/model.js'
import * as text from './messages.js'
import { csrfNode, input, nodeId, nodeValue } from './nodes.js'

export const find = (ui: UiContainer, id: string): UiNode | undefined =>
  ui.nodes.find(node => nodeId(node) === id)

/** Replaces the first node of that name in place, else appends. */
export function upsert(ui: UiContainer, ...nodes: UiNode[]): void {
  for (const node of nodes) {
    const at = ui.nodes.findIndex(other => nodeId(other) === nodeId(node))
    if (at < 0) ui.nodes.push(node)
    else ui.nodes[at] = node
  }
}

export const append = (ui: UiContainer, ...nodes: UiNode[]): void => void ui.nodes.push(...nodes)

export function remove(ui: UiContainer, ...ids: string[]): void {
  ui.nodes = ui.nodes.filter(node => !ids.includes(nodeId(node)))
}

/** Same name, group, type and, where the pattern has one, value. */
export function removeMatching(ui: UiContainer, pattern: UiNode): void {
  ui.nodes = ui.nodes.filter(node => !matches(node, pattern))
}

function matches(node: UiNode, pattern: UiNode): boolean {
  if (nodeId(node) !== nodeId(pattern) || node.type !== pattern.type || node.group !== pattern.group)
    return false
  if (!('name' in node.attributes) || !('name' in pattern.attributes)) return true
  if (node.attributes.type !== pattern.attributes.type) return false
  return pattern.attributes.value === undefined || node.attributes.value === pattern.attributes.value
}

export const setCsrf = (ui: UiContainer, token: string): void => upsert(ui, csrfNode(token))

export function setValue(ui: UiContainer, id: string, value: Json | undefined): void {
  const node = find(ui, id)
  if (node) assignValue(node, value)
}

function assignValue(node: UiNode, value: Json | undefined): void {
  if (!('name' in node.attributes)) return
  if (value === undefined || value === null) delete node.attributes.value
  else node.attributes = withValue(node.attributes, value)
}

/** Keeps `value` behind `type`, where Kratos writes it. */
function withValue(attributes: UiInputAttributes, value: Json): UiInputAttributes {
  const { name, type, value: _, ...rest } = attributes
  return { name, type, value, ...rest }
}

export function resetNodes(ui: UiContainer, which: (id: string) => boolean): void {
  for (const node of ui.nodes)
    if (which(nodeId(node))) {
      node.messages = []
      assignValue(node, undefined)
    }
}

export function resetMessages(ui: UiContainer): void {
  delete ui.messages
  for (const node of ui.nodes) node.messages = []
}

export const setMessage = (ui: UiContainer, message: UiText): void => {
  ui.messages = [message]
}
export const addMessage = (ui: UiContainer, message: UiText): void => {
  ui.messages = [...(ui.messages ?? []), message]
}

/** Puts what was wrong where it belongs; a field that has no node gets one, as Kratos does it. */
function report(ui: UiContainer, issues: readonly Issue[]): void {
  for (const { name, text: message } of issues) {
    if (!name) {
      addMessage(ui, message)
      continue
    }
    const node = find(ui, name)
    if (node) node.messages.push(message)
    else ui.nodes.push({ ...input(name, 'text', 'default'), messages: [message] })
  }
}

/** Turns an error into messages, or throws it on when it is not the user's to mend. */
export function reportError(ui: UiContainer, error: unknown): void {
  if (error instanceof Invalid) report(ui, error.issues)
  else if (error instanceof Problem && error.code === 400) addMessage(ui, text.INVALID.generic(error.reason))
  else throw error
}

/** `{name: {first: 'Ada'}}` becomes `[['name.first', 'Ada']]`. */
export function flatten(value: Json | undefined, path = ''): [string, Json][] {
  if (value === null || typeof value !== 'object') return path && value !== undefined ? [[path, value]] : []
  return Object.entries(value).flatMap(([key, inner]) =>
    flatten(inner, path ? `${path}.${key.replaceAll('.', '\\.')}` : key.replaceAll('.', '\\.')),
  )
}

export function setTraitValues(ui: UiContainer, traits: JsonObject): void {
  for (const [name, value] of flatten(traits)) setValue(ui, `traits.${name}`, value)
}

/** As {@link setTraitValues}, but traits without a node get one, and all of them the group. */
export function updateTraitNodes(ui: UiContainer, traits: JsonObject, group: UiNodeGroup): void {
  for (const [path, value] of flatten(traits)) {
    const name = `traits.${path}`
    const node = find(ui, name)
    if (!node) {
      append(ui, input(name, formType(name, value), group, { value }))
      continue
    }
    assignValue(node, value)
    node.group = group
  }
}

function formType(name: string, value: Json): string {
  if (name === 'password') return 'password'
  if (typeof value === 'number') return 'number'
  return typeof value === 'boolean' ? 'checkbox' : 'text'
}

export interface NodeOrder {
  groups: readonly string[]
  keys: readonly string[]
}

/**
 * Kratos' order: by group, then within a group (and across `default` and `password`) by the place of the
 * name in the schema, submit buttons last. That second rule is no total order, so the outcome depends on
 * the algorithm: Go sorts up to 20 elements by insertion, and so do we.
 */
export function sortNodes(ui: UiContainer, { groups, keys }: NodeOrder): void {
  ui.nodes.sort((a, b) => groups.indexOf(a.group) - groups.indexOf(b.group))
  const total = ui.nodes.length
  const less = (a: UiNode, b: UiNode): boolean => {
    if (!comparable(a.group, b.group)) return false
    const places = position(a, keys, total) - position(b, keys, total)
    return places === 0 ? printed(a) < printed(b) : places < 0
  }
  for (let i = 1; i < total; i++)
    for (let j = i; j > 0; j--) {
      const [before, node] = [ui.nodes[j - 1], ui.nodes[j]]
      if (!before || !node || !less(node, before)) break
      ui.nodes[j - 1] = node
      ui.nodes[j] = before
    }
}

function comparable(a: UiNodeGroup, b: UiNodeGroup): boolean {
  return a === b || (a === 'default' && b === 'password') || (a === 'password' && b === 'default')
}

function position(node: UiNode, keys: readonly string[], total: number): number {
  const id = nodeId(node)
  if (id === 'method') return total + keys.length + 1
  const at = keys.findIndex(key => id.startsWith(key))
  return at < 0 ? keys.length : at
}

/** How Go prints the value in question. */
function printed(node: UiNode): string {
  if (node.type === 'text') return '&'
  const value = nodeValue(node)
  return value === undefined ? '<nil>' : typeof value === 'string' ? value : JSON.stringify(value)
}
