import { type Html, html, renderTime, safeHref } from '../../look/html.js'
import type { Aal, JsonObject } from '../store/model.js'
import { layout, type Root } from './layout.js'

export interface WelcomePage {
  root: Root
  /** Nobody is signed in when it is missing. */
  session?: {
    identity: { id: string; schema_id: string; traits: JsonObject }
    authenticator_assurance_level: Aal
    methods: readonly string[]
    expires_at: string
  }
  logoutUrl?: string
  devLinks?: boolean
}

/** Where one arrives when the app has named no better place. */
export function renderWelcomePage(page: WelcomePage): string {
  const title = page.session ? 'You are signed in' : 'Nobody is signed in'
  return layout({
    title,
    root: page.root,
    screen: 'welcome',
    devLinks: page.devLinks ?? true,
    body: html`<div class="card">
<h1>${title}</h1>
${page.session ? signedIn(page, page.session) : signedOut(page)}</div>`,
  })
}

function signedIn(page: WelcomePage, session: NonNullable<WelcomePage['session']>): Html {
  const { identity } = session
  const email = identity.traits['email']
  return html`<p class="lead">Apps on this origin see this session${typeof email === 'string' && html`, as <strong>${email}</strong>`}.</p>
<dl>
<dt>Identity</dt><dd><code>${identity.id}</code></dd>
<dt>Schema</dt><dd>${identity.schema_id}</dd>
<dt>Signed in with</dt><dd>${session.methods.join(', ')} (${session.authenticator_assurance_level})</dd>
<dt>Until</dt><dd>${renderTime(session.expires_at)}</dd>
</dl>
<pre role="group" aria-label="Traits" tabindex="0">${JSON.stringify(identity.traits, null, 2)}</pre>
<form action="${page.root}/ui/settings" method="get"><button type="submit">Account settings</button></form>
${page.logoutUrl && html`<a class="button quiet" href="${safeHref(page.logoutUrl)}">Sign out</a>`}
`
}

function signedOut({ root }: WelcomePage): Html {
  return html`<p class="lead">Sign in, or make an account that lives on this machine only.</p>
<form action="${root}/ui/login" method="get"><button type="submit">Sign in</button></form>
<form action="${root}/ui/registration" method="get"><button type="submit" class="quiet">Create an account</button></form>
`
}
