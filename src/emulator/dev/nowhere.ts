/** The answer to a request for a namespace that is not there. */
import { type Answer, type Exchange, problem } from '../http/exchange.js'
import { unknownNamespace } from '../http/namespace-name.js'
import { returnTargets } from '../http/return-to.js'
import { html, layout, pageHeaders } from '../pages/index.js'

/** What makes, lists and leaves namespaces must work from within one that is gone. */
export const isNamespaceTool = (path: string): boolean => /^\/dev\/namespaces(\/|$)/.test(path)

/** Whoever asks who they are is nobody; everything else is not there. */
export function nowhere(x: Exchange, name: string): Answer {
  const failure = unknownNamespace(name, x.path === '/sessions/whoami' ? 401 : 404)
  warnOnce(x, failure.reason)
  if (!x.header('accept').includes('text/html')) return problem(failure)
  const up = '../'.repeat(Math.max(0, x.path.split('/').length - 2))
  const body = html`<div class="card">
<h1>No such namespace</h1>
<p class="message error" role="alert">${failure.reason}</p>
<form action="${up}dev/namespaces" method="post"><button type="submit" name="leave" value="true">Leave it</button></form>
</div>`
  return {
    status: failure.code,
    headers: pageHeaders(returnTargets(x.core)),
    body: layout({ title: 'No such namespace', root: '..', screen: 'error', devLinks: false, body }),
  }
}

const MOST_SAID = 100
const said = new Set<string>()

/** A suite that goes on asking is told once. */
function warnOnce(x: Exchange, line: string): void {
  if (said.has(line) || said.size >= MOST_SAID) return
  said.add(line)
  x.core.log.warn(line)
}
