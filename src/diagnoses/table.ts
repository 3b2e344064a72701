/**
 * Mistakes that can be told from a request and its answer, seen together: code and what to do about it.
 * docs/errors.md explains each.
 */
export const DIAGNOSES = {
  CSRF_OTHER_NAME:
    'Open the app by one address only: cookies of `localhost`, `127.0.0.1`, another port and another scheme are not the same.',
  CSRF_NO_CREDENTIALS:
    "Say `credentials: 'include'` (`withCredentials: true`) where that page calls Ory, or call `/.ory` of its own origin.",
  CSRF_NO_TOKEN: 'Send the hidden field `csrf_token` of the flow along with the form.',
  CSRF_NO_COOKIE:
    'Start the flow in the same browser that sends the form, and hand on `Set-Cookie` where a server starts it.',
  CSRF_MISMATCH:
    'Start the flow anew; if it comes again, two programs write the cookie: look at the ones of this host.',
  API_FLOW_IN_BROWSER:
    'Browsers start flows at `/.ory/self-service/…/browser` (`createBrowser…Flow`); `/api` is for programs without cookies.',
  RETURN_TO: 'Add the address to `selfservice.allowed_return_urls` in kratos.yml.',
  SERVER_WITHOUT_COOKIE:
    "Hand the browser's `Cookie` header on where the server asks, or read the JWT that came with the request.",
  UNKNOWN_SESSION:
    'Sign in again. It is of another project on this host, or of before a restart; delete the cookie if it stays.',
  COOKIE_JAR_SHARED:
    'Give each app a host of its own, like `one.localhost` and `two.localhost`: cookies know no ports, so one overwrites the other.',
  COOKIE_PREFIX:
    'Serve https, or name the cookie without the prefix: WebKit drops it on plain http, and so nobody is signed in there.',
  UNKNOWN_FLOW: 'Start the flow anew: `/.ory/init/login` and its siblings do.',
  KEY_OTHER_HOST:
    'In kratos.yml that is `rp.id` of `selfservice.methods.passkey.config` and `webauthn.config`; `rp.origins` has to list the address as well.',
  KEY_ORIGIN:
    'Add that address to `rp.origins` of `selfservice.methods.passkey.config` (or `webauthn.config`) in kratos.yml.',
  BASE_URL_ELSEWHERE:
    'Set `serve.public.base_url` in kratos.yml to the address that ory-proxy is given as `sdkUrl`, or to its own `/.ory`.',
  HTTP_ASSETS:
    'Start ory-proxy with `--no-https`, or give that dev server a certificate that the browser trusts (`server.https` in Vite).',
} as const

/** One of the codes in {@link DIAGNOSES}. */
export type DiagnosisCode = keyof typeof DIAGNOSES

/** A mistake that was seen. */
export interface Diagnosis {
  readonly code: DiagnosisCode
  readonly message: string
  readonly fix: string
  /** When it was seen first, as ISO time, and how often since. */
  readonly since: string
  readonly count: number
}
