/** Everybody there is, and signing in as one of them without a password. */

import type { Core } from '../core.js'
import type { Exchange } from '../http/exchange.js'
import { badRequest, Problem } from '../http/kratos-errors.js'
import { secureReturnTo } from '../http/return-to.js'
import { identityJson } from '../identities/identities.js'
import { activate, issueCookie, sessionJson } from '../identities/sessions.js'
import { type Tokenized, tokenize } from '../identities/tokenize.js'
import type { CompletedMethod } from '../identities/types.js'
import { attributes, type Html, html } from '../pages/index.js'
import { normalizeIdentifier } from '../schema/identity-schema.js'
import type { Identity, JsonObject } from '../store/model.js'
import { inputOf, textOf } from './input.js'
import { type Done, rootOf, type View } from './tool.js'
import type { DevTools } from './types.js'

/** A page of more takes long to load; everybody else can be named. */
const MOST_SHOWN = 200

/** `GET /dev/users`, and `/dev/sign-in` for whoever was sent there to choose. */
export function listUsers(x: Exchange, dev: DevTools): View {
  const users = usersOf(x.core, dev)
  return {
    json: users,
    title: 'People',
    lead: 'Sign in as anybody. This is a tool of the emulator: nobody is asked for a password.',
    layout: { wide: true },
    body: peopleForms(x, users),
    ...(x.header('sec-fetch-dest') === 'iframe' && { script: BACK_TO_THE_PAGE }),
  }
}

/** Everybody, with passwords that the seed gives in clear. */
export function usersOf(core: Core, { people }: DevTools): User[] {
  const { passwords } = people
  return core.state.identities().map(identity => userJson(identity, passwords))
}

export interface User {
  id: string
  external_id?: string
  schema_id: string
  state: string
  identifiers: string[]
  verified: boolean
  methods: string[]
  traits: JsonObject
  /** Where the seed has it in clear. */
  password?: string
}

function userJson(identity: Identity, passwords: Map<string, string | undefined>): User {
  const { id, external_id: externalId, schema_id, state, traits, verifiable_addresses } = identity
  const password = passwords.get(id)
  return {
    id,
    ...(externalId && { external_id: externalId }),
    schema_id,
    state,
    identifiers: identifiersOf(identity),
    verified: verifiable_addresses.some(address => address.verified),
    methods: Object.values(identity.credentials)
      .filter(({ type, config }) => type !== 'password' || 'hashed_password' in config)
      .map(credential => credential.type),
    traits,
    ...(password !== undefined && { password }),
  }
}

function identifiersOf({ credentials, verifiable_addresses }: Identity): string[] {
  const { password, code } = credentials
  const all = [password, code].flatMap(credential => credential?.identifiers ?? [])
  return [...new Set([...all, ...verifiable_addresses.map(address => address.value)])]
}

/** In a frame of the app, like a dock or a panel: the app stays where it is, whatever it did to its address since. */
const BACK_TO_THE_PAGE = `
addEventListener('submit', ({ target }) => {
  if (top === self) return
  const back = target.elements.return_to ?? target.appendChild(Object.assign(document.createElement('input'), { type: 'hidden', name: 'return_to' }))
  try { back.value = top.location.href } catch {}
})
`

/** Without a script, the page that led here is where one comes back to. */
function cameFrom(x: Exchange): string {
  const front = x.header('ory-base-url-rewrite')
  const referer = x.header('referer')
  if (!URL.canParse(front) || !URL.canParse(referer)) return ''
  const [mount, from] = [new URL(front), new URL(referer)]
  return from.origin === mount.origin && !from.pathname.startsWith(`${mount.pathname}/`) ? from.href : ''
}

/** Without a script: one button a person, and a field for whoever is not listed. */
function peopleForms(x: Exchange, users: readonly User[]): Html {
  const action = `${rootOf(x)}/dev/sign-in`
  const returnTo = textOf(inputOf(x), 'return_to') || cameFrom(x)
  const back = returnTo && html`<input type="hidden" name="return_to" value="${returnTo}">`
  const others = users.length - MOST_SHOWN
  return html`<form action="${action}" method="post" target="_top">${back}<ul class="list">
${users.slice(0, MOST_SHOWN).map(row)}</ul></form>
<form class="inline" action="${action}" method="post" target="_top">${back}<div class="field"><label for="identity">${others > 0 ? `One of the other ${others}` : 'Or by name'}</label>
<input id="identity" name="identity" placeholder="address, user name or id" required autocomplete="off" spellcheck="false" autocapitalize="none"></div>
<button type="submit" class="quiet">Sign in</button></form>
`
}

function row({ id, identifiers, state, verified, methods, password }: User): Html {
  const name = identifiers[0] ?? id
  const facts = [...methods, verified ? 'verified' : 'not verified', ...(state === 'active' ? [] : [state])]
  const button = attributes({
    type: 'submit',
    name: 'identity',
    value: id,
    class: 'quiet',
    disabled: state !== 'active',
    'aria-label': `Sign in as ${name}`,
  })
  return html`<li><div><strong>${name}</strong>${password !== undefined && html` <code>${password}</code>`}
<p class="hint">${facts.join(', ')}<br><code>${id}</code></p></div>
<button${button}>Sign in</button></li>
`
}

/** `POST /dev/sign-in`: a session, as a cookie and a redirect or, for programs, as JSON. */
export async function signInAs(x: Exchange): Promise<Done> {
  const input = inputOf(x)
  const wanted = textOf(input, 'identity', 'id', 'email', 'identifier')
  if (wanted === '') throw badRequest('Name somebody: "identity" is an id, an address or a user name.')
  const identity = findIdentity(x, wanted)
  if (!identity) throw new Problem(404, { reason: `There is nobody called "${wanted}".` })
  const target = returnTarget(x, textOf(input, 'return_to'))
  const session = activate(x, identity, methodsFor(textOf(input, 'aal')))
  x.core.state.putSession(session)
  issueCookie(x, session)
  const shown = sessionJson(x.core, session, identity)
  const answer = {
    session: shown,
    session_token: session.token,
    cookie: cookieOf(x),
    jwt: await jwtOf(x, { session, identity, shown }),
    identity: identityJson(x.core, identity),
    return_to: target,
  }
  return { json: answer, to: target }
}

/** What the app would get; one that Ory does not make is in the log. */
async function jwtOf({ core }: Exchange, who: Tokenized): Promise<string | null> {
  if (core.tokenizeAs === undefined) return (await core.mintJwt?.(JSON.stringify(who.shown))) ?? null
  return tokenize(core, core.tokenizeAs, who).catch(() => null)
}

function findIdentity(x: Exchange, wanted: string): Identity | undefined {
  const { state } = x.core
  const name = normalizeIdentifier(wanted)
  return (
    state.identity(wanted.toLowerCase()) ??
    state.identityByIdentifier('password', name) ??
    state.identityByIdentifier('code', name) ??
    state.identityByAddress('verifiable', 'email', name) ??
    state.identities().find(identity => identity.external_id === wanted)
  )
}

/** Like signing in with a password, and with an authenticator app for the second level. */
function methodsFor(aal: string): CompletedMethod[] {
  if (aal !== '' && aal !== 'aal1' && aal !== 'aal2') throw badRequest('"aal" is aal1 or aal2.')
  const first: CompletedMethod = { method: 'password', aal: 'aal1' }
  return aal === 'aal2' ? [first, { method: 'totp', aal: 'aal2' }] : [first]
}

/** A path means the app in front of us, whose origin a dev server tells. */
function returnTarget(x: Exchange, asked: string): string {
  const front = x.header('ory-base-url-rewrite')
  const isPath = /^\/(?![/\\])/.test(asked)
  const returnTo = isPath && URL.canParse(front) ? new URL(asked, front).href : asked
  return secureReturnTo(x.core, { returnTo, source: '' })
}

function cookieOf(x: Exchange): string | null {
  const { name } = x.core.config.session.cookie
  const set = x.cookies.setCookieHeaders.find(header => header.startsWith(`${name}=`))
  return set?.split(';')[0] ?? null
}
