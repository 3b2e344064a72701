/** Every setting there is. */
import type { OryOptions } from './types.js'

/** What a value must look like; `kinds.ts` says how it is checked and read from text. */
export type Kind =
  | 'text'
  | 'project'
  | 'template'
  | 'provider'
  | 'url'
  | 'switch'
  | 'seconds'
  | 'hosts'
  | 'origins'
  | 'headers'
  | 'paths'
  | 'routes'
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
  certProvider?: 'own' | 'devcert'
  rewriteHost?: boolean
  route?: readonly string[]
  open?: boolean
  quiet?: boolean
  yes?: boolean
  json?: boolean
  seed?: string
}

/** Every setting there is. */
export type OptionName = keyof OryOptions | keyof CommandOptions

/** Headings of `--help`, in their order. */
export const GROUPS = ['Which Ory', 'Listening', 'Identity', 'Answers', 'Terminal'] as const

/** One setting: everything that is said about it, said once. */
export interface OptionRow {
  readonly kind: Kind
  readonly group: (typeof GROUPS)[number]
  /** One line of `--help`. */
  readonly help: string
  /** Completes "must be …", where the kind's own example would mislead. */
  readonly example?: string
  /** Environment variables that stand for it, first come first served. */
  readonly env?: readonly string[]
  /** No flag: a secret, which every process list would show, or nothing that fits into text. */
  readonly noFlag?: true
  /** Of no use inside a dev server, which brings its own. */
  readonly commandOnly?: true
  /** Has a line of its own in `--help`; the others are named there, and explained by `ory-proxy help`. */
  readonly usual?: true
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
    usual: true,
  },
  project: {
    kind: 'project',
    group: 'Which Ory',
    help: 'Ory Network; its key in ORY_PROJECT_API_KEY',
    env: ['ORY_PROJECT', 'ORY_PROJECT_SLUG'],
    usual: true,
  },
  projectApiKey: {
    kind: 'text',
    group: 'Which Ory',
    help: 'API key of that project',
    env: ['ORY_PROJECT_API_KEY'],
    noFlag: true,
  },
  tokenizeAs: {
    kind: 'template',
    group: 'Which Ory',
    help: 'its template of tokens: the app gets the JWT of Ory, not ours',
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
    help: 'where projects live; with none named, Ory itself',
    example: 'an address like "https://oryapis.com"',
  },
  consoleApiEndpoint: {
    kind: 'url',
    group: 'Which Ory',
    help: 'where the console lives',
    example: 'an address like "https://api.console.ory.sh"',
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
    help: 'people of the emulator (ory.seed.json)',
    example: 'a file like "ory.seed.json"',
    commandOnly: true,
    usual: true,
  },
  emulator: { kind: 'object', group: 'Which Ory', help: 'settings of the embedded emulator', noFlag: true },
  config: {
    kind: 'text',
    group: 'Which Ory',
    help: 'these settings as a file (default: ory-proxy.yml)',
    example: 'a file like "ory-proxy.yml"',
    env: ['ORY_CONFIG_PATH'],
  },
  port: {
    kind: 'port',
    group: 'Listening',
    help: '0 takes a free one',
    env: ['PORT'],
    commandOnly: true,
    usual: true,
  },
  host: {
    kind: 'text',
    group: 'Listening',
    help: 'address; beyond this machine your network gets in',
    example: 'an address like "127.0.0.1"',
    commandOnly: true,
  },
  https: {
    kind: 'switch',
    group: 'Listening',
    help: 'serve plain http',
    on: true,
    commandOnly: true,
    usual: true,
  },
  dontInstallCert: {
    kind: 'switch',
    group: 'Listening',
    help: 'self-signed certificate; no browser is told to trust it',
    commandOnly: true,
  },
  tlsCert: {
    kind: 'text',
    group: 'Listening',
    help: 'your own certificate (PEM)',
    example: 'a file like "cert.pem"',
    commandOnly: true,
  },
  tlsKey: {
    kind: 'text',
    group: 'Listening',
    help: 'and its key (PEM)',
    example: 'a file like "key.pem"',
    commandOnly: true,
  },
  certProvider: {
    kind: 'provider',
    group: 'Listening',
    help: '"devcert": a certificate of its authority',
    commandOnly: true,
  },
  allowedHosts: {
    kind: 'hosts',
    group: 'Listening',
    help: 'more names to answer to, like .app.test',
    usual: true,
  },
  publicUrl: {
    kind: 'url',
    group: 'Listening',
    help: 'the address people type, when it is another one',
    example: 'an address like "https://app.example"',
  },
  trustForwarded: {
    kind: 'switch',
    group: 'Listening',
    help: 'believe X-Forwarded-* of a proxy in front',
  },
  jwt: { kind: 'switch', group: 'Identity', help: 'no session check, no JWT', on: true, usual: true },
  sessionCache: {
    kind: 'seconds',
    group: 'Identity',
    help: 'how long an answer of whoami is believed',
  },
  protect: {
    kind: 'paths',
    group: 'Identity',
    help: 'paths for signed-in people only, like /app/*,!/app/health',
  },
  passAuthorization: {
    kind: 'switch',
    group: 'Identity',
    help: "hand on a client's own Authorization when nobody is signed in",
  },
  keyFile: {
    kind: 'text',
    group: 'Identity',
    help: 'where the signing key is kept (default: in node_modules)',
    example: 'a file like "jwt-key.json"',
  },
  defaultRedirectUrl: {
    kind: 'url',
    group: 'Answers',
    help: "where people go instead of Ory's welcome page",
    example: 'an address like "http://localhost:3000/welcome"',
  },
  cookieDomain: { kind: 'domain', group: 'Answers', help: "domain of Ory's cookies" },
  allowedCorsOrigins: {
    kind: 'origins',
    group: 'Answers',
    help: 'origins whose pages may read answers and write as whoever is signed in',
  },
  additionalCorsHeaders: {
    kind: 'headers',
    group: 'Answers',
    help: 'request headers they may send besides the usual ones',
  },
  rewriteHost: {
    kind: 'switch',
    group: 'Answers',
    help: "tell the app its own host name instead of the browser's",
    commandOnly: true,
  },
  panel: {
    kind: 'switch',
    group: 'Answers',
    help: 'a badge in every page that opens the tools; nothing for others',
  },
  route: {
    kind: 'routes',
    group: 'Answers',
    help: 'further apps, like /api=http://localhost:3001 or api.localhost=3002',
    commandOnly: true,
  },
  open: { kind: 'switch', group: 'Terminal', help: 'do not open the browser', on: true, commandOnly: true },
  quiet: { kind: 'switch', group: 'Terminal', help: 'say nothing but errors', commandOnly: true },
  debug: { kind: 'switch', group: 'Terminal', help: 'why each request is who it is', usual: true },
  json: {
    kind: 'switch',
    group: 'Terminal',
    help: 'JSON lines on standard output, for scripts',
    commandOnly: true,
    usual: true,
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
