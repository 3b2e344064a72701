/** Kratos' own configuration, `kratos.yml` or JSON, read for the emulator. */

import type { Logger } from '../../log.js'
import { buildCourier, courierRemarks } from '../courier/config.js'
import { loadTemplates } from '../courier/templates.js'
import { cookieDomain } from '../go/cookie-domain.js'
import { asList, asObject } from '../schema/fields.js'
import { loadKeySets, loadSnippets } from '../snippets/index.js'
import type { JsonObject } from '../store/model.js'
import { buildConfig, milliseconds } from './build.js'
import { idleKeys, withDefaults } from './check.js'
import { DEFAULT_IDENTITY_SCHEMA, KEYS_IDENTITY_SCHEMA } from './defaults.js'
import type { TextDocument } from './document.js'
import { loadIdentitySchema } from './identity-schemas.js'
import type { IdentitySchemaSource, KratosConfig } from './model.js'
import { type ConfigSource, openConfig } from './open.js'
import { get } from './paths.js'
import { misplacedHooks } from './told/hook-places.js'
import { unfilledUrls } from './told/placeholders.js'
import { checkUrls, type FrontEnd, frontEndsOf, isDirect, type Place, urlResolver } from './urls.js'

/** A configuration that was read; what is in it depends on where the emulator is. */
export interface ConfigFile {
  at(place: Place): KratosConfig
  /** What it is called in messages. */
  readonly name: string
  /** Where it says that the public API is. */
  readonly baseUrl: string | undefined
  /** Where it tells Kratos to listen. */
  readonly port: number
  readonly adminPort: number
  /** Pages and return addresses that are another server's. */
  readonly frontEnds: readonly FrontEnd[]
  /** Every file that was read, schemas included; absolute. */
  readonly files: readonly string[]
}

/**
 * Reads a configuration.
 *
 * @param source undefined: the built-in one
 * @throws {OryProxyError} `ORY_PROXY_EMULATOR_CONFIG`, with the file, line and column of the mistake
 */
export async function readConfig(source: ConfigSource | undefined, logger: Logger): Promise<ConfigFile> {
  const { document, name, files, remarks, variables } = await openConfig(source)
  const raw = withDefaults(document)
  const unfilled = unfilledUrls(document, raw)
  checkUrls(document, raw)
  const { identity, read } = await loadIdentity(raw, document)
  const programs = await loadSnippets(raw, document)
  const keySets = await loadKeySets(raw, document)
  const mails = await loadTemplates(raw, document)
  for (const remark of [
    ...remarks,
    ...misplacedHooks(document),
    ...unfilled,
    ...noDomains(document, raw),
    ...read.flatMap(({ remark }) => remark ?? []),
    ...programs.remarks,
    ...keySets.remarks,
    ...mails.remarks,
  ])
    logger.warn(remark)
  if (variables.length > 0)
    logger.info(`${name}: what the environment says comes first: ${variables.join(', ')}`)
  if (files.length > 0 && identity.builtIn) logger.info(`${name}: ${NO_SCHEMA}`)
  const unmapped = source === undefined ? [] : providersWithoutMapper(raw)
  if (unmapped.length > 0) logger.info(`${name}: ${noMapper(unmapped)}`)
  for (const remark of courierRemarks(asObject(raw['courier']))) logger.info(`${name}: ${remark}`)
  const idle = idleKeys(document.value ?? {})
  if (idle) logger.warn(`${name}: ${idle}`)
  const listener = (which: string): JsonObject => asObject(asObject(raw['serve'])[which])
  const baseUrl = listener('public')['base_url'] as string | undefined
  const port = listener('public')['port'] as number
  const own = { baseUrl, isDirect: baseUrl !== undefined && isDirect(baseUrl, port) }
  return {
    at: place => ({
      ...buildConfig(raw, urlResolver(place, own, raw)),
      courier: { ...buildCourier(asObject(raw['courier']), milliseconds), templates: mails.templates },
      identity: identity.config,
      snippets: programs.found,
      keySets: keySets.found,
    }),
    name,
    baseUrl,
    port,
    adminPort: listener('admin')['port'] as number,
    frontEnds: frontEndsOf(raw, own),
    files: [
      ...files,
      ...read.flatMap(({ path }) => path ?? []),
      ...programs.files,
      ...keySets.files,
      ...mails.files,
    ],
  }
}

const NO_SCHEMA =
  'no identity.schemas are named: people have an email address and a name (Kratos would not start)'

const noMapper = (providers: readonly string[]): string =>
  `no mapper_url at ${providers.join(', ')}: claims go to the traits of the same name (Kratos would not start)`

function providersWithoutMapper(raw: JsonObject): string[] {
  const oidc = asObject(asObject(asObject(raw['selfservice'])['methods'])['oidc'])
  const providers = asList(asObject(oidc['config'])['providers']).map(asObject)
  return providers.filter(one => one['mapper_url'] === undefined).map(one => `"${one['id']}"`)
}

/** Go leaves such a domain out of every cookie, which is then for the host alone. */
function noDomains(document: TextDocument, raw: JsonObject): string[] {
  return [
    ['session', 'cookie', 'domain'],
    ['cookies', 'domain'],
  ].flatMap(path => {
    const domain = get(raw, path)
    if (typeof domain !== 'string' || domain === '' || cookieDomain(domain) !== undefined) return []
    const named = `"${path.join('.')}" is ${JSON.stringify(domain)}`
    return `${document.at(path)}: ${named}, which is no domain: cookies go without one, as in Kratos`
  })
}

/** The ports that a configuration tells Kratos to listen on, without reading what else it takes. */
export async function readPorts(
  source: ConfigSource | undefined,
): Promise<{ port: number; adminPort: number }> {
  const raw = withDefaults((await openConfig(source)).document)
  const portOf = (name: string): number => asObject(asObject(raw['serve'])[name])['port'] as number
  return { port: portOf('public'), adminPort: portOf('admin') }
}

interface LoadedIdentity {
  identity: { config: KratosConfig['identity']; builtIn: boolean }
  read: { path?: string; remark?: string }[]
}

async function loadIdentity(all: JsonObject, document: TextDocument): Promise<LoadedIdentity> {
  const raw = asObject(all['identity'])
  const id = raw['default_schema_id'] as string
  if (raw['schemas'] === undefined) {
    return {
      identity: {
        config: { default_schema_id: id, schemas: [builtInSchema(id, usesKeys(all))] },
        builtIn: true,
      },
      read: [],
    }
  }
  const named = asList(raw['schemas']) as unknown as Omit<IdentitySchemaSource, 'schema'>[]
  const read = await Promise.all(named.map((one, i) => loadIdentitySchema(one, i, document)))
  const schemas = read.map(({ source }) => source)
  if (!schemas.some(schema => schema.id === id)) {
    throw document.problem(
      ['identity', 'default_schema_id'],
      `"identity.default_schema_id" is "${id}", but the schemas are ${schemas.map(s => `"${s.id}"`).join(', ')}`,
    )
  }
  return { identity: { config: { default_schema_id: id, schemas }, builtIn: false }, read }
}

/** Whether somebody could want to sign in with a key. */
function usesKeys(raw: JsonObject): boolean {
  const methods = asObject(asObject(raw['selfservice'])['methods'])
  return ['webauthn', 'passkey'].some(name => asObject(methods[name])['enabled'] === true)
}

function builtInSchema(id: string, withKeys: boolean): IdentitySchemaSource {
  const schema = withKeys ? KEYS_IDENTITY_SCHEMA : DEFAULT_IDENTITY_SCHEMA
  const encoded = Buffer.from(JSON.stringify(schema)).toString('base64')
  return { id, url: `base64://${encoded}`, selfservice_selectable: false, schema }
}
