/** Signs in through the gateway, as a browser and as an app on a phone do. */
import { type Answer, ask } from './wire.js'
import { Wrong } from './wrong.js'

/** Who signs in. */
export interface Credentials {
  readonly identifier: string
  readonly password: string
}

/** Somebody who is signed in. */
export interface Person {
  readonly identifier: string
  /** A header line with the session's cookies. */
  readonly cookie: string
  /** Ory's session token, of a native sign-in. */
  readonly token: string
}

interface Flow {
  readonly ui?: {
    readonly action?: string
    readonly nodes?: readonly { readonly attributes: { readonly name?: string; readonly value?: string } }[]
  }
}

const JSON_LINES = ['Accept: application/json', 'Content-Type: application/json']

/** Both ways at once. */
export async function signIn(base: URL, who: Credentials): Promise<Person> {
  const [cookie, token] = await Promise.all([byBrowser(base, who), byApi(base, who)])
  return { identifier: who.identifier, cookie, token }
}

async function byBrowser(base: URL, who: Credentials): Promise<string> {
  const started = await ask(base, '/.ory/self-service/login/browser', { headers: JSON_LINES })
  const jar = new Map(cookiesOf(started))
  const done = await submit(base, started, who, [`Cookie: ${written(jar)}`])
  for (const [name, value] of cookiesOf(done)) jar.set(name, value)
  return `Cookie: ${written(jar)}`
}

async function byApi(base: URL, who: Credentials): Promise<string> {
  const started = await ask(base, '/.ory/self-service/login/api', { headers: JSON_LINES })
  const done = await submit(base, started, who, [])
  const { session_token: token } = parsed(done) as { session_token?: string }
  if (token === undefined) throw new Wrong('a native sign-in gave no session token')
  return token
}

async function submit(base: URL, started: Answer, who: Credentials, headers: string[]): Promise<Answer> {
  const { ui } = parsed(started) as Flow
  if (ui?.action === undefined) throw new Wrong(`/.ory/self-service/login gave ${started.status} and no flow`)
  const action = new URL(ui.action, base) // wherever it points: the question about that is another one
  const csrf = ui.nodes?.find(({ attributes }) => attributes.name === 'csrf_token')?.attributes.value
  const body = JSON.stringify({ method: 'password', csrf_token: csrf, ...who })
  const target = action.pathname.replace(/^(?!\/\.ory\/)/, '/.ory') + action.search
  const done = await ask(base, target, { method: 'POST', headers: [...JSON_LINES, ...headers], body })
  if (done.status !== 200) throw new Wrong(`signing in as ${who.identifier} gave ${done.status}`)
  return done
}

/** Ends a session as the sign-out button does. */
export async function signOut(base: URL, { cookie }: Person): Promise<void> {
  const headers = ['Accept: application/json', cookie]
  const { logout_url: url } = parsed(await ask(base, '/.ory/self-service/logout/browser', { headers })) as {
    logout_url?: string
  }
  if (url === undefined) throw new Wrong('/.ory/self-service/logout/browser gave no logout_url')
  const { pathname, search } = new URL(url, base)
  const { status } = await ask(base, pathname + search, { headers })
  if (status !== 204) throw new Wrong(`signing out gave ${status}`)
}

const written = (jar: ReadonlyMap<string, string>): string =>
  [...jar].map(([name, value]) => `${name}=${value}`).join('; ')

const cookiesOf = ({ headers }: Answer): [string, string][] =>
  (headers['set-cookie'] ?? []).map(line => {
    const [pair = ''] = line.split(';', 1)
    const at = pair.indexOf('=')
    return [pair.slice(0, at), pair.slice(at + 1)]
  })

/** Its JSON, or nothing. */
export function parsed({ text }: Answer): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
