import type { Diagnosis } from '../diagnoses/table.js'
import { type Fragment, type Html, html } from '../look/html.js'
import type { Entry, Why } from './journal.js'

const WHY: Readonly<Record<Why, string>> = {
  'no credential': 'it carries no cookie and no token',
  'another origin': 'a page of another origin sent it',
  asked: 'Ory was asked',
  shared: 'Ory was asked, together with another request',
  cached: 'Ory was asked a moment ago',
  'second factor missing': 'Ory wants a second factor first',
  'no token': 'Ory makes no token of the template that tokenizeAs names',
  'unknown namespace': 'its test namespace is not there (any more)',
  'Ory unreachable': 'Ory does not answer',
  'for Ory': 'for Ory itself',
  'not asked': 'nobody had to know',
}

/** What a reason says to a person. */
export const whyText = (why: Why): string => WHY[why]

/** The page of the last requests, newest first. */
export function requestsBody(entries: readonly Entry[], diagnoses: readonly Diagnosis[]): Html {
  const last = entries.at(-1)?.id ?? 0
  return html`${findings(diagnoses)}<section class="card" aria-labelledby="requests">
<div class="head"><h1 id="requests">Requests</h1><button type="button" class="plain live" aria-pressed="false">Live</button></div>
<p class="lead">The last 500, who each was from, and why.</p>
<form class="filters" hidden role="search"><input name="text" aria-label="Find in requests" placeholder="Find: a path, a person, a status" autocomplete="off" spellcheck="false">
<select name="kind" aria-label="Kind"><option value="">All</option><option value="in">Signed in</option><option value="out">Nobody</option><option value="ory">Ory</option><option value="bad">Errors</option></select></form>
<table><thead><tr><th scope="col">Time</th><th scope="col">Method</th><th scope="col">Path</th><th scope="col">Status</th><th scope="col" class="num">ms</th><th scope="col">Who</th><th scope="col">Why</th></tr></thead>
<tbody data-last="${last}">${rows(entries)}</tbody></table>
<p class="empty"${entries.length > 0 && html` hidden`}>No request to show.</p>
</section>`
}

/** Newest first. */
export const rows = (entries: readonly Entry[]): Fragment => entries.map(row).reverse()

function row({ at, method, path, status, ms, who, why }: Entry): Html {
  const kinds = [why === 'for Ory' ? 'ory' : who === null ? 'out' : 'in', ...(status >= 400 ? ['bad'] : [])]
  const look = status >= 400 ? 'bad' : status >= 300 ? 'note' : 'good'
  return html`<tr data-kind="${kinds.join(' ')}"><td class="num"><time datetime="${at}">${at.slice(11, 19)}</time></td><td>${method}</td><td class="path">${path}</td><td><span class="tag ${look}">${status}</span></td><td class="num ms">${ms}</td><td>${who ?? '–'}</td><td class="why">${whyText(why)}</td></tr>
`
}

/** What is wrong, where something is. */
export function findings(diagnoses: readonly Diagnosis[]): Fragment {
  if (diagnoses.length === 0) return ''
  return html`<section class="card" aria-labelledby="findings"><h2 id="findings">${diagnoses.length === 1 ? 'One thing is wrong' : `${diagnoses.length} things are wrong`}</h2>
${diagnoses.map(
  ({ code, message, fix, count }) =>
    html`<div class="finding"><span class="tag bad">${code}</span>${count > 1 && html` <span class="hint">${count} times</span>`}<p>${message}</p><p class="fix">${prose(fix)}</p></div>
`,
)}</section>
`
}

/** Text with `names` between backticks. */
const prose = (text: string): Fragment =>
  text.split('`').map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part))
