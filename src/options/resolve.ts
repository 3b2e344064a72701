import { isLoopback } from '../common/loopback.js'
import { rejectUnknown } from '../common/spelling.js'
import { OryProxyError } from '../errors.js'
import { createLogger, type Logger } from '../log.js'
import { checked } from './check.js'
import { type EnvFiles, readEnvFiles, withEnvFiles } from './env-files.js'
import { KINDS } from './kinds.js'
import { readSettingsFile, type SettingsFile } from './settings-file.js'
import { OPTIONS, type OptionName } from './table.js'
import type { EmbeddedEmulatorOptions, OryOptions } from './types.js'

/** Every default, in one place. The README and the TSDoc above are compared with it by a test. */
export const DEFAULTS = {
  apiEndpoint: 'https://oryapis.com',
  consoleApiEndpoint: 'https://api.console.ory.sh',
  jwt: true,
  sessionCache: 10,
  passAuthorization: false,
  protect: [],
  allowedHosts: [],
  trustForwarded: false,
  allowedCorsOrigins: [],
  additionalCorsHeaders: [],
  panel: false,
  debug: false,
} as const

/** After {@link resolveOptions}: defaults and environment filled in, addresses checked. */
export interface ResolvedOptions {
  readonly sdkUrl: URL | undefined
  readonly project: string | undefined
  readonly projectApiKey: string | undefined
  readonly workspace: string | undefined
  readonly accessToken: string | undefined
  readonly apiEndpoint: URL
  /** Whether `apiEndpoint` was given, which makes it the Ory to talk to. */
  readonly apiEndpointGiven: boolean
  readonly consoleApiEndpoint: URL
  readonly apiKeyExpiry: number | undefined
  readonly jwt: boolean
  readonly tokenizeAs: string | undefined
  readonly sessionCache: number
  readonly passAuthorization: boolean
  readonly protect: readonly string[]
  readonly allowedHosts: readonly string[]
  readonly publicUrl: URL | undefined
  readonly trustForwarded: boolean
  readonly defaultRedirectUrl: string | undefined
  readonly cookieDomain: string | undefined
  readonly allowedCorsOrigins: readonly string[]
  readonly additionalCorsHeaders: readonly string[]
  readonly keyFile: string | undefined
  readonly panel: boolean
  readonly debug: boolean
  readonly emulator: EmbeddedEmulatorOptions
  readonly logger: Logger
  /** Where each value that did not come from an option was found, like `{ sdkUrl: 'ORY_SDK_URL' }`. */
  readonly from: Readonly<Record<string, string>>
}

const EMULATOR_OPTIONS: readonly string[] = ['config', 'seed', 'import', 'export']

/** The options of every face; what only the command has is refused elsewhere. */
const OPTION_NAMES: readonly string[] = Object.entries(OPTIONS).flatMap(([name, row]) =>
  row.commandOnly ? [] : [name],
)

/** What else decides, besides the options themselves. */
export interface Surroundings {
  /** The settings file, where it is read already. */
  readonly file?: SettingsFile
  /** The project's folder. @default process.cwd() */
  readonly root?: string
  /** The port we are going to listen on: an address of Ory that names it would be our own. */
  readonly ownPort?: number
  /** What the project's `.env` files say, where it is known already. */
  readonly envFiles?: EnvFiles
}

/**
 * The only place that reads environment and settings file, or fills in a default.
 *
 * @param raw what the user wrote
 * @param environment read where an option is missing, and behind it the project's `.env` files; an empty variable counts as missing
 * @throws {OryProxyError} `ORY_PROXY_BAD_OPTION` for an unknown option or a wrong type, `ORY_PROXY_BAD_URL`
 */
export function resolveOptions(
  raw: OryOptions = {},
  environment: NodeJS.ProcessEnv = process.env,
  { ownPort, root, file: known, envFiles = readEnvFiles(root) }: Surroundings = {},
): ResolvedOptions {
  if ('seed' in Object(raw))
    throw new OryProxyError(
      'ORY_PROXY_BAD_OPTION',
      'People are a setting of the emulator: write `emulator: { seed: … }`, not `seed`.',
    )
  rejectUnknown(raw, OPTION_NAMES, '')
  const { env, named } = withEnvFiles(environment, envFiles)
  const file = known ?? readSettingsFile(raw.config, env, root)
  const from: Record<string, string> = {}
  const value = <K extends keyof OryOptions>(name: K): OryOptions[K] | undefined => {
    if (raw[name] !== undefined) return checked(name, raw[name], `"${name}"`)
    const isOurs = (text: string): boolean => name === 'sdkUrl' && isOurAddress(text, ownPort)
    const found = fromEnvironment(name, env, isOurs)
    if (found) {
      from[name] = named(found.source)
      return checked(name, found.value as OryOptions[K], from[name])
    }
    const written = file?.settings[name]
    if (file === undefined || written === undefined) return undefined
    from[name] = file.name
    return checked(name, written, `"${name}" in ${file.name}`)
  }
  const url = (name: 'sdkUrl' | 'apiEndpoint' | 'consoleApiEndpoint' | 'publicUrl'): URL | undefined => {
    const text = value(name)
    return text === undefined ? undefined : new URL(text)
  }
  const apiEndpoint = url('apiEndpoint')
  const debug = value('debug') ?? DEFAULTS.debug
  const emulator = value('emulator') ?? {}
  rejectUnknown(emulator, EMULATOR_OPTIONS, 'emulator.')
  if (emulator.seed !== undefined) checked('seed', emulator.seed, '"emulator.seed"')
  return {
    sdkUrl: url('sdkUrl'),
    project: value('project'),
    projectApiKey: value('projectApiKey'),
    workspace: value('workspace'),
    accessToken: value('accessToken'),
    apiEndpoint: apiEndpoint ?? new URL(DEFAULTS.apiEndpoint),
    apiEndpointGiven: apiEndpoint !== undefined,
    consoleApiEndpoint: url('consoleApiEndpoint') ?? new URL(DEFAULTS.consoleApiEndpoint),
    apiKeyExpiry: value('apiKeyExpiry'),
    jwt: value('jwt') ?? DEFAULTS.jwt,
    tokenizeAs: value('tokenizeAs'),
    sessionCache: value('sessionCache') ?? DEFAULTS.sessionCache,
    passAuthorization: value('passAuthorization') ?? DEFAULTS.passAuthorization,
    protect: value('protect') ?? DEFAULTS.protect,
    allowedHosts: value('allowedHosts') ?? DEFAULTS.allowedHosts,
    publicUrl: url('publicUrl'),
    trustForwarded: value('trustForwarded') ?? DEFAULTS.trustForwarded,
    defaultRedirectUrl: value('defaultRedirectUrl'),
    cookieDomain: value('cookieDomain'),
    allowedCorsOrigins: value('allowedCorsOrigins') ?? DEFAULTS.allowedCorsOrigins,
    additionalCorsHeaders: value('additionalCorsHeaders') ?? DEFAULTS.additionalCorsHeaders,
    keyFile: value('keyFile'),
    panel: value('panel') ?? DEFAULTS.panel,
    debug,
    emulator,
    logger: value('logger') ?? createLogger(debug ? 'debug' : 'info'),
    from,
  }
}

/** What the first variable that is set says; an empty one counts as missing. */
export function fromEnvironment(
  name: OptionName,
  env: NodeJS.ProcessEnv,
  skip: (text: string) => boolean = () => false,
): { source: string; value: unknown } | undefined {
  const source = OPTIONS[name].env?.find(variable => env[variable] && !skip(env[variable]))
  if (source === undefined) return undefined
  return { source, value: KINDS[OPTIONS[name].kind].fromText(env[source]!) }
}

const OUR_MOUNT = /^\/\.ory\/?$/

/**
 * An `ORY_SDK_URL` that front-end code uses may well be our own mount, or what our tunnel told people to set:
 * then it names no Ory.
 */
function isOurAddress(value: string, ownPort: number | undefined): boolean {
  if (OUR_MOUNT.test(value)) return true
  if (!URL.canParse(value)) return false
  const { hostname, pathname, port } = new URL(value)
  return (
    isLoopback(hostname) && (OUR_MOUNT.test(pathname) || (ownPort !== undefined && port === String(ownPort)))
  )
}
