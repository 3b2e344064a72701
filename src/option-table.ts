import type { OryOptions } from './options.js'

/** What a value must look like; `option-kinds.ts` says how it is checked and read from text. */
export type Kind =
  | 'text'
  | 'url'
  | 'switch'
  | 'seconds'
  | 'hosts'
  | 'origins'
  | 'headers'
  | 'domain'
  | 'port'
  | 'object'

/** Settings that only the command has: a dev server brings its own port, certificate and terminal. */
export interface CommandOptions {
  port?: number
  host?: string
  https?: boolean
  dontInstallCert?: boolean
  tlsCert?: string
  tlsKey?: string
  certProvider?: string
  rewriteHost?: boolean
  open?: boolean
  quiet?: boolean
  yes?: boolean
  json?: boolean
  seed?: string
  config?: string
}

/** Every setting there is. */
export type OptionName = keyof OryOptions | keyof CommandOptions

/** Headings of `--help`, in their order. */
export const GROUPS = ['Which Ory', 'Where it listens', 'Who asks', 'What comes back', 'Terminal'] as const

/** One setting: everything that is said about it, said once. */
export interface OptionRow {
  readonly kind: Kind
  readonly group: (typeof GROUPS)[number]
  /** One line of `--help`. */
  readonly help: string
  /** A value that is right, where the kind's own example would mislead. */
  readonly example?: string
  /** Environment variables that stand for it, first come first served. */
  readonly env?: readonly string[]
  /** No flag: a secret, which every process list would show, or nothing that fits into text. */
  readonly noFlag?: true
  /** Of no use inside a dev server, which brings its own. */
  readonly commandOnly?: true
  /** Shown in `--help` as `--no-…`: it is on unless switched off. */
  readonly on?: true
}

/** The one table of settings: the command's flags, the options of every face, the environment and the checks. */
export const OPTIONS: Readonly<Record<OptionName, OptionRow>> = {
  sdkUrl: {
    kind: 'url',
    group: 'Which Ory',
    help: 'Kratos, a custom domain or a project URL',
    env: ['ORY_SDK_URL', 'VITE_ORY_SDK_URL', 'NEXT_PUBLIC_ORY_SDK_URL'],
  },
  project: {
    kind: 'text',
    group: 'Which Ory',
    help: 'Ory Network project; its key in ORY_PROJECT_API_KEY',
    example: '"happy-ant-x1y2z3"',
    env: ['ORY_PROJECT', 'ORY_PROJECT_SLUG'],
  },
  projectApiKey: {
    kind: 'text',
    group: 'Which Ory',
    help: 'API key of that project',
    env: ['ORY_PROJECT_API_KEY'],
    noFlag: true,
  },
  workspace: {
    kind: 'text',
    group: 'Which Ory',
    help: 'accepted, not needed: a project is found without it',
    env: ['ORY_WORKSPACE'],
  },
  accessToken: {
    kind: 'text',
    group: 'Which Ory',
    help: 'access token; the project is looked up with it',
    env: ['ORY_ACCESS_TOKEN'],
    noFlag: true,
  },
  apiEndpoint: {
    kind: 'url',
    group: 'Which Ory',
    help: 'where projects live; alone: Ory',
    example: '"https://oryapis.com"',
  },
  consoleApiEndpoint: {
    kind: 'url',
    group: 'Which Ory',
    help: 'where the console lives',
    example: '"https://api.console.ory.sh"',
  },
  apiKeyExpiry: {
    kind: 'seconds',
    group: 'Which Ory',
    help: 'use a temporary API key that lives this long, like 24h',
    example: '"24h" or a number of seconds like 3600',
  },
  seed: {
    kind: 'text',
    group: 'Which Ory',
    help: 'people the emulator begins with (default: ory.seed.json)',
    example: '"ory.seed.json"',
    commandOnly: true,
  },
  emulator: { kind: 'object', group: 'Which Ory', help: 'settings of the embedded emulator', noFlag: true },
  config: {
    kind: 'text',
    group: 'Which Ory',
    help: 'these settings as a file (default: ory-proxy.yml)',
    example: '"ory-proxy.yml"',
    env: ['ORY_CONFIG_PATH'],
    commandOnly: true,
  },
  port: {
    kind: 'port',
    group: 'Where it listens',
    help: 'port; 0 takes a free one',
    env: ['PORT'],
    commandOnly: true,
  },
  host: {
    kind: 'text',
    group: 'Where it listens',
    help: 'address; beyond loopback your network gets in',
    example: '"127.0.0.1"',
    commandOnly: true,
  },
  https: { kind: 'switch', group: 'Where it listens', help: 'serve plain http', on: true, commandOnly: true },
  dontInstallCert: {
    kind: 'switch',
    group: 'Where it listens',
    help: 'self-signed certificate; no browser is told to trust it',
    commandOnly: true,
  },
  tlsCert: {
    kind: 'text',
    group: 'Where it listens',
    help: 'your own certificate (PEM)',
    example: '"cert.pem"',
    commandOnly: true,
  },
  tlsKey: {
    kind: 'text',
    group: 'Where it listens',
    help: 'and its key (PEM)',
    example: '"key.pem"',
    commandOnly: true,
  },
  certProvider: {
    kind: 'text',
    group: 'Where it listens',
    help: '"devcert": a certificate of its authority',
    example: '"devcert"',
    commandOnly: true,
  },
  allowedHosts: {
    kind: 'hosts',
    group: 'Where it listens',
    help: 'more host names to answer to; .app.test means all below it',
  },
  publicUrl: {
    kind: 'url',
    group: 'Where it listens',
    help: 'the address people type, when it is another one',
    example: '"https://app.example"',
  },
  trustForwarded: {
    kind: 'switch',
    group: 'Where it listens',
    help: 'believe X-Forwarded-* of a proxy in front',
  },
  jwt: { kind: 'switch', group: 'Who asks', help: 'no session check, no JWT', on: true },
  sessionCache: {
    kind: 'seconds',
    group: 'Who asks',
    help: 'how long an answer of whoami is believed',
  },
  passAuthorization: {
    kind: 'switch',
    group: 'Who asks',
    help: "hand on a client's own Authorization when nobody is signed in",
  },
  keyFile: {
    kind: 'text',
    group: 'Who asks',
    help: 'where the signing key is kept (default: in node_modules)',
    example: '"jwt-key.json"',
  },
  defaultRedirectUrl: {
    kind: 'url',
    group: 'What comes back',
    help: "where people go instead of Ory's welcome page",
    example: '"http://localhost:3000/welcome"',
  },
  cookieDomain: { kind: 'domain', group: 'What comes back', help: "domain of Ory's cookies" },
  allowedCorsOrigins: {
    kind: 'origins',
    group: 'What comes back',
    help: 'origins that may read answers with credentials',
  },
  additionalCorsHeaders: {
    kind: 'headers',
    group: 'What comes back',
    help: 'request headers they may send besides the usual ones',
  },
  rewriteHost: {
    kind: 'switch',
    group: 'What comes back',
    help: "tell the app its own host name instead of the browser's",
    commandOnly: true,
  },
  open: { kind: 'switch', group: 'Terminal', help: 'do not open the browser', on: true, commandOnly: true },
  quiet: { kind: 'switch', group: 'Terminal', help: 'say nothing but errors', commandOnly: true },
  debug: { kind: 'switch', group: 'Terminal', help: 'say for each request who it is and why' },
  json: {
    kind: 'switch',
    group: 'Terminal',
    help: 'JSON lines on standard output, for scripts',
    commandOnly: true,
  },
  yes: {
    kind: 'switch',
    group: 'Terminal',
    help: 'accepted, not needed: nothing is asked',
    commandOnly: true,
  },
  logger: { kind: 'object', group: 'Terminal', help: 'where our lines go', noFlag: true },
}

/** `sessionCache` as a flag: `--session-cache`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}
