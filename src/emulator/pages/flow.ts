import { type Fragment, type Html, html, safeHref } from '../../look/html.js'
import type { Aal, Json, UiContainer, UiNode, UiNodeGroup } from '../store/model.js'
import { isHidden, isInput, isSubmit } from './fields.js'
import { renderGroupForm, renderOneForm } from './form.js'
import { renderKeyNotes, renderScript } from './keys.js'
import { layout, type Root } from './layout.js'
import { renderMessages } from './messages.js'

export type FlowKind = 'login' | 'registration' | 'recovery' | 'verification' | 'settings'

/** What a page reads of a flow, whichever it is. */
export interface PageFlow {
  ui: UiContainer
  state?: string
  return_to?: string
  refresh?: boolean
  requested_aal?: Aal
}

/** Somebody the emulator was started with; the password is known only where the seed gave one in clear. */
export interface SeededPerson {
  address: string
  password?: string
}

export interface FlowPage {
  kind: FlowKind
  flow: PageFlow
  root: Root
  /** Flows that are switched off are not linked to. */
  disabled?: readonly FlowKind[]
  /** Whom a newcomer can sign in as; shown on login only. */
  people?: readonly SeededPerson[]
  /** Where somebody who is signed in signs out. */
  logoutUrl?: string
  devLinks?: boolean
}

/** The page of a flow, made of nothing but its nodes and messages. */
export function renderFlowPage(page: FlowPage): string {
  const { title, lead } = headline(page)
  const settings = page.kind === 'settings'
  const header = html`<h1>${title}</h1>
${lead && html`<p class="lead">${lead}</p>`}
${renderMessages(page.flow.ui.messages)}
${renderKeyNotes(page.flow.ui)}`
  return layout({
    title,
    root: page.root,
    wide: settings,
    screen: page.kind,
    devLinks: page.devLinks ?? true,
    script: renderScript(page.flow.ui),
    body: settings
      ? html`<div class="bare">${header}</div>
${settingsCards(page)}`
      : html`<div class="card">
${header}
${renderOneForm(page.flow.ui, fieldContext(page))}${links(page)}</div>
${hints(page)}`,
  })
}

function headline({ kind, flow }: FlowPage): { title: string; lead?: Fragment } {
  const codeSent = flow.state === 'sent_email'
  const who = knownAddress(flow.ui)
  const as = who && html`Continuing as <strong>${who}</strong>.`
  switch (kind) {
    case 'login':
      if (flow.requested_aal === 'aal2') return { title: 'One more step' }
      if (flow.refresh) return { title: 'Is it still you?', lead: as }
      return codeSent || who ? { title: 'Sign in', lead: as } : { title: 'Sign in', lead: 'Welcome back.' }
    case 'registration':
      return { title: 'Create your account', lead: as || 'It lives on this machine only.' }
    case 'recovery':
      return codeSent
        ? { title: 'Enter the code' }
        : { title: 'Recover your account', lead: 'Tell us your address and we send you a code.' }
    case 'verification':
      if (flow.state === 'passed_challenge') return { title: 'Address verified' }
      return codeSent
        ? { title: 'Enter the code' }
        : { title: 'Verify your address', lead: 'We send you a code to check that it is yours.' }
    case 'settings':
      return { title: 'Account settings' }
  }
}

/** The address somebody gave a step ago, now in a hidden field. */
function knownAddress(ui: UiContainer): string | undefined {
  const values = ui.nodes
    .filter(isHidden)
    .map(({ attributes: { name, value } }) => [name, value] as [string, Json])
  const found =
    values.find(([name]) => name === 'identifier') ?? values.find(([name]) => name === 'traits.email')
  return typeof found?.[1] === 'string' && found[1] ? found[1] : undefined
}

const isEmpty = (node: UiNode): boolean => isInput(node) && (node.attributes.value ?? '') === ''

/** The focus goes to what is wrong, or else to what is to be filled in next. */
function focusOf({ kind, flow }: FlowPage): UiNode | undefined {
  const isField = (node: UiNode): boolean => isInput(node) && !isHidden(node) && !isSubmit(node)
  const fields: UiNode[] = flow.ui.nodes.filter(isField)
  const wrong = fields.find(node => node.messages.some(message => message.type === 'error'))
  return wrong ?? (kind === 'settings' ? undefined : fields.find(isEmpty))
}

function fieldContext(page: FlowPage): Parameters<typeof renderOneForm>[1] {
  return {
    idPrefix: '',
    autofocus: focusOf(page),
    beside: node =>
      page.kind === 'login' &&
      node.attributes.name === 'password' &&
      isOn(page, 'recovery') &&
      html`<a href="${sibling(page, 'recovery')}">Forgot it?</a>`,
  }
}

const SETTINGS: readonly [UiNodeGroup, string, string][] = [
  ['profile', 'Profile', 'What the app knows about you.'],
  ['password', 'Password', 'Choose a new one whenever you like.'],
  ['oidc', 'Linked accounts', 'Sign in with an account you have elsewhere.'],
  ['totp', 'Authenticator app', 'A code from your phone as the second step.'],
  ['passkey', 'Passkeys', 'Sign in with your face, your finger or the PIN of this device.'],
  ['webauthn', 'Security keys', 'A key that you plug in or hold to the device.'],
  ['lookup_secret', 'Backup codes', 'For the day the phone is gone. Each works once.'],
]

function settingsCards(page: FlowPage): Fragment[] {
  const { ui } = page.flow
  const present = new Set(ui.nodes.filter(node => node.type !== 'script').map(node => node.group))
  present.delete('default')
  const known = SETTINGS.filter(([group]) => present.delete(group))
  const others = [...present].map(group => [group, group.replaceAll('_', ' '), ''] as const)
  const cards = [...known, ...others].map(([group, heading, lead]) => {
    const id = `settings-${group}`
    return html`<section class="card" aria-labelledby="${id}">
<h2 id="${id}">${heading}</h2>
${lead && html`<p class="lead">${lead}</p>`}
${renderGroupForm(ui, group, { idPrefix: `${group}-`, autofocus: focusOf(page) })}</section>
`
  })
  const out = page.logoutUrl && html`<li><a href="${safeHref(page.logoutUrl)}">Sign out</a></li>`
  return [
    cards,
    html`<ul class="links"><li><a href="${page.root}/ui/welcome">Back to the start</a></li>${out}</ul>`,
  ]
}

const isOn = (page: FlowPage, kind: FlowKind): boolean => !page.disabled?.includes(kind)

/** The page of another flow, with the way back kept. */
function sibling({ root, flow }: FlowPage, kind: FlowKind): string {
  return `${root}/ui/${kind}${returnQuery({ flow })}`
}

const returnQuery = ({ flow }: Pick<FlowPage, 'flow'>): string =>
  flow.return_to ? `?return_to=${encodeURIComponent(flow.return_to)}` : ''

function links(page: FlowPage): Html | false {
  const { kind, flow } = page
  const signedIn = flow.requested_aal === 'aal2' || flow.refresh === true
  const items: Fragment[] = []
  if (signedIn && page.logoutUrl) {
    items.push(html`<li><a href="${safeHref(page.logoutUrl)}">Sign out instead</a></li>`)
  } else if (kind === 'login' && !signedIn && isOn(page, 'registration')) {
    items.push(html`<li>New here? <a href="${sibling(page, 'registration')}">Create an account</a></li>`)
  } else if (kind === 'registration') {
    items.push(html`<li>Have an account? <a href="${sibling(page, 'login')}">Sign in</a></li>`)
  } else if (kind === 'recovery') {
    items.push(html`<li><a href="${sibling(page, 'login')}">Back to sign-in</a></li>`)
  } else if (kind === 'verification' && flow.state !== 'passed_challenge') {
    // Nothing waits for it: whoever has just registered is signed in.
    const onwards = flow.return_to ? safeHref(flow.return_to) : `${page.root}/ui/welcome`
    items.push(html`<li><a href="${onwards}">Not now</a></li>`)
  }
  return (
    items.length > 0 &&
    html`<ul class="links">${items}</ul>
`
  )
}

/** What only an emulator can tell: whom one can sign in as, and where the mail went. */
function hints(page: FlowPage): Fragment {
  const { kind, flow, people = [] } = page
  if (page.devLinks !== false && flow.state === 'sent_email') {
    return html`<aside class="aside"><h2>No mail leaves this machine</h2>
<p>The code is in the <a href="${page.root}/dev/inbox">inbox</a> and in the terminal.</p></aside>`
  }
  if (kind !== 'login' || flow.requested_aal === 'aal2' || flow.refresh || people.length === 0) return false
  return html`<aside class="aside" aria-label="People you can sign in as"><h2>Sign in as</h2>
<ul class="people">${people.map(
    ({ address, password }) =>
      html`<li><code>${address}</code>${password !== undefined && html`<code>${password}</code>`}</li>`,
  )}</ul>
${page.devLinks !== false && html`<p><a href="${page.root}/dev/sign-in${returnQuery(page)}">Or be one of them at once, without a password</a></p>`}</aside>`
}
