import { OryProxyError } from '../errors.js'
import { printable } from '../log.js'

/** Milliseconds until the console is given up; less for what is said at the end. */
const DEADLINE = 10_000
const GOODBYE_DEADLINE = 3000

/** Ory Network's console API, as far as a proxy needs it (https://www.ory.com/docs/reference/api). */
export interface Console {
  /** The slug of the project that a token belongs to. */
  slugOfToken(): Promise<string>
  /** @param project slug or id */
  project(project: string): Promise<{ id: string; slug: string }>
  createKey(project: string, name: string, expiresAt: Date): Promise<{ id: string; value: string }>
  deleteKey(project: string, key: string): Promise<void>
}

/**
 * Every call fails with an {@link OryProxyError}: `ORY_PROXY_PROJECT` where the console refuses or knows nothing
 * of it, `ORY_PROXY_UNREACHABLE` where it gives no answer.
 *
 * @param token an access token or API key
 */
export function createConsole(endpoint: URL, token: string): Console {
  const name = `Ory's console at ${endpoint.origin}`

  async function call(path: string, init: RequestInit, deadline = DEADLINE): Promise<unknown> {
    const headers = { Authorization: `Bearer ${token}`, Accept: 'application/json', ...init.headers }
    const signal = AbortSignal.timeout(deadline)
    const url = new URL(path, endpoint)
    const response = await fetch(url, { ...init, headers, redirect: 'error', signal }).catch(cause => {
      throw new OryProxyError('ORY_PROXY_UNREACHABLE', `${name} does not answer.`, { cause })
    })
    if (!response.ok) throw refusal(response.status)
    return response.json().catch(() => null)
  }

  function refusal(status: number): OryProxyError {
    const project = (what: string): OryProxyError =>
      new OryProxyError('ORY_PROXY_PROJECT', `${name} ${what}.`)
    if (status === 401 || status === 403) return project(`refuses the token or API key (status ${status})`)
    if (status === 404) return project('knows no such project')
    if (status === 429 || status >= 500) {
      return new OryProxyError('ORY_PROXY_UNREACHABLE', `${name} cannot answer now (status ${status}).`)
    }
    return project(`refuses (status ${status})`)
  }

  function text(body: unknown, member: string): string {
    const value = (body as Record<string, unknown> | null)?.[member]
    if (typeof value === 'string' && value !== '') return value
    throw new OryProxyError('ORY_PROXY_PROJECT', `${name} gave an answer without ${printable(member)}.`)
  }

  const at = (project: string, rest = ''): string => `/projects/${encodeURIComponent(project)}${rest}`
  return {
    slugOfToken: async () => text(await call('/backoffice/token/slug', {}), 'slug'),
    async project(project) {
      const body = await call(at(project), {})
      return { id: text(body, 'id'), slug: text(body, 'slug') }
    },
    async createKey(project, keyName, expiresAt) {
      const body = await call(at(project, '/tokens'), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: keyName, expires_at: expiresAt.toISOString() }),
      })
      return { id: text(body, 'id'), value: text(body, 'value') }
    },
    async deleteKey(project, key) {
      await call(at(project, `/tokens/${encodeURIComponent(key)}`), { method: 'DELETE' }, GOODBYE_DEADLINE)
    },
  }
}
