/** Kratos' own configuration, `kratos.yml` or JSON, read for the emulator. */
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { OryProxyError } from '../errors.js'
import type { Logger } from '../log.js'
import { buildConfig } from './config/build.js'
import { idleKeys, withDefaults } from './config/check.js'
import { DEFAULT_CONFIG, DEFAULT_IDENTITY_SCHEMA } from './config/defaults.js'
import { loadIdentitySchema } from './config/identity-schemas.js'
import { checkUrls, urlResolver } from './config/urls.js'
import type { IdentitySchemaSource, KratosConfig } from './config-model.js'
import { readDocument, type TextDocument, valueDocument } from './document.js'
import type { Json, JsonObject } from './model.js'
import { asList, asObject } from './schema/fields.js'

/** What a configuration is read in. */
export interface ConfigEnvironment {
  /** The address the emulator listens on; the public address of a configuration that names none. */
  baseUrl: string
  /**
   * The address people really use, when it is not the `serve.public.base_url` of the file. Every
   * page and return URL of the file that lies on that address is pointed here.
   */
  publicUrl?: string
  logger: Logger
}

/**
 * Loads a configuration.
 *
 * @param source the path of a YAML or JSON file, its content as an object, or undefined for the built-in one
 * @throws {OryProxyError} `ORY_PROXY_EMULATOR_CONFIG`, with the file, line and column of the mistake
 */
export async function loadConfig(
  source: string | object | undefined,
  env: ConfigEnvironment,
): Promise<KratosConfig> {
  const document = await open(source)
  const value = document.value ?? {}
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw document.problem(
      [],
      "this is not a configuration of Kratos: it holds a single value, not Kratos' keys",
    )
  }
  const raw = withDefaults(document)
  checkUrls(document, raw)
  const idle = idleKeys(value)
  if (idle) env.logger.warn(`${typeof source === 'string' ? source : 'config'}: ${idle}`)
  const own = asObject(asObject(raw['serve'])['public'])['base_url'] as string | undefined
  const built = buildConfig(raw, urlResolver(own, env.publicUrl, env.baseUrl))
  const directory = typeof source === 'string' ? dirname(resolve(source)) : process.cwd()
  return { ...built, identity: await loadIdentity(asObject(raw['identity']), document, directory) }
}

async function open(source: string | object | undefined): Promise<TextDocument> {
  if (source === undefined) return valueDocument(DEFAULT_CONFIG, 'config', 'ORY_PROXY_EMULATOR_CONFIG')
  if (typeof source === 'object') {
    return valueDocument(plain(source), 'config', 'ORY_PROXY_EMULATOR_CONFIG')
  }
  try {
    return await readDocument(await readFile(source, 'utf8'), source, 'ORY_PROXY_EMULATOR_CONFIG')
  } catch (cause) {
    if (cause instanceof OryProxyError) throw cause
    const reason =
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (cause as Error).message
    throw new OryProxyError('ORY_PROXY_EMULATOR_CONFIG', `${source}: ${reason}`, { cause })
  }
}

/** A configuration is data: what JSON cannot say (functions, cycles) has no meaning in it. */
function plain(source: object): Json {
  try {
    return JSON.parse(JSON.stringify(source)) as JsonObject
  } catch (cause) {
    throw new OryProxyError('ORY_PROXY_EMULATOR_CONFIG', `config: ${(cause as Error).message}`, { cause })
  }
}

async function loadIdentity(
  raw: JsonObject,
  document: TextDocument,
  directory: string,
): Promise<KratosConfig['identity']> {
  const id = raw['default_schema_id'] as string
  if (raw['schemas'] === undefined) return { default_schema_id: id, schemas: [builtInSchema(id)] }
  const named = asList(raw['schemas']) as unknown as Omit<IdentitySchemaSource, 'schema'>[]
  const schemas = await Promise.all(named.map((one, i) => loadIdentitySchema(one, i, document, directory)))
  if (!schemas.some(schema => schema.id === id)) {
    throw document.problem(
      ['identity', 'default_schema_id'],
      `"identity.default_schema_id" is "${id}", but the schemas are ${schemas.map(s => `"${s.id}"`).join(', ')}`,
    )
  }
  return { default_schema_id: id, schemas }
}

function builtInSchema(id: string): IdentitySchemaSource {
  const encoded = Buffer.from(JSON.stringify(DEFAULT_IDENTITY_SCHEMA)).toString('base64')
  return { id, url: `base64://${encoded}`, selfservice_selectable: false, schema: DEFAULT_IDENTITY_SCHEMA }
}
