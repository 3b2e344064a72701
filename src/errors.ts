/**
 * Every code we throw: its HTTP status, the exit code of the command, and what to do about it.
 * The README and the tests read this table.
 */
export const ERRORS = {
  ORY_PROXY_BAD_OPTION: { status: 500, exit: 2, hint: 'All options: --help, or the table in the README.' },
  ORY_PROXY_BAD_URL: {
    status: 500,
    exit: 2,
    hint: 'Give the whole address, with http:// or https://.',
  },
  ORY_PROXY_BAD_APP_URL: {
    status: 500,
    exit: 2,
    hint: 'Give it like http://localhost:3000, localhost:3000 or 3000.',
  },
  ORY_PROXY_INIT: {
    status: 500,
    exit: 2,
    hint: 'Mend the file, or write the lines of the README by hand: they are three.',
  },
  ORY_PROXY_PROJECT: {
    status: 500,
    exit: 1,
    hint: 'Check the project (ORY_PROJECT) and its key in the Ory Console; a key belongs to one project.',
  },
  ORY_PROXY_UNREACHABLE: {
    status: 502,
    exit: 1,
    hint: 'Check the address and the network, or name no Ory at all to use the offline emulator.',
  },
  ORY_PROXY_APP_UNREACHABLE: {
    status: 502,
    exit: 1,
    hint: 'Start the app; this page and the next request find it as soon as it answers.',
  },
  ORY_PROXY_ANSWER_HEADERS: {
    status: 502,
    exit: 1,
    hint: 'Look for a cookie or header that grows with every request; up to 64 KiB are passed on.',
  },
  ORY_PROXY_BAD_REQUEST: {
    status: 400,
    exit: 1,
    hint: 'The request could not be read; nothing was passed on.',
  },
  ORY_PROXY_LENGTH_REQUIRED: {
    status: 411,
    exit: 1,
    hint: 'Send Content-Length, or put the command in front (npx ory-proxy local): proxies of dev servers would write this body unframed.',
  },
  ORY_PROXY_LOOP: {
    status: 508,
    exit: 1,
    hint: "Give what is behind ory-proxy the address of Ory itself (the banner names it), or take the app's own middleware for Ory out: `/.ory` is here already.",
  },
  ORY_PROXY_HOST_NOT_ALLOWED: {
    status: 403,
    exit: 1,
    hint: 'Name the host in `allowedHosts` (--allowed-hosts) if it is yours.',
  },
  ORY_PROXY_ORIGIN_NOT_ALLOWED: {
    status: 403,
    exit: 1,
    hint: 'Name the origin in `allowedCorsOrigins` (--allowed-cors-origins) if it is yours.',
  },
  ORY_PROXY_TOOLS_REFUSED: {
    status: 403,
    exit: 1,
    hint: 'Open them on this machine, by the address that the dev server names.',
  },
  ORY_PROXY_CLOSED: {
    status: 503,
    exit: 1,
    hint: 'ory-proxy was closed while its server goes on: start it again, or take its gate down as well.',
  },
  ORY_PROXY_SIGN_IN: {
    status: 401,
    exit: 1,
    hint: 'Sign in and come back. The app asks for that with `protect` (--protect).',
  },
  ORY_PROXY_SECOND_FACTOR: {
    status: 401,
    exit: 1,
    hint: 'Sign in with the second factor too; this Ory asks for it (`session.whoami.required_aal`).',
  },
  ORY_PROXY_SIGN_IN_LOOP: {
    status: 401,
    exit: 1,
    hint: 'Open the app by the one address its start names, `localhost` rather than `127.0.0.1`, and look whether the browser blocks cookies.',
  },
  ORY_PROXY_WHO_UNKNOWN: {
    status: 503,
    exit: 1,
    hint: 'Nobody is sent to sign in for that: try again once Ory answers; the terminal says why it does not.',
  },
  ORY_PROXY_PORT_TAKEN: { status: 500, exit: 1, hint: 'Choose another port.' },
  ORY_PROXY_KEY_FILE: {
    status: 500,
    exit: 1,
    hint: 'Remove the file to get a new key, or name another one with `keyFile` (--key-file).',
  },
  ORY_PROXY_JWKS: {
    status: 502,
    exit: 1,
    hint: 'Start the proxy; where it speaks https, let the backend trust it: NODE_EXTRA_CA_CERTS="$(npx ory-proxy cert path)" (in Windows\' cmd: set NODE_EXTRA_CA_CERTS= and the file that `npx ory-proxy cert path` prints).',
  },
  ORY_PROXY_UNSUPPORTED: {
    status: 500,
    exit: 1,
    hint: 'Supported are Vite 6 to 8, webpack-dev-server 4 to 6, @rspack/dev-server 1 and 2, and Rsbuild 2. With any other: npx ory-proxy local <address of the dev server>.',
  },
  ORY_PROXY_EMULATOR_CONFIG: {
    status: 500,
    exit: 2,
    hint: "Compare the file with Kratos' configuration reference.",
  },
  ORY_PROXY_EMULATOR_SEED: {
    status: 500,
    exit: 2,
    hint: "A seed is a list of identities in Kratos' import shape.",
  },
  ORY_PROXY_EMULATOR_STATE: {
    status: 500,
    exit: 2,
    hint: 'Import what --export wrote; export to a file that can be written.',
  },
  ORY_PROXY_TESTING: {
    status: 500,
    exit: 1,
    hint: 'How tests are set up: docs/testing.md.',
  },
  ORY_PROXY_JSONNET: {
    status: 500,
    exit: 2,
    hint: 'Try it by hand: ory-proxy jsonnet FILE --ctx ctx.json.',
  },
  ORY_PROXY_EXPORT: {
    status: 500,
    exit: 2,
    hint: 'See `ory-proxy export --help`.',
  },
  ORY_PROXY_CHECK: {
    status: 500,
    exit: 2,
    hint: 'See `ory-proxy check --help`.',
  },
  ORY_PROXY_REHEARSE: {
    status: 500,
    exit: 1,
    hint: 'What an engine needs stands in docs/production.md.',
  },
  ORY_PROXY_PRODUCTION: {
    status: 500,
    exit: 1,
    hint: 'It hands out identities to anybody: name an Ory (ORY_SDK_URL), or set NODE_ENV=development on your own machine.',
  },
} as const

/** One of the codes in {@link ERRORS}. */
export type OryProxyErrorCode = keyof typeof ERRORS

/**
 * The one class we throw on purpose. Match on `code`; `message` may change in any release.
 *
 * @example
 * import { createOryMiddleware, OryProxyError } from 'ory-proxy'
 *
 * try {
 *   await createOryMiddleware({ sdkUrl: 'nonsense' })
 * } catch (error) {
 *   if (error instanceof OryProxyError) console.error(error.code, error.hint)
 * }
 */
export class OryProxyError extends Error {
  override readonly name = 'OryProxyError'
  readonly code: OryProxyErrorCode
  /** The HTTP status this error becomes when it answers a request. */
  readonly status: number
  /** What the command exits with: 2 where it was told something wrong, else 1. */
  readonly exit: number
  /** What to do about it, one sentence. */
  readonly hint: string

  /**
   * @param code one of {@link ERRORS}
   * @param message what happened, quoting the value and naming the option; never a secret
   * @param options `cause`: what really happened
   */
  constructor(code: OryProxyErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.status = ERRORS[code].status
    this.exit = ERRORS[code].exit
    this.hint = ERRORS[code].hint
  }

  /** What happened and what to do about it, as one line. */
  get explanation(): string {
    return `${/[.!?]$/.test(this.message) ? this.message : `${this.message}.`} ${this.hint}`
  }
}
