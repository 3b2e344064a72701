import { OryProxyError } from '../errors.js'
import { printable } from '../log.js'
import { SLUG } from '../options/kinds.js'
import type { ResolvedOptions } from '../options/resolve.js'
import { createOryClient } from './client.js'
import { createConsole } from './console.js'
import type { OryTarget } from './types.js'

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/**
 * Ory Network: a slug is part of the address; an id, and an access token, are looked up at the console.
 *
 * @throws {OryProxyError} `ORY_PROXY_PROJECT` when the console or the edge refuses or does not know,
 * `ORY_PROXY_UNREACHABLE` when the console gives no answer
 */
export async function projectTarget(options: ResolvedOptions): Promise<OryTarget> {
  const { projectApiKey, accessToken, apiKeyExpiry } = options
  const why = whyThisOne(options)
  const credential = projectApiKey ?? accessToken
  const slug = await slugOf(options, credential)
  const url = await existing(projectUrl(slug, options), slug)
  if (apiKeyExpiry === undefined) return { url, why, apiKey: credential }
  if (credential === undefined) {
    throw new OryProxyError(
      'ORY_PROXY_PROJECT',
      'A temporary API key takes ORY_ACCESS_TOKEN or ORY_PROJECT_API_KEY.',
    )
  }
  return { url, why, ...(await temporaryKey(options, credential, slug, apiKeyExpiry)) }
}

function whyThisOne({ project, from }: ResolvedOptions): string {
  const name = project === undefined ? 'accessToken' : 'project'
  return from[name] ?? name
}

async function slugOf(options: ResolvedOptions, credential: string | undefined): Promise<string> {
  const { project, accessToken, consoleApiEndpoint } = options
  if (project === undefined) return createConsole(consoleApiEndpoint, accessToken!).slugOfToken()
  if (!UUID.test(project)) return project
  if (credential !== undefined)
    return (await createConsole(consoleApiEndpoint, credential).project(project)).slug
  const message = `Finding project ${project} by its id takes its API key in ORY_PROJECT_API_KEY.`
  throw new OryProxyError('ORY_PROXY_PROJECT', message)
}

/** `https://<slug>.projects.<host of the API endpoint>`. */
function projectUrl(slug: string, { apiEndpoint }: ResolvedOptions): URL {
  if (!SLUG.test(slug)) {
    throw new OryProxyError('ORY_PROXY_PROJECT', `"${printable(slug)}" is no project slug.`)
  }
  return new URL(`${apiEndpoint.protocol}//${slug}.projects.${apiEndpoint.host}`)
}

/** A misspelt slug is told now, not with the first sign-in. An edge that gives no answer may do so later. */
async function existing(url: URL, slug: string): Promise<URL> {
  const client = createOryClient(url)
  const answer = await client.whoami({})
  client.close()
  if (answer.kind !== 'unreachable' || answer.status !== 404) return url
  throw new OryProxyError('ORY_PROXY_PROJECT', `There is no project "${slug}" at ${url.origin}.`)
}

/** A key for this run: made now, deleted at the end, and expiring by itself where that fails. */
async function temporaryKey(
  { consoleApiEndpoint, logger }: ResolvedOptions,
  credential: string,
  slug: string,
  seconds: number,
): Promise<Pick<OryTarget, 'apiKey' | 'release'>> {
  const console = createConsole(consoleApiEndpoint, credential)
  const { id } = await console.project(slug)
  const expiresAt = new Date(Date.now() + seconds * 1000)
  const key = await console.createKey(id, 'ory-proxy: temporary key', expiresAt)
  const release = (): Promise<void> =>
    console.deleteKey(id, key.id).catch((error: Error) => {
      logger.warn(
        `The temporary API key is not deleted, it expires ${expiresAt.toISOString()}: ${error.message}`,
      )
    })
  return { apiKey: key.value, release }
}
