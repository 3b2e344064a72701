import { isLoopback } from '../common/loopback.js'
import { type Check, check, type SourceFile } from './types.js'

/** What one needs to know of what runs to judge a configuration. */
export interface KratosSurroundings {
  /** The origins people open. */
  readonly origins: readonly string[]
  /** Where ory-proxy reaches this Kratos; undefined where it stands in for it. */
  readonly sdkUrl: string | undefined
}

type Node = Record<string, unknown>

const at = (node: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? (value as Node)[name] : undefined),
    node,
  )

/** A kratos.yml against the proxy in front of it. In front of the emulator, which reads it in its own way, all of it is right. */
export async function checkKratos(
  { file, text }: SourceFile,
  { origins, sdkUrl }: KratosSurroundings,
): Promise<Check[]> {
  if (sdkUrl === undefined) return []
  const { parse } = await import('yaml')
  let config: unknown
  try {
    config = parse(text)
  } catch {
    return []
  }
  const lineOf = (word: string): number =>
    Math.max(1, text.split('\n').findIndex(line => line.includes(`${word}:`)) + 1)
  const one = (code: string, level: Check['level'], word: string, message: string, fix: string): Check =>
    check({ code, level, file, line: lineOf(word), message, fix })
  return [
    ...baseUrl(config, sdkUrl, origins, one),
    ...returnUrls(config, origins, one),
    ...cookies(config, one),
  ]
}

type One = (code: string, level: Check['level'], word: string, message: string, fix: string) => Check

function baseUrl(config: unknown, sdkUrl: string, origins: readonly string[], one: One): Check[] {
  const base = at(config, 'serve', 'public', 'base_url')
  if (typeof base !== 'string' || !URL.canParse(base)) return []
  const [theirs, ours] = [new URL(base), new URL(sdkUrl)]
  const same =
    theirs.port === ours.port &&
    (theirs.hostname === ours.hostname || [theirs, ours].every(u => isLoopback(u.hostname)))
  if (same || origins.includes(theirs.origin) || theirs.pathname.startsWith('/.ory')) return []
  const message = `Forms go to ${theirs.origin}, past the proxy, which reaches this Kratos at ${ours.origin}.`
  return [one('KRATOS_BASE_URL', 'error', 'base_url', message, `base_url: ${ours.origin}/`)]
}

function returnUrls(config: unknown, origins: readonly string[], one: One): Check[] {
  const selfservice = at(config, 'selfservice')
  if (selfservice === undefined || origins.length === 0) return []
  const listed = [
    at(selfservice, 'allowed_return_urls'),
    at(selfservice, 'default_browser_return_url'),
  ].flat()
  const missing = origins.filter(
    origin => !listed.some(url => typeof url === 'string' && leadsTo(url, origin)),
  )
  return missing.map(origin => {
    const message = `Kratos does not lead back to ${origin}: /.ory/init/login ends at its error page.`
    return one(
      'KRATOS_RETURN_URLS',
      'error',
      'allowed_return_urls',
      message,
      `allowed_return_urls: [${origin}]`,
    )
  })
}

function leadsTo(rule: string, origin: string): boolean {
  const star = rule.replace('://*.', '://')
  if (!URL.canParse(star)) return false
  const [allowed, own] = [new URL(star), new URL(origin)]
  return allowed.origin === own.origin || (star !== rule && own.hostname.endsWith(`.${allowed.hostname}`))
}

function cookies(config: unknown, one: One): Check[] {
  return [at(config, 'cookies'), at(config, 'session', 'cookie')].flatMap(jar => {
    const found: Check[] = []
    const [domain, sameSite] = [at(jar, 'domain'), at(jar, 'same_site')]
    if (typeof domain === 'string' && domain !== '' && !isLoopback(domain)) {
      const message = `Cookies are for ${domain}: behind /.ory they are for the app's own host instead.`
      found.push(
        one(
          'KRATOS_COOKIES',
          'warning',
          'domain',
          message,
          'Leave `domain` out here, or say it as --cookie-domain.',
        ),
      )
    }
    if (sameSite === 'Strict') {
      const message = 'Cookies are `Strict`: they stay away when a mail or a social provider leads back.'
      found.push(one('KRATOS_COOKIES', 'error', 'same_site', message, 'same_site: Lax'))
    }
    return found
  })
}
