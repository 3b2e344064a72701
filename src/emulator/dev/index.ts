/** Tools for developers and tests at `/dev`, reached as `/.ory/dev` through a dev server. Not part of Kratos. */
import type { Clock } from '../clock.js'
import type { Faults } from '../faults.js'
import type { Answer, Exchange } from '../http.js'
import { html } from '../pages/index.js'
import type { People } from '../people.js'
import type { Route } from '../routes.js'
import { showClock, turnClock } from './clock.js'
import { changeFaults, listFaults } from './faults.js'
import { requireOwner } from './guard.js'
import { showInbox } from './inbox.js'
import { answerAs } from './input.js'
import { exportAll, importAll, resetAll } from './state.js'
import { chooseUser, listUsers, signInAs } from './users.js'

/** What the tools work on beside the state. */
export interface DevTools {
  readonly clock: Clock
  readonly faults: Faults
  readonly people: People
  /** Forgets everything but the seed. */
  reset(): Promise<void>
}

type Tool = (x: Exchange, dev: DevTools) => Answer | Promise<Answer>

/** Reading is GET, changing is POST only: a link or an image must not be able to change anything. */
const TOOLS: readonly [method: 'GET' | 'POST', path: string, tool: Tool][] = [
  ['GET', '/dev', showIndex],
  ['GET', '/dev/users', listUsers],
  ['GET', '/dev/sign-in', chooseUser],
  ['POST', '/dev/sign-in', signInAs],
  ['GET', '/dev/inbox', showInbox],
  ['POST', '/dev/reset', resetAll],
  ['GET', '/dev/export', exportAll],
  ['POST', '/dev/import', importAll],
  ['GET', '/dev/clock', showClock],
  ['POST', '/dev/clock', turnClock],
  ['GET', '/dev/faults', listFaults],
  ['POST', '/dev/faults', changeFaults],
]

export function devRoutes(dev: DevTools): Route[] {
  return TOOLS.map(([method, path, tool]) => ({
    method,
    path,
    run: x => {
      requireOwner(x)
      return tool(x, dev)
    },
  }))
}

function showIndex(x: Exchange, dev: DevTools): Answer {
  const index = {
    tools: TOOLS.map(([method, path]) => `${method} ${path}`),
    people: x.core.state.identities().length,
    mails: x.core.state.messages.length,
    admin: x.core.adminBase,
    frozen: dev.clock.frozen,
    faults: dev.faults.list().length,
  }
  return answerAs(x, index, () => ({
    title: 'Tools',
    body: html`<div class="card"><h1>Tools</h1>
<p class="lead">The emulator stands in for Ory on this machine: nothing is sent anywhere, and everything is forgotten at the end.</p>
<dl>
<dt><a href="dev/users">People</a></dt><dd>${index.people}, sign in as one of them</dd>
<dt><a href="dev/inbox">Inbox</a></dt><dd>${index.mails} mails</dd>
<dt><a href="dev/clock">Clock</a></dt><dd>${index.frozen ? 'frozen' : 'advance or freeze it'}</dd>
<dt><a href="dev/faults">Faults</a></dt><dd>${index.faults > 0 ? `${index.faults} set up` : 'none'}</dd>
<dt><a href="dev/export">Export</a></dt><dd>the state as a file</dd>
<dt>Admin API</dt><dd><code>${index.admin}</code></dd>
</dl>
<form action="dev/reset" method="post"><button type="submit" class="quiet danger">Start over with the seed</button></form>
</div>`,
  }))
}
