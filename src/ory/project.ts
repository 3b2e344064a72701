import { OryProxyError } from '../errors.js'
import { printable } from '../log.js'
import type { ResolvedOptions } from '../options.js'
import type { OryTarget } from './target.js'

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i
const SLUG = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i

/** Milliseconds until the console is given up. */
const CONSOLE_DEADLINE = 10_000

/**
 * Ory Network: a slug is part of the address; an id, and an access token, are looked up at the console.
 *
 * @throws {OryProxyError} `ORY_PROXY_PROJECT` when the console refuses or does not know, `ORY_PROXY_UNREACHABLE`
 */
export async function projectTarget(options: ResolvedOptions): Promise<OryTarget> {
  const { project, projectApiKey, accessToken, from } = options
  if (project === undefined) {
    const slug = await slugFromConsole(options, '/backoffice/token/slug', accessToken!)
    return { url: projectUrl(slug, options), why: from['accessToken'] ?? 'accessToken', apiKey: accessToken }
  }
  const why = from['project'] ?? 'project'
  if (!UUID.test(project))
    return { url: projectUrl(project, options), why, apiKey: projectApiKey ?? accessToken }
  const key = projectApiKey ?? accessToken
  if (key === undefined) {
    throw new OryProxyError('ORY_PROXY_PROJECT', `Finding project ${project} by its id takes an API key.`)
  }
  const slug = await slugFromConsole(options, `/projects/${project}`, key)
  return { url: projectUrl(slug, options), why, apiKey: key }
}

/** `https://<slug>.projects.<host of the API endpoint>`. */
function projectUrl(slug: string, { apiEndpoint }: ResolvedOptions): URL {
  if (!SLUG.test(slug))
    throw new OryProxyError('ORY_PROXY_PROJECT', `"${printable(slug)}" is no project slug.`)
  return new URL(`${apiEndpoint.protocol}//${slug}.projects.${apiEndpoint.host}`)
}

async function slugFromConsole(options: ResolvedOptions, path: string, token: string): Promise<string> {
  const url = new URL(path, options.consoleApiEndpoint)
  const headers = { Authorization: `Bearer ${token}`, Accept: 'application/json' }
  const signal = AbortSignal.timeout(CONSOLE_DEADLINE)
  const response = await fetch(url, { headers, redirect: 'error', signal }).catch((cause: Error) => {
    throw new OryProxyError('ORY_PROXY_UNREACHABLE', `Ory's console at ${url.origin} does not answer.`, {
      cause,
    })
  })
  if (!response.ok) {
    const what = response.status === 404 ? 'knows no such project' : `refused (status ${response.status})`
    throw new OryProxyError('ORY_PROXY_PROJECT', `Ory's console at ${url.origin} ${what}.`)
  }
  const body = (await response.json().catch(() => null)) as { slug?: unknown } | null
  if (typeof body?.slug === 'string') return body.slug
  throw new OryProxyError('ORY_PROXY_PROJECT', `Ory's console at ${url.origin} named no project.`)
}
