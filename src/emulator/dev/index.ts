/** Tools for developers and tests at `/dev`, reached as `/.ory/dev` through a dev server. Not part of Kratos. */

import { ownVersion } from '../../common/version.js'
import { type Answer, type Exchange, json } from '../http/exchange.js'
import type { Route } from '../operations/routes.js'
import { html } from '../pages/index.js'
import { showClock, turnClock } from './clock.js'
import { changeFaults, listFaults } from './faults.js'
import { listFlows } from './flows.js'
import { showInbox, showMail } from './inbox.js'
import { changeNamespaces, deleteNamespace, listNamespaces } from './namespaces.js'
import { exportAll, importAll, resetAll } from './state.js'
import { changes, guarded, rootOf, shows, type Tool, type View } from './tool.js'
import type { DevTools, NamespaceBook } from './types.js'
import { listUsers, signInAs } from './users.js'

/** Reading is GET, changing is POST only: a link or an image must not be able to change anything. */
const TOOLS: readonly [method: 'GET' | 'POST' | 'DELETE', path: string, tool: Tool][] = [
  ['GET', '/dev', shows(showOverview)],
  ['GET', '/dev/state', shows(showOverview)],
  ['GET', '/dev/flows', shows(listFlows)],
  ['GET', '/dev/users', shows(listUsers)],
  ['GET', '/dev/sign-in', shows(listUsers)],
  ['POST', '/dev/sign-in', changes(signInAs, '/dev/sign-in', listUsers)],
  ['GET', '/dev/inbox', shows(showInbox)],
  ['GET', '/dev/inbox/{id}', showMail],
  ['POST', '/dev/reset', changes(resetAll, '/dev', showOverview)],
  ['GET', '/dev/export', exportAll],
  ['POST', '/dev/import', changes(importAll, '/dev', showOverview)],
  ['GET', '/dev/clock', shows(showClock)],
  ['POST', '/dev/clock', changes(turnClock, '/dev/clock', showClock)],
  ['GET', '/dev/faults', shows(listFaults)],
  ['POST', '/dev/faults', changes(changeFaults, '/dev/faults', listFaults)],
  ['GET', '/dev/namespaces', shows(listNamespaces)],
  ['POST', '/dev/namespaces', changes(changeNamespaces, '/dev/namespaces', listNamespaces)],
  ['DELETE', '/dev/namespaces/{name}', changes(deleteNamespace, '/dev/namespaces', listNamespaces)],
]

export function devRoutes(spaces: NamespaceBook): Route[] {
  const tools = TOOLS.map(([method, path, tool]): Route => {
    const safe = guarded(tool)
    return { method, path, run: x => safe(x, spaces.of(x.core)) }
  })
  return [...tools, { method: 'GET', path: '/dev/version', run: tellName }]
}

/** For everybody: who asks learns that this is no Kratos, and that a session here proves nothing. */
const tellName = (): Answer => json(200, { emulator: 'ory-proxy', version: ownVersion() })

function showOverview(x: Exchange, dev: DevTools): View {
  const index = {
    tools: TOOLS.map(([method, path]) => `${method} ${path}`),
    people: x.core.state.identities().length,
    mails: x.core.state.messages.length,
    version: ownVersion(),
    admin: x.core.adminBase,
    session_cookie: x.core.config.session.cookie.name,
    frozen: dev.clock.frozen,
    faults: dev.faults.list().length,
    namespace: x.core.namespace,
    namespaces: dev.namespaces.list().length,
  }
  const root = rootOf(x)
  return {
    json: index,
    title: 'Tools',
    lead: 'The emulator stands in for Ory on this machine: nothing is sent anywhere, and everything is forgotten at the end.',
    body: html`<dl>
<dt><a href="${root}/dev/users">People</a></dt><dd>${index.people}, sign in as one of them</dd>
<dt><a href="${root}/dev/inbox">Inbox</a></dt><dd>${index.mails} ${index.mails === 1 ? 'mail' : 'mails'}</dd>
<dt><a href="${root}/dev/clock">Clock</a></dt><dd>${index.frozen ? 'frozen' : 'advance or freeze it'}</dd>
<dt><a href="${root}/dev/faults">Faults</a></dt><dd>${index.faults > 0 ? `${index.faults} set up` : 'none'}</dd>
<dt><a href="${root}/dev/namespaces">Namespaces</a></dt><dd>${index.namespaces}, this is ${index.namespace}</dd>
<dt>Admin API</dt><dd><code>${index.admin}</code></dd>
</dl>
<form action="${root}/dev/reset" method="post"><button type="submit" class="quiet danger">Start over with the seed</button></form>
`,
    more: html`<section class="card" aria-labelledby="state"><h2 id="state">State</h2>
<p class="lead"><a href="${root}/dev/export">Export</a> all there is as a file, or go on with such a file.</p>
<form action="${root}/dev/import" method="post" enctype="multipart/form-data"><div class="field"><label for="file">Exported state</label>
<input id="file" name="file" type="file" accept=".json,application/json" required></div>
<button type="submit" class="quiet">Import</button></form></section>
`,
  }
}
