import { type Fragment, html, layout, pageHeaders } from '../pages/index.js'
import { NAMES } from './samples.js'
import type { ProviderAnswer, ProviderSetup } from './types.js'

const page = (setup: ProviderSetup, status: number, title: string, body: Fragment): ProviderAnswer => ({
  status,
  headers: pageHeaders(setup.returnUrls()),
  // `/self-service/methods/oidc/stand-in/<id>/authorize` is five levels below the mount.
  body: layout({
    title,
    root: '../../../../..',
    screen: 'provider',
    devLinks: false,
    body: html`<div class="card">
${body}</div>`,
  }),
})

/** What was typed when something was wrong with it. */
export interface PickerInput {
  problem?: string
  address?: string
  extra?: string
}

/** The account picker: one button a person, a form for anybody else, and two ways to fail. */
export function renderPicker(
  setup: ProviderSetup,
  query: URLSearchParams,
  input: PickerInput = {},
): ProviderAnswer {
  const { problem, extra } = input
  const address = input.address ?? query.get('login_hint') ?? ''
  const form = html`<form action="authorize?${query.toString()}" method="post">`
  return page(
    setup,
    problem ? 400 : 200,
    `Choose an account at ${setup.label}`,
    html`<h1>Choose an account</h1>
<p class="lead">${setup.label} is played by the emulator. Whoever you choose signs in; there is no password.</p>
${problem && html`<p class="message error" role="alert">${problem}</p>`}
${form}${setup.people().map(
  person => html`<button type="submit" name="email" value="${person.address}" class="quiet"><span class="mark" aria-hidden="true">${person.address.slice(0, 1).toUpperCase()}</span>${person.address}</button>
`,
)}</form>
<p class="or">or</p>
${form}<div class="field"><label for="email">Any address</label>
<input id="email" name="email" type="email" value="${address}" autocomplete="off" spellcheck="false" autocapitalize="none"></div>
<div class="field"><label for="claims">Claims <span class="optional">optional, JSON</span></label>
<textarea id="claims" name="claims" rows="3" spellcheck="false" placeholder='{"name": "Ada"}'>${extra ?? ''}</textarea></div>
<button type="submit">Continue</button>
<button type="submit" name="edit" value="yes" class="quiet">Edit all that is sent</button></form>
${form}<button type="submit" name="decision" value="cancel" class="plain" formnovalidate>Cancel, as if I changed my mind</button>
<button type="submit" name="decision" value="fail" class="plain" formnovalidate>Answer with a provider error</button></form>
`,
  )
}

/** All that is sent about somebody, to be changed first: for mappers that have to do without a claim, or with an odd one. */
export function renderEditor(
  setup: ProviderSetup,
  query: URLSearchParams,
  claims: string,
  problem?: string,
): ProviderAnswer {
  const name = NAMES[setup.kind] ?? 'OpenID Connect'
  return page(
    setup,
    problem ? 400 : 200,
    `What ${setup.label} says`,
    html`<h1>What ${setup.label} says</h1>
<p class="lead">Claims as ${name} sends them. Change, add or remove some: the mapper gets what stands here.</p>
${problem && html`<p class="message error" role="alert">${problem}</p>`}
<form action="authorize?${query.toString()}" method="post">
<div class="field"><label for="claims">Claims <span class="optional">JSON</span></label>
<textarea id="claims" name="claims" rows="${Math.min(24, claims.split('\n').length + 1)}" spellcheck="false">${claims}</textarea></div>
<button type="submit">Send</button></form>
<p class="or"><a href="authorize?${query.toString()}">Choose an account instead</a></p>
`,
  )
}

/** The client itself is wrong: there is nowhere to go back to. */
export function renderProviderProblem(setup: ProviderSetup, problem: string): ProviderAnswer {
  return page(
    setup,
    400,
    `Error at ${setup.label}`,
    html`<h1>This request is not valid</h1>
<p class="message error" role="alert">${problem}</p>
`,
  )
}
