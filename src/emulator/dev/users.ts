/** Everybody there is, and signing in as one of them without a password. */
import { type Answer, acceptsJson, type Exchange, json, redirect } from '../http.js'
import { identityJson } from '../identities.js'
import { normalizeIdentifier } from '../identity-schema.js'
import { badRequest, Problem } from '../kratos-errors.js'
import type { Identity, JsonObject } from '../model.js'
import { attributes, type Html, html } from '../pages/index.js'
import { secureReturnTo } from '../return-to.js'
import { activate, type CompletedMethod, issueCookie, sessionJson } from '../sessions.js'
import type { DevTools } from './index.js'
import { answerAs, htmlPage, inputOf, textOf } from './input.js'

export function listUsers(x: Exchange, dev: DevTools): Answer {
  const users = x.core.state.identities().map(identity => userJson(identity, dev))
  return answerAs(x, users, () => ({ title: 'People', wide: true, body: peopleCard(x, users) }))
}

interface User extends JsonObject {
  id: string
  identifiers: string[]
  state: string
}

function userJson(identity: Identity, dev: DevTools): User {
  const { id, external_id: externalId, schema_id, state, traits, verifiable_addresses } = identity
  const password = dev.people.passwordOf(id)
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

/** `GET /dev/sign-in`: whom to be. */
export function chooseUser(x: Exchange, dev: DevTools): Answer {
  const users = x.core.state.identities().map(identity => userJson(identity, dev))
  return htmlPage(x, { title: 'Sign in as', wide: true, body: peopleCard(x, users) })
}

/** A form without a script: one button a person. */
export function peopleCard(x: Exchange, users: readonly User[]): Html {
  const action = x.path === '/dev' ? 'dev/sign-in' : 'sign-in'
  const returnTo = x.query.get('return_to')
  return html`<div class="card">
<h1>People</h1>
<p class="lead">Sign in as anybody. This is a tool of the emulator: nobody is asked for a password.</p>
<form action="${action}" method="post">
${returnTo && html`<input type="hidden" name="return_to" value="${returnTo}">`}
<table><thead><tr><th scope="col">Who</th><th scope="col">Password</th><th scope="col"><span class="seen-by-readers-only">Sign in</span></th></tr></thead><tbody>
${users.map(row)}</tbody></table>
</form>
${users.length === 0 && html`<p class="lead">There is nobody yet.</p>`}</div>`
}

function row(user: User): Html {
  const name = user.identifiers[0] ?? user.id
  const button = attributes({
    type: 'submit',
    name: 'identity',
    value: user.id,
    class: 'quiet',
    disabled: user.state !== 'active',
  })
  const { password } = user
  return html`<tr><td><strong>${name}</strong><br><code>${user.id}</code></td><td>${typeof password === 'string' && html`<code>${password}</code>`}</td>
<td><button${button} aria-label="Sign in as ${name}">Sign in</button></td></tr>
`
}

/** `POST /dev/sign-in`: a session, as a cookie and a redirect or, for programs, as JSON. */
export async function signInAs(x: Exchange): Promise<Answer> {
  const input = inputOf(x)
  const wanted = textOf(input, 'identity', 'id', 'email', 'identifier')
  if (wanted === '') throw badRequest('Name somebody: "identity" is an id, an address or a user name.')
  const identity = findIdentity(x, wanted)
  if (!identity) throw new Problem(404, { reason: `There is nobody called "${wanted}".` })
  const target = returnTarget(x, textOf(input, 'return_to'))
  const session = activate(x, identity, methodsFor(textOf(input, 'aal')))
  x.core.state.putSession(session)
  issueCookie(x, session)
  if (!acceptsJson(x)) return redirect(x, target)
  const shown = sessionJson(x.core, session, identity)
  return json(200, {
    session: shown,
    session_token: session.token,
    cookie: cookieOf(x),
    jwt: (await x.core.mintJwt?.(JSON.stringify(shown))) ?? null,
    identity: identityJson(x.core, identity),
    return_to: target,
  })
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
