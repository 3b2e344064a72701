/** The mails that were sent: a page, and for tests a list that can wait. */
import type { Core } from '../core.js'
import { sentMessage } from '../courier/message.js'
import { htmlOf } from '../courier/render.js'
import { codeOf, linkOf } from '../courier/texts.js'
import type { Answer, Exchange } from '../http/exchange.js'
import { badRequest, notLocated } from '../http/kratos-errors.js'
import { type Fragment, type Html, html, pageHeaders, renderTime, safeHref } from '../pages/index.js'
import type { CourierMessage, JsonObject } from '../store/model.js'
import { rootOf, type View } from './tool.js'

const MAX_WAIT_S = 60
const LOOK_EVERY_MS = 25
const REFRESH_S = 3
/** A page of more would take longer to look through than to filter. */
const MOST_SHOWN = 50

/** `GET /dev/inbox?to=&wait=&after=` */
export async function showInbox(x: Exchange): Promise<View> {
  const found = await waitFor(x, waitOf(x))
  const live = x.query.has('live')
  return {
    json: found.map(message => mailJson(x.core, message)),
    title: 'Inbox',
    lead: 'Nothing leaves this machine: every mail ends here.',
    layout: { wide: true, ...(live && { refresh: REFRESH_S }) },
    body: controls(x, live, found.length),
    more: found.slice(0, MOST_SHOWN).map(mailCard),
  }
}

/** Whoever reads is not interrupted: the page renews itself only for those who asked for it (WCAG 2.2.1). */
function controls(x: Exchange, live: boolean, count: number): Fragment {
  const to = x.query.get('to') ?? ''
  const at = (more: Record<string, string>): string =>
    `${rootOf(x)}/dev/inbox?${new URLSearchParams({ ...(to && { to }), ...more })}`
  const shown =
    count > MOST_SHOWN ? `The newest ${MOST_SHOWN} of ${count} mails` : count === 0 ? 'No mail' : ''
  return html`<form class="inline" action="${rootOf(x)}/dev/inbox" method="get"><div class="field"><label for="to">Mail to <span class="optional">optional</span></label>
<input id="to" name="to" value="${to}" placeholder="everybody" autocomplete="off" spellcheck="false" autocapitalize="none"></div>
${live && html`<input type="hidden" name="live" value="on">`}<button type="submit">Look now</button></form>
<p class="hint">${shown && html`${shown}${to && html` to ${to}`}. `}${
    live
      ? html`This page looks again every ${REFRESH_S} seconds. <a href="${at({})}">Stop that</a>`
      : html`<a href="${at({ live: 'on' })}">Look again every ${REFRESH_S} seconds</a>`
  }</p>
`
}

function mailCard(message: CourierMessage): Html {
  const { code, link } = secretsOf(message)
  return html`<article class="card" data-testid="ory/dev/mail">
<h2>${message.subject}</h2>
<p class="lead">To ${message.recipient}, ${renderTime(message.created_at)}</p>
${code && html`<p class="hint">Code</p><code class="secret code">${code}</code>`}
${link && html`<p class="hint"><a href="${safeHref(link)}">Open the link in this mail</a></p>`}
<details><summary>Text</summary><pre>${message.body}</pre></details>
${message.type === 'email' && html`<p class="hint"><a href="inbox/${message.id}">As HTML</a></p>`}
</article>
`
}

function mailJson(core: Core, message: CourierMessage): JsonObject {
  const { id, recipient, subject, body, template_type, channel, created_at, type } = message
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
    html: type === 'email' ? htmlOf(core, sentMessage(message)) : null,
  }
}

/** `GET /dev/inbox/{id}`: a mail as its reader sees it. It may say anything, so nothing in it runs, and nothing is loaded. */
export function showMail(x: Exchange): Answer {
  const message = x.core.state.messages.find(({ id, type }) => id === x.params['id'] && type === 'email')
  if (!message) throw notLocated()
  const headers = {
    ...pageHeaders(),
    'content-security-policy':
      "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
  }
  return { status: 200, headers, body: htmlOf(x.core, sentMessage(message)) }
}

/** What a test wants from a mail: what its template was told, else what the text looks like. */
function secretsOf({ body, template_data: told = {} }: CourierMessage): {
  code: string | undefined
  link: string | undefined
} {
  const [code, link] = [codeOf(told), linkOf(told)]
  if (code || link) return { code: code || undefined, link: link || undefined }
  return secretsIn(body)
}

function secretsIn(body: string): { code: string | undefined; link: string | undefined } {
  const link = /https?:\/\/\S+/.exec(body)?.[0]
  return { code: /\b\d{6}\b/.exec(body.replaceAll(/https?:\/\/\S+/g, ''))?.[0], link }
}

/** @param after the id of a mail; those up to it are not meant. One that is not there any more is older than all. */
function matching(x: Exchange, after: string | undefined): CourierMessage[] {
  const { messages } = x.core.state
  const to = x.query.get('to')?.trim().toLowerCase()
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

/**
 * Without a time, what there is. With one, the mails after the one that `after` names (an empty `after`: after none),
 * else those that come from now on: at once if there are some, and nothing when the time is over.
 */
async function waitFor(x: Exchange, ms: number): Promise<CourierMessage[]> {
  const until = performance.now() + ms
  const after = x.query.get('after') ?? (ms > 0 ? x.core.state.messages[0]?.id : undefined)
  for (;;) {
    const found = matching(x, after)
    if (found.length > 0 || performance.now() >= until) return found
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS).unref())
  }
}
