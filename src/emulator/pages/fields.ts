import { attributes, type Fragment, type Html, html } from '../../look/html.js'
import type { Json, UiInputAttributes, UiNode } from '../store/model.js'
import { renderFieldMessages } from './messages.js'

/** A node whose attributes are those of an input. */
export type InputNode = UiNode & { attributes: UiInputAttributes }

export function isInput(node: UiNode): node is InputNode {
  return node.attributes.node_type === 'input'
}
export function isHidden(node: UiNode): node is InputNode {
  return isInput(node) && node.attributes.type === 'hidden'
}
export function isSubmit(node: UiNode): node is InputNode {
  return isInput(node) && (node.attributes.type === 'submit' || node.attributes.type === 'button')
}

export interface FieldContext {
  /** Ids on a page are unique although settings has one form a group. */
  idPrefix: string
  /** The one field that has the focus when the page opens. */
  autofocus?: UiNode | undefined
  /** Beside a label: "Forgot it?" beside the password. */
  beside?: (node: InputNode) => Fragment
}

const asText = (value: Json | undefined): string | undefined =>
  value === undefined || value === null
    ? undefined
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value)

const testId = (node: InputNode): string => `ory/form/node/input/${node.attributes.name}`

/** A hidden input, as it came. */
export function renderHidden(node: InputNode): Html {
  const { name, value, onloadTrigger } = node.attributes
  return html`<input${attributes({ type: 'hidden', name, value: asText(value) ?? '', 'data-load': onloadTrigger, 'data-testid': testId(node) })}>
`
}

/** A field with its label and what is said about it. */
export function renderField(node: InputNode, context: FieldContext): Html {
  if (node.attributes.type === 'checkbox') return renderCheckbox(node, context)
  const id = context.idPrefix + node.attributes.name
  const about = renderFieldMessages(`${id}-about`, node.messages)
  const optional = !node.attributes.required && node.attributes.name !== 'password'
  return html`<div class="field">
<div class="row"><label for="${id}">${labelOf(node)}${optional && html` <span class="optional">optional</span>`}</label>${context.beside?.(node)}</div>
<input${inputAttributes(node, id, context)}>
${about}</div>
`
}

function inputAttributes(node: InputNode, id: string, context: FieldContext): Html {
  const { name, value, required, disabled, pattern, maxlength } = node.attributes
  const digits = isOneTimeCode(name)
  return attributes({
    ...common(node, id, context),
    type: typeOf(node),
    name,
    value: asText(value),
    required,
    disabled,
    pattern,
    maxlength,
    autocomplete: autocompleteOf(node),
    inputmode: digits ? 'numeric' : undefined,
    class: digits ? 'digits' : undefined,
    step: node.attributes.type === 'number' ? 'any' : undefined,
    spellcheck: /^(text|email|password)$/.test(node.attributes.type) ? 'false' : undefined,
    autocapitalize: /^(identifier|email|traits\.email|lookup_secret)$/.test(name) ? 'none' : undefined,
  })
}

function common(
  node: InputNode,
  id: string,
  context: FieldContext,
): Record<string, string | boolean | undefined> {
  return {
    id,
    'data-testid': testId(node),
    'aria-describedby': node.messages.length > 0 ? `${id}-about` : undefined,
    'aria-invalid': node.messages.some(m => m.type === 'error') ? 'true' : undefined,
    autofocus: context.autofocus === node,
  }
}

/** Unchecked boxes are not sent, so a hidden `false` goes first; Kratos takes the last of the two. */
function renderCheckbox(node: InputNode, context: FieldContext): Html {
  const { name, value, required, disabled } = node.attributes
  const id = context.idPrefix + name
  const checked = value === true || value === 'true'
  return html`<div class="field">
<div class="check"><input${attributes({ type: 'hidden', name, value: 'false' })}><input${attributes({ ...common(node, id, context), type: 'checkbox', name, value: 'true', checked, required, disabled })}>
<label for="${id}">${labelOf(node)}</label></div>
${renderFieldMessages(`${id}-about`, node.messages)}</div>
`
}

/**
 * A button. `formnovalidate`: a form holds several ways on, and the empty required password must not
 * stand in the way of "Send code"; the server checks everything anyway.
 */
export function renderSubmit(node: InputNode, className?: string): Html {
  const { name, value, disabled, onclickTrigger } = node.attributes
  const provider = node.group === 'oidc' && providerOf(node)
  return html`<button${attributes({
    // A button that starts a script sends nothing by itself.
    type: node.attributes.type,
    'data-click': onclickTrigger,
    name,
    value: asText(value) ?? '',
    formnovalidate: true,
    disabled,
    class: className,
    'data-testid': testId(node),
  })}>${provider && html`<span class="mark" aria-hidden="true">${provider.slice(0, 1).toUpperCase()}</span>`}${labelOf(node)}</button>
`
}

function providerOf(node: InputNode): string {
  const provider = node.meta.label?.context?.['provider']
  return typeof provider === 'string' && provider ? provider : String(node.attributes.value ?? '?')
}

/**
 * Kratos adds a field it has no label for when an answer names one that is not on the form, like the
 * password of a form that asked for the e-mail address only.
 */
function labelOf(node: InputNode): string {
  if (node.meta.label) return node.meta.label.text
  const last = node.attributes.name.split('.').at(-1)?.replaceAll('_', ' ') || 'Value'
  return last.charAt(0).toUpperCase() + last.slice(1)
}

/** The same unlabelled field has type `text`: a password is never shown. */
function typeOf(node: InputNode): string {
  const { name, type } = node.attributes
  return name === 'password' ? 'password' : type
}

function isOneTimeCode(name: string): boolean {
  return name === 'code' || name === 'totp_code'
}

const AUTOCOMPLETE: Record<string, string> = {
  identifier: 'username',
  email: 'email',
  code: 'one-time-code',
  totp_code: 'one-time-code',
  lookup_secret: 'off',
  'traits.email': 'email',
  'traits.name.first': 'given-name',
  'traits.name.last': 'family-name',
  'traits.phone': 'tel',
}

/** WCAG 2.2, 1.3.5: fields about the person say so. What Kratos says wins. */
function autocompleteOf({ attributes: { name, autocomplete } }: InputNode): string | undefined {
  return autocomplete ?? AUTOCOMPLETE[name]
}
