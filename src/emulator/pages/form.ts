import { type Fragment, type Html, html, safeHref } from '../../look/html.js'
import type { UiContainer, UiNode, UiNodeGroup } from '../store/model.js'
import { renderContent } from './content.js'
import {
  type FieldContext,
  type InputNode,
  isHidden,
  isInput,
  isSubmit,
  renderField,
  renderHidden,
  renderSubmit,
} from './fields.js'

/**
 * Ways on, best first. Enter in a field presses the first button of a form (HTML, 4.10.21.2), so this
 * order decides what Enter does: never "sign in with Mock", which Kratos lists at the top.
 */
const ORDER: readonly UiNodeGroup[] = [
  'identifier_first',
  'profile',
  'password',
  'totp',
  'webauthn',
  'passkey',
  'code',
  'link',
  'lookup_secret',
  'oidc',
]

/** Buttons that lead back or repeat a step: below everything, and never what Enter presses. */
const ASIDE = new Set(['resend', 'screen', 'email', 'previous'])

const isAside = (node: UiNode): boolean => isSubmit(node) && ASIDE.has(node.attributes.name)

/** Login, registration, recovery and verification: one form, as any button may need any field. */
export function renderOneForm(ui: UiContainer, context: FieldContext): Html {
  const shown = ui.nodes.filter(node => !isHidden(node) && !isAside(node) && node.type !== 'script')
  const shared = shown.filter(node => node.group === 'default')
  const groups = [...new Set([...ORDER, ...shown.map(node => node.group)])]
  const ways = groups
    .filter(group => group !== 'default')
    .map(group => shown.filter(node => node.group === group))
    .filter(nodes => nodes.length > 0)
  return formOf(ui, [
    ui.nodes.filter(isHidden).map(renderHidden),
    renderNodes(shared, context),
    ways.map((nodes, i) => renderWay(nodes, i, shared.length > 0, context)),
    ui.nodes.filter(isAside).map(node => isSubmit(node) && renderSubmit(node, 'plain')),
  ])
}

function renderWay(nodes: UiNode[], index: number, hasFields: boolean, context: FieldContext): Html {
  const first = index === 0 && (hasFields || nodes[0]?.group !== 'oidc')
  // One "or" before the first alternative, and before each that brings fields of its own.
  const or =
    (index === 1 || (index > 1 && nodes.some(node => !isSubmit(node)))) &&
    html`<p class="or">or</p>
`
  return html`${or}${renderNodes(nodes, context, first ? undefined : 'quiet')}`
}

/**
 * Settings: one form a group, each with the csrf token, so that saving one leaves the others alone. What removes
 * something of which there are several stands in a form of its own: Enter in a field must not press it.
 */
export function renderGroupForm(ui: UiContainer, group: UiNodeGroup, context: FieldContext): Html {
  const own = ui.nodes.filter(node => node.group === group && node.type !== 'script')
  const hidden = ui.nodes.filter(node => isHidden(node) && (node.group === group || node.group === 'default'))
  const csrf = hidden.filter(node => node.group === 'default')
  const removals = own.filter(isSubmit).filter(node => /_remove$/.test(node.attributes.name))
  const shown = own.filter(node => !isHidden(node) && !removals.includes(node as InputNode))
  const main = groupForm(ui, hidden, shown.map(asRequired), context)
  return removals.length > 0 ? html`${groupForm(ui, csrf, removals, context)}${main}` : main
}

function groupForm(ui: UiContainer, hidden: UiNode[], shown: UiNode[], context: FieldContext): Html {
  const buttons = shown.filter(isSubmit)
  return formOf(ui, [
    hidden.filter(isHidden).map(renderHidden),
    // Fields first, whatever the order of the nodes: a button above its field would be pressed too early.
    renderNodes(
      shown.filter(node => !isSubmit(node)),
      context,
    ),
    buttons.map(node => renderSubmit(node, settingsButton(node.attributes.name, buttons.length > 1))),
  ])
}

/** Settings refuse a security key without a name, and only when it was made: the browser is to ask before. */
function asRequired(node: UiNode): UiNode {
  if (!isInput(node) || node.attributes.name !== 'webauthn_register_displayname') return node
  return { ...node, attributes: { ...node.attributes, required: true } }
}

function settingsButton(name: string, many: boolean): string | undefined {
  if (/(^|_)(unlink|disable|remove)$/.test(name)) return 'quiet danger'
  return name === 'method' ||
    /_confirm$/.test(name) ||
    /_trigger$/.test(name) ||
    (!many && name !== 'link' && !/regenerate|reveal/.test(name))
    ? undefined
    : 'quiet'
}

function renderNodes(nodes: readonly UiNode[], context: FieldContext, button?: string): Fragment[] {
  return nodes.map(node => {
    if (!isInput(node)) return renderContent(node)
    return isSubmit(node) ? renderSubmit(node, button) : renderField(node, context)
  })
}

function formOf(ui: UiContainer, content: Fragment): Html {
  return html`<form action="${safeHref(ui.action)}" method="post">
${content}</form>
`
}
