/** Builders for the parts of `ui.nodes`. */

import type { Json, UiInputAttributes, UiNode, UiNodeGroup, UiText } from '../store/model.js'
import * as text from './messages.js'

type InputOptions = Partial<Omit<UiInputAttributes, 'node_type' | 'name' | 'type'>>

/** An input. Keys in Kratos' order, so that a diff of two answers reads well. */
export function input(
  name: string,
  type: string,
  group: UiNodeGroup,
  options: InputOptions = {},
  label?: UiText,
): UiNode {
  const { value, required, autocomplete, pattern, disabled, maxlength } = options
  const { onclick, onclickTrigger, onload, onloadTrigger } = options
  return {
    type: 'input',
    group,
    attributes: {
      name,
      type,
      ...(value !== undefined && value !== null && { value }),
      ...(required && { required }),
      ...(autocomplete && { autocomplete }),
      ...(pattern && { pattern }),
      disabled: disabled ?? false,
      ...(onclick && { onclick }),
      ...(onclickTrigger && { onclickTrigger }),
      ...(onload && { onload }),
      ...(onloadTrigger && { onloadTrigger }),
      ...(maxlength && { maxlength }),
      node_type: 'input',
    },
    messages: [],
    meta: label ? { label } : {},
  }
}

export const submit = (name: string, value: Json, group: UiNodeGroup, label: UiText): UiNode =>
  input(name, 'submit', group, { value }, label)

export const csrfNode = (token: string): UiNode =>
  input('csrf_token', 'hidden', 'default', { value: token, required: true })

export const password = (autocomplete: 'current-password' | 'new-password'): UiNode =>
  input('password', 'password', 'password', { required: true, autocomplete }, text.LABEL.password())

export function textNode(id: string, content: UiText, group: UiNodeGroup, label?: UiText): UiNode {
  return {
    type: 'text',
    group,
    attributes: { text: content, id, node_type: 'text' },
    messages: [],
    meta: label ? { label } : {},
  }
}

export function image(id: string, src: string, size: number, group: UiNodeGroup, label: UiText): UiNode {
  return {
    type: 'img',
    group,
    attributes: { src, id, width: size, height: size, node_type: 'img' },
    messages: [],
    meta: { label },
  }
}

export function anchor(id: string, href: string, group: UiNodeGroup, title: UiText): UiNode {
  return {
    type: 'a',
    group,
    attributes: { href, title, id, node_type: 'a' },
    messages: [],
    meta: { label: title },
  }
}

/** The name of an input, the id of anything else. */
export function nodeId(node: UiNode): string {
  return 'name' in node.attributes ? node.attributes.name : node.attributes.id
}

export function nodeValue(node: UiNode): Json | undefined {
  const { attributes } = node
  if ('name' in attributes) return attributes.value
  if ('src' in attributes) return attributes.src
  return 'href' in attributes ? attributes.href : undefined
}
