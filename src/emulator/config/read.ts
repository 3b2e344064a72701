/** Kratos' own configuration, `kratos.yml` or JSON, read for the emulator. */
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { OryProxyError } from '../../errors.js'
import type { Logger } from '../../log.js'
import { asList, asObject } from '../schema/fields.js'
import type { Json, JsonObject } from '../store/model.js'
import { buildConfig } from './build.js'
import { idleKeys, withDefaults } from './check.js'
import { DEFAULT_CONFIG, DEFAULT_IDENTITY_SCHEMA } from './defaults.js'
import { readDocument, type TextDocument, valueDocument } from './document.js'
import { loadIdentitySchema } from './identity-schemas.js'
import type { IdentitySchemaSource, KratosConfig } from './model.js'
import { checkUrls, urlResolver } from './urls.js'

/** A configuration that was read; what is in it depends on where the emulator is. */
export interface ConfigFile {
  /**
   * @param listening the address of the socket; the public one of a configuration that names none
   * @param published the address people really use, when it is not the `serve.public.base_url` of the file:
   *   every page and return URL of the file that lies on that one is pointed here
   */
  at(listening: string, published?: string): KratosConfig
}

/**
 * Reads a configuration.
 *
 * @param source the path of a YAML or JSON file, its content as an object, or undefined for the built-in one
 * @throws {OryProxyError} `ORY_PROXY_EMULATOR_CONFIG`, with the file, line and column of the mistake
 */
export async function readConfig(source: string | object | undefined, logger: Logger): Promise<ConfigFile> {
  const { document, raw } = await openChecked(source)
  checkUrls(document, raw)
  const idle = idleKeys(document.value ?? {})
  if (idle) logger.warn(`${typeof source === 'string' ? source : 'config'}: ${idle}`)
  const own = asObject(asObject(raw['serve'])['public'])['base_url'] as string | undefined
  const directory = typeof source === 'string' ? dirname(resolve(source)) : process.cwd()
  const identity = await loadIdentity(asObject(raw['identity']), document, directory)
  return {
    at: (listening, published) => ({ ...buildConfig(raw, urlResolver(own, published, listening)), identity }),
  }
}

/** The ports that a configuration tells Kratos to listen on, without reading what else it takes. */
export async function readPorts(
  source: string | object | undefined,
): Promise<{ port: number; adminPort: number }> {
  const { raw } = await openChecked(source)
  const portOf = (name: string): number => asObject(asObject(raw['serve'])[name])['port'] as number
  return { port: portOf('public'), adminPort: portOf('admin') }
}

async function openChecked(
  source: string | object | undefined,
): Promise<{ document: TextDocument; raw: JsonObject }> {
  const document = await open(source)
  const value = document.value ?? {}
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw document.problem(
      [],
      "this is not a configuration of Kratos: it holds a single value, not Kratos' keys",
    )
  }
  return { document, raw: withDefaults(document) }
}

async function open(source: string | object | undefined): Promise<TextDocument> {
  if (source === undefined) return valueDocument(DEFAULT_CONFIG, 'config', 'ORY_PROXY_EMULATOR_CONFIG')
  if (typeof source === 'object') {
    return valueDocument(plain(source), 'config', 'ORY_PROXY_EMULATOR_CONFIG')
  }
  try {
    return readDocument(await readFile(source, 'utf8'), source, 'ORY_PROXY_EMULATOR_CONFIG')
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
