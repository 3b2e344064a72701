import { type Fragment, type Html, html } from '../look/html.js'
import type { Exchange, Reason } from '../middleware/pipeline.js'
import type { SessionLookup } from '../middleware/session.js'
import type { Identified } from '../ory/whoami.js'
import { whyText } from './requests.js'

/** What is known of the browser that asks. */
export interface TokenView {
  readonly signedIn: boolean
  readonly who: string | null
  readonly why: Reason
  readonly ory: { readonly url: string; readonly why: string }
  /** Names only. */
  readonly cookies: readonly string[]
  /** Decoded; the token itself is for the app. */
  readonly header: Readonly<Record<string, unknown>> | null
  readonly claims: Readonly<Record<string, unknown>> | null
  readonly secondsLeft: number | null
}

/** What the tool looks at. */
export interface TokenRules {
  readonly sessions: SessionLookup
  /** Absent where the app gets no token. */
  readonly bearer: ((identified: Identified) => string | Promise<string>) | undefined
  readonly ory: TokenView['ory']
}

export async function viewToken({ req }: Exchange, rules: TokenRules): Promise<TokenView> {
  const { identified, reason } = await rules.sessions.lookup(req)
  const token = identified && rules.bearer ? await rules.bearer(identified) : undefined
  const [header, claims] =
    token === undefined
      ? [null, null]
      : token
          .replace(/^Bearer /, '')
          .split('.')
          .map(decode)
  const { exp } = (claims ?? {}) as { exp?: number }
  return {
    signedIn: identified !== null,
    who: identified?.label ?? null,
    why: reason,
    ory: rules.ory,
    cookies: cookieNames(req.headers.cookie),
    header: header ?? null,
    claims: claims ?? null,
    secondsLeft: exp === undefined ? null : Math.max(0, Math.round(exp - Date.now() / 1000)),
  }
}

const decode = (part: string): Record<string, unknown> | null => {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>
  } catch {
    return null // the signature
  }
}

/** Without what has no name: that would be a value. */
function cookieNames(header = ''): string[] {
  return header.split(';').flatMap(pair => {
    const end = pair.indexOf('=')
    return end > 0 ? [pair.slice(0, end).trim()] : []
  })
}

/** Seconds a token lives, if it does not say. */
const LIFETIME = 60

function lifetime({ claims }: TokenView): number {
  const { iat, exp } = (claims ?? {}) as { iat?: number; exp?: number }
  return iat === undefined || exp === undefined || exp <= iat ? LIFETIME : exp - iat
}

export function tokenBody(view: TokenView): Html {
  const { signedIn, who, why, ory, cookies, secondsLeft } = view
  return html`<section class="card" aria-labelledby="token">
<div class="head"><h1 id="token">${signedIn ? `Signed in as ${who}` : 'Nobody is signed in here'}</h1><span class="tag ${signedIn ? 'good' : 'note'}">${signedIn ? 'signed in' : 'anonymous'}</span></div>
<p class="lead">This browser, as the app sees it: ${signedIn ? whyText(why) : noIdentity(why, cookies)}.</p>
<dl><dt>Ory</dt><dd><code>${ory.url}</code> (${ory.why})</dd>
<dt>Cookies that came</dt><dd>${cookies.length === 0 ? 'none' : cookies.map((name, i) => html`${i > 0 && ', '}<code>${name}</code>`)}</dd>
${secondsLeft !== null && html`<dt>Token</dt><dd>made for this page, ${secondsLeft} seconds left<br><progress max="${lifetime(view)}" value="${secondsLeft}" aria-label="Seconds left"></progress></dd>`}</dl>
${!signedIn && html`<p class="hint"><a href="../init/login" target="_top">Sign in</a></p>`}</section>
${decoded(view)}`
}

const noIdentity = (why: Reason, cookies: readonly string[]): string =>
  why === 'asked' || why === 'shared' || why === 'cached'
    ? `Ory knows no session for the ${cookies.length === 1 ? 'cookie' : 'cookies'} it sends`
    : whyText(why)

function decoded({ header, claims, signedIn }: TokenView): Fragment {
  if (!signedIn) return ''
  if (claims === null)
    return html`<section class="card"><p class="lead">The app gets no token: <code>jwt</code> is off.</p></section>`
  const part = (name: string, value: unknown): Html =>
    html`<section class="card" aria-labelledby="${name}"><h2 id="${name}">${name}</h2><pre tabindex="0">${JSON.stringify(value, null, 2)}</pre></section>`
  return html`<div class="split">${part('Header', header)}${part('Claims', claims)}</div>`
}
