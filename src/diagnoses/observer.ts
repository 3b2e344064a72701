import type { IncomingMessage } from 'node:http'
import { LruMap } from '../common/lru.js'
import { contentOf, errorPageId, flowOf, type OryError, type Seen } from './answers.js'
import type { DiagnosisBook } from './book.js'
import { createCookieMemory, sessionCookies } from './cookies.js'
import { noteKeys, noteOrigin } from './keys.js'

/** Flows remembered. */
const FLOWS = 500

/** Looks at requests and their answers together, and notes what only both explain. */
export interface Observer {
  /** A request to Ory was answered. */
  answered(seen: Seen): void
  /** Ory was asked who a request of the app's is from. */
  asked(req: IncomingMessage, signedIn: boolean): void
}

/** What an observer needs besides. */
export interface ObserverRules {
  readonly book: DiagnosisBook
  /** What an error page of Ory's would show. */
  readonly errorOf: (id: string) => Promise<OryError | undefined>
  /** Requests of people who are not signed in, and of those who are, that the app is at. */
  readonly open: () => { readonly anonymous: number; readonly signedIn: number }
}

export function createObserver({ book, errorOf, open }: ObserverRules): Observer {
  /** The origin that a flow was made at. */
  const flows = new LruMap<string, string>(FLOWS, () => 1)
  const cookies = createCookieMemory()

  function learn(seen: Seen): void {
    const { location = '', origin, setCookies, text, path } = seen
    for (const [name, value] of setCookies.flatMap(sessionOf)) cookies.learn(name, value)
    for (const prefixed of setCookies.filter(cookie => /^__(?:secure|host)-/i.test(cookie))) {
      if (origin.startsWith('https:')) continue
      const name = prefixed.split('=', 1)[0]!
      book.note('COOKIE_PREFIX', name, `Ory sets the cookie ${name} on plain http.`)
    }
    const made = flowOf(location) ?? (/\/(?:browser|api)$/.test(pathOf(path)) ? idOf(text) : undefined)
    if (made !== undefined && flows.get(made) === undefined) flows.set(made, origin)
  }

  function judge(seen: Seen, error: OryError): void {
    if (error.id === 'security_csrf_violation') return csrf(seen, error)
    const refused = /^Requested return_to URL "(.*)" is not allowed/.exec(error.reason ?? '')?.[1]
    if (refused !== undefined) return returnTo(refused)
    if (/WebAuthn.*: Error validating origin$/.test(error.reason ?? '')) return noteOrigin(book, seen.origin)
    const code = error.code ?? seen.status
    const flow = flowOf(seen.path)
    if (flow !== undefined && (code === 404 || code === 410)) unknownFlow(flow, code)
  }

  function returnTo(address: string): void {
    const origin = URL.canParse(address) ? new URL(address).origin : address
    book.note(
      'RETURN_TO',
      origin,
      `Ory does not lead back to ${origin}: whoever signs in there ends at its error page.`,
    )
  }

  function unknownFlow(flow: string, code: number): void {
    if (code === 410 && flows.get(flow) !== undefined) return // ran out of time, as flows do
    book.note(
      'UNKNOWN_FLOW',
      '',
      'Ory does not know a flow that a page is at: it was made before a reset or a restart.',
    )
  }

  function csrf({ headers, origin, path, token }: Seen, { details }: OryError): void {
    const madeAt = flows.get(flowOf(path) ?? '')
    if (madeAt !== undefined && madeAt !== origin) {
      const message = `A flow that began at ${madeAt} was sent to ${origin}, where its cookie is not.`
      return book.note('CSRF_OTHER_NAME', `${madeAt} ${origin}`, message)
    }
    const from = headers.origin
    if (from !== undefined && from !== origin && headers.cookie === undefined) {
      const message = `A page of ${from} called Ory without any cookie.`
      return book.note('CSRF_NO_CREDENTIALS', from, message)
    }
    const why = `${details?.reject_reason ?? ''} ${details?.hint ?? ''}`
    const cookieCame = !/Cookie Header is empty|did not include/.test(why)
    if (cookieCame && (token === false || /token was not included/.test(why)))
      return book.note('CSRF_NO_TOKEN', '', 'A form came without its CSRF token.')
    if (/do not match/.test(why)) {
      return book.note('CSRF_MISMATCH', '', 'The CSRF token of a form is not the one its cookie belongs to.')
    }
    book.note('CSRF_NO_COOKIE', origin, `A form was sent to ${origin} without the cookie of its flow.`)
  }

  function serverAsked(seen: Seen): void {
    const { path, status, headers } = seen
    if (pathOf(path) !== '/sessions/whoami' || status !== 401) return
    for (const cookie of sessionCookies(headers.cookie)) unknownSession(cookie)
    const credentials =
      headers.cookie ?? headers.authorization ?? headers['x-session-token'] ?? headers['x-session-cookie']
    // A fetch of Node's says Sec-Fetch-Mode, and nothing else of what browsers say.
    if (credentials !== undefined || headers['sec-fetch-site'] !== undefined || headers.origin !== undefined)
      return
    const { anonymous, signedIn } = open()
    if (anonymous > 0 && signedIn === 0) return // it asks for somebody who has no cookie
    const message = 'A server asked who is signed in, without the cookie of the browser it asks for.'
    book.note('SERVER_WITHOUT_COOKIE', '', message)
  }

  function unknownSession([name, value]: [string, string]): void {
    if (cookies.knows(value)) return // signed out, or over
    if (cookies.hasGiven(name)) {
      const message = `The cookie ${name} is not one that this Ory gave, although it gave one: another app on this host overwrote it.`
      return book.note('COOKIE_JAR_SHARED', name, message)
    }
    book.note('UNKNOWN_SESSION', name, `Ory does not know the session in the cookie ${name}.`)
  }

  function elsewhere({ origin, text, path }: Seen): void {
    if (!path.startsWith('/self-service/')) return
    const { ui } = contentOf(text)
    if (ui?.action === undefined || !URL.canParse(ui.action)) return
    const action = new URL(ui.action)
    if (action.origin === origin || !action.pathname.includes('/self-service/')) return
    book.note(
      'BASE_URL_ELSEWHERE',
      action.origin,
      `Forms of this Ory go to ${action.origin}, not to ${origin}.`,
    )
  }

  function apiFlow({ headers, status, text = '' }: Seen): void {
    if (status < 400 || headers.cookie === undefined || !/initiated as an API request/.test(text)) return
    book.note(
      'API_FLOW_IN_BROWSER',
      '',
      'A browser sent a form to a flow that is for programs without cookies.',
    )
  }

  return {
    answered(seen) {
      learn(seen)
      serverAsked(seen)
      elsewhere(seen)
      apiFlow(seen)
      noteKeys(book, seen)
      const { error } = seen.status >= 400 ? contentOf(seen.text) : {}
      if (typeof error === 'object' && error !== null) judge(seen, error)
      const id = errorPageId(seen)
      if (id === undefined) return
      errorOf(id).then(
        shown => shown && judge(seen, shown),
        () => {}, // Ory cannot be asked: then there is nothing to explain
      )
    },
    asked({ headers }, signedIn) {
      for (const cookie of sessionCookies(headers.cookie)) {
        if (signedIn) cookies.learn(...cookie)
        else unknownSession(cookie)
      }
    },
  }
}

const pathOf = (target: string): string => target.split('?', 1)[0]!

function sessionOf(setCookie: string): [string, string][] {
  return sessionCookies(setCookie.split(';', 1)[0])
}

function idOf(text: string | undefined): string | undefined {
  const { id, ui } = contentOf(text)
  return ui !== undefined && typeof id === 'string' ? id : undefined
}
