/** `/dev/flows`: what was begun, and how it stands. */

import type { Flow } from '../flows/types.js'
import type { Exchange } from '../http/exchange.js'
import { type Html, html, renderTime } from '../pages/index.js'
import type { JsonObject } from '../store/model.js'
import { rootOf, type View } from './tool.js'

/** A page of more is nothing to look through. */
const MOST_SHOWN = 50

/** `GET /dev/flows`: the newest first. */
export function listFlows(x: Exchange): View {
  const flows = x.core.state.newestFlows(MOST_SHOWN)
  return {
    json: flows.map(flow => flowJson(x, flow)),
    title: 'Flows',
    lead: 'What was begun in a browser or by a program, the newest first.',
    layout: { wide: true },
    body:
      flows.length === 0
        ? html`<p class="empty">No flow yet. <a href="${rootOf(x)}/ui/login" target="_top">Begin one</a></p>`
        : html`<ul class="list">${flows.map(flow => row(x, flow))}</ul>`,
    script: COPY,
  }
}

const messagesOf = ({ ui }: Flow): { id: number; text: string }[] =>
  [...(ui.messages ?? []), ...ui.nodes.flatMap(node => node.messages ?? [])].map(({ id, text }) => ({
    id,
    text,
  }))

function flowJson(x: Exchange, flow: Flow): JsonObject {
  const { id, kind, type, state, issued_at, expires_at, active } = flow
  const messages = messagesOf(flow)
  return {
    id,
    kind,
    type,
    state,
    active: active ?? null,
    issued_at,
    expires_at,
    messages,
    curl: curlOf(x, flow),
  }
}

function row(x: Exchange, flow: Flow): Html {
  const { id, kind, type, state, issued_at, expires_at } = flow
  const over = Date.parse(expires_at) <= x.core.now()
  return html`<li><div><strong>${kind}</strong> <span class="tag ${over ? 'bad' : state === 'success' ? 'good' : 'note'}">${over ? 'expired' : state}</span>
<p class="hint">${type}, ${renderTime(issued_at)}<br><code>${id}</code></p>
${messagesOf(flow).map(({ id: code, text }) => html`<p class="hint">${text} <code>${code}</code></p>`)}
<details><summary>As curl</summary><pre tabindex="0">${curlOf(x, flow)}</pre></details></div>
<button type="button" class="quiet copy" hidden aria-label="Copy ${kind} ${id.slice(0, 8)} as curl">Copy as curl</button></li>
`
}

/** The clipboard is there in pages of https and of this machine; a frame's parent may withhold it. */
const COPY = `
for (const button of document.querySelectorAll('.copy')) {
  if (!navigator.clipboard) break
  button.hidden = false
  button.addEventListener('click', async () => {
    const command = button.closest('li').querySelector('pre')
    try {
      await navigator.clipboard.writeText(command.textContent)
      button.textContent = 'Copied'
    } catch {
      command.parentElement.open = true
      getSelection().selectAllChildren(command)
      button.textContent = 'Selected: copy it'
    }
  })
}
`

/** To look at a flow from a terminal. The browser's cookies are not ours to show: a flow of a browser wants them too. Windows' cmd knows no other quotes. */
function curlOf(x: Exchange, { id, kind, type }: Flow): string {
  const front = x.header('ory-base-url-rewrite') || x.core.base
  const cookies = type === 'browser' ? ' -b "the cookies of your browser"' : ''
  return `curl -H "Accept: application/json"${cookies} "${front}/self-service/${kind}/flows?id=${id}"`
}
