/** The mails that were sent: a page that renews itself, and for tests a list that can wait. */
import { type Answer, acceptsJson, type Exchange, json } from '../http.js'
import { badRequest } from '../kratos-errors.js'
import type { JsonObject } from '../model.js'
import { type Html, html, safeHref } from '../pages/index.js'
import type { CourierMessage } from '../state.js'
import { htmlPage } from './input.js'

const MAX_WAIT_S = 60
const LOOK_EVERY_MS = 25
const REFRESH_S = 3

/** `GET /dev/inbox?to=&wait=&after=` */
export async function showInbox(x: Exchange): Promise<Answer> {
  const found = await waitFor(x, waitOf(x))
  if (acceptsJson(x) || x.query.get('format') === 'json') return json(200, found.map(mailJson))
  const to = x.query.get('to')
  return htmlPage(x, {
    title: 'Inbox',
    wide: true,
    refresh: REFRESH_S,
    body: html`<div class="bare"><h1>Inbox</h1>
<p class="lead">${to ? html`Mail to <strong>${to}</strong>.` : 'Nothing leaves this machine: every mail ends here.'}</p></div>
${found.length === 0 ? html`<div class="card"><p class="lead">No mail yet. This page looks again every ${REFRESH_S} seconds.</p></div>` : found.map(mailCard)}`,
  })
}

function mailCard(message: CourierMessage): Html {
  const { code, link } = secretsOf(message)
  return html`<article class="card" data-testid="ory/dev/mail">
<h2>${message.subject}</h2>
<p class="lead">To ${message.recipient}, <time datetime="${message.created_at}">${message.created_at.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC')}</time></p>
${code && html`<p class="hint">Code</p><code class="secret">${code}</code>`}
${link && html`<p class="hint"><a href="${safeHref(link)}">Open the link in this mail</a></p>`}
<pre tabindex="0" aria-label="Text">${message.body}</pre>
</article>
`
}

function mailJson(message: CourierMessage): JsonObject {
  const { id, recipient, subject, body, template_type, channel, created_at } = message
  const { code, link } = secretsOf(message)
  return {
    id,
    to: recipient,
    subject,
    body,
    template_type,
    channel,
    created_at,
    code: code ?? null,
    link: link ?? null,
  }
}

/** What a test wants from a mail. */
function secretsOf({ body }: CourierMessage): { code: string | undefined; link: string | undefined } {
  const link = /https?:\/\/\S+/.exec(body)?.[0]
  return { code: /\b\d{6}\b/.exec(body.replaceAll(/https?:\/\/\S+/g, ''))?.[0], link }
}

function matching(x: Exchange): CourierMessage[] {
  const { messages } = x.core.state
  const to = x.query.get('to')?.trim().toLowerCase()
  const after = x.query.get('after')
  const seen = after ? messages.findIndex(message => message.id === after) : -1
  const newer = seen < 0 ? messages : messages.slice(0, seen)
  return newer.filter(message => !to || message.recipient.toLowerCase() === to)
}

function waitOf(x: Exchange): number {
  const text = x.query.get('wait') ?? '0'
  const seconds = Number(text)
  if (text === '' || !(seconds >= 0)) throw badRequest('"wait" is a number of seconds.')
  return Math.min(seconds, MAX_WAIT_S) * 1000
}

/** At once if there is mail already, else as soon as some arrives; after the time, nothing. */
async function waitFor(x: Exchange, ms: number): Promise<CourierMessage[]> {
  const until = performance.now() + ms
  for (;;) {
    const found = matching(x)
    if (found.length > 0 || performance.now() >= until) return found
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS).unref())
  }
}
