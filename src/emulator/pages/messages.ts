import { type Html, html } from '../../look/html.js'
import type { UiText } from '../store/model.js'

/** What a flow as a whole has to say. Errors interrupt a screen reader, the rest waits its turn. */
export function renderMessages(messages: readonly UiText[] = []): Html[] {
  return messages.map(
    message => html`<p class="message ${message.type}" role="${message.type === 'error' ? 'alert' : 'status'}" data-testid="ory/message/${message.id}">${message.text}</p>
`,
  )
}

/** What is said about one field; `id` is what the field's `aria-describedby` names. */
export function renderFieldMessages(id: string, messages: readonly UiText[]): Html | false {
  if (messages.length === 0) return false
  return html`<div id="${id}">${messages.map(
    message =>
      html`<p class="hint ${message.type}"${message.type === 'error' && html` role="alert"`} data-testid="ory/message/${message.id}">${message.text}</p>`,
  )}</div>`
}
