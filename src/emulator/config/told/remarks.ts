/** What of a configuration means something else here than where it comes from. */
import { baseFor, type Standing } from '../place.js'
import type { ConfigFile } from '../read.js'
import { isDirect } from '../urls.js'

/** One line each. */
export function remarksOn(file: ConfigFile, standing: Standing): string[] {
  return [
    ...aboutAddress(file, standing),
    ...aboutCookies(file, standing),
    ...aboutTokens(file, standing),
  ].map(line => `${file.name}: ${line}`)
}

function aboutAddress(file: ConfigFile, { embedded, publicUrl, listening }: Standing): string[] {
  const { baseUrl } = file
  if (baseUrl === undefined || publicUrl !== undefined) return []
  if (embedded) {
    return [
      `serve.public.base_url, ${baseUrl}, does not count in here: Ory is below /.ory of your own address`,
    ]
  }
  if (isDirect(baseUrl, file.port)) return []
  return [
    `forms and links point to serve.public.base_url, ${baseUrl}: a server there has to pass them on to ${listening}. ` +
      'Leave it out, or set SERVE_PUBLIC_BASE_URL, to have them here.',
  ]
}

/** A browser drops a cookie of a domain that the host it asked is not in (RFC 6265, section 5.3); a dev server takes the domain off. */
function aboutCookies(file: ConfigFile, standing: Standing): string[] {
  const base = baseFor(file, standing)
  const { cookies, session } = file.at({ base })
  const { hostname } = new URL(base)
  const hosts = file.baseUrl === undefined ? [hostname, 'localhost'] : [hostname]
  const given = [...new Set([session.cookie.domain, cookies.domain])]
  if (standing.embedded) return []
  return given
    .filter(domain => domain !== undefined && !hosts.some(host => isWithin(host, domain)))
    .map(
      domain =>
        `cookies of the domain "${domain}" are kept by no browser that is at ${base}: nobody stays signed in`,
    )
}

/** Kratos' schema documents a minute, and Kratos v26.2.0 does not fill it in. */
function aboutTokens(file: ConfigFile, standing: Standing): string[] {
  const { templates } = file.at({ base: baseFor(file, standing) }).session.whoami
  const expired = Object.entries(templates).filter(([, { ttl }]) => ttl === 0)
  return expired.map(
    ([name]) =>
      `session.whoami.tokenizer.templates.${name} has no ttl: its tokens are expired when they are made, as in Kratos v26.2.0. Write "ttl: 1m".`,
  )
}

function isWithin(host: string, domain: string): boolean {
  const wanted = domain.replace(/^\./, '').toLowerCase()
  return host === wanted || host.endsWith(`.${wanted}`)
}
