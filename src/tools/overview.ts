import type { Diagnosis } from '../diagnoses/table.js'
import { type Html, html } from '../look/html.js'
import { findings } from './requests.js'
import type { TokenView } from './token.js'

/** Where one begins: who one is, what is wrong, which tools there are. */
export function overviewBody(token: TokenView, diagnoses: readonly Diagnosis[], isEmulator: boolean): Html {
  const { signedIn, who, ory } = token
  const card = (path: string, name: string, text: string): Html =>
    html`<li><a href="./dev/${path}"><strong>${name}</strong><span>${text}</span></a></li>`
  return html`${findings(diagnoses)}<section class="card" aria-labelledby="tools">
<div class="head"><h1 id="tools">${signedIn ? `Signed in as ${who}` : 'Nobody is signed in here'}</h1>${
    diagnoses.length === 0 && html`<span class="tag good">nothing wrong seen</span>`
  }</div>
<p class="lead">Ory is ${isEmulator ? 'the emulator: nothing is sent anywhere, and everything is forgotten at the end' : html`<code>${ory.url}</code> (${ory.why})`}.</p>
<ul class="grid">${card('requests', 'Requests', 'Who each was from, and why')}${card('token', 'Token', 'What the app gets of this browser')}${
    isEmulator && [
      card('users', 'People', 'Sign in as one of them, in one click'),
      card('inbox', 'Inbox', 'Every mail ends here'),
      card('flows', 'Flows', 'What was begun, and how it stands'),
      card('clock', 'Clock', 'Let an hour pass at once'),
      card('faults', 'Faults', 'Answers that come late, or not'),
      card('namespaces', 'Namespaces', 'A state of its own for a test'),
      card('state', 'State', 'Export, import, start over'),
    ]
  }</ul></section>`
}
