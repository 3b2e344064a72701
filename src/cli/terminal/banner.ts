import type { Emulator } from '../../emulator/index.js'
import type { Ory, Person } from '../../host/start.js'
import { flagOf, OPTIONS } from '../../options/table.js'
import type { Route } from '../server/routes.js'
import type { Started } from './report.js'

/** What the first lines are made of. */
export interface Serving {
  readonly url: string
  /** Where others in the network find it. */
  readonly network: readonly string[]
  readonly app: URL
  /** Further apps. */
  readonly routes?: readonly Route[]
  readonly ory: Ory
}

/** Without what may stand in front of the host: that would be a password. */
const addressOf = ({ origin, pathname }: URL): string => origin + pathname.replace(/\/$/, '')

/** Which Ory, in words. */
function which({ target, emulator }: Ory): string {
  const name = emulator ? 'embedded emulator' : addressOf(target.url)
  return `${name} (${target.why in OPTIONS ? flagOf(target.why) : target.why})`
}

/** Whom to sign in as; they share one password unless a seed says otherwise. */
function whoOf([first, second]: readonly Person[] = []): string | undefined {
  if (!first) return undefined
  if (!second) return `${first.email}, password ${first.password}`
  if (first.password === second.password)
    return `${first.email} or ${second.email}, password ${first.password}`
  return `${first.email}, password ${first.password}; ${second.email}, password ${second.password}`
}

/** At most eight lines and one a route, the empty one at the end included: where, which Ory and why, whom to sign in as, the keys, the next step. */
export function localBanner({ url, network, app, routes = [], ory }: Serving): Started['banner'] {
  const who = whoOf(ory.emulator?.people)
  return ({ bold, dim, cyan }) =>
    [
      `  ${bold('Open')}     ${cyan(url)}`,
      ...network.map(origin => `  Network  ${origin}`),
      `  App      ${app.origin}`,
      ...routes.map(({ rule, app }) => `           ${rule} → ${addressOf(app)}`),
      `  Ory      ${which(ory)}, at /.ory`,
      ...(who === undefined ? [] : [`  Sign in  ${who}`]),
      ...(ory.emulator ? [`  Inbox    ${url}/.ory/dev/inbox`] : []),
      ...keysLine(url, ory),
      dim(`  Next     link to /.ory/init/login, or open ${url}/.ory/init/login`),
      '',
    ].join('\n')
}

function keysLine(url: string, { options, issuer }: Ory): string[] {
  if (!options.jwt) return []
  if (options.tokenizeAs !== undefined)
    return [`  Tokens   Ory's own, by its template "${options.tokenizeAs}"`]
  return [`  Keys     ${url}/.ory/jwks.json, issuer ${issuer}`]
}

/** The same for a script. */
export function localFacts({ url, app, routes = [], ory }: Serving): Started['facts'] {
  return {
    url,
    app: app.origin,
    ...(routes.length > 0 && { routes: routes.map(({ rule, app }) => ({ rule, app: addressOf(app) })) }),
    ...oryFacts(ory),
    oryUrl: `${url}/.ory`,
    jwksUrl: `${url}/.ory/jwks.json`,
  }
}

/** The address, and how the three shells hand it to a program. */
export function tunnelBanner({ url, network, app, ory }: Serving): Started['banner'] {
  const who = whoOf(ory.emulator?.people)
  return ({ bold, cyan }) =>
    [
      `  ${bold('Ory')}         ${cyan(url)}, from ${which(ory)}`,
      ...network.map(origin => `  Network     ${origin}`),
      `  App         ${app.origin}, may read its answers with cookies`,
      ...(who === undefined ? [] : [`  Sign in     ${who}`]),
      ...(ory.emulator ? [`  Inbox       ${url}/dev/inbox`] : []),
      `  bash, zsh   export ORY_SDK_URL=${url}`,
      `  PowerShell  $Env:ORY_SDK_URL = "${url}"`,
      `  cmd         set ORY_SDK_URL=${url}`,
      '',
    ].join('\n')
}

export function tunnelFacts({ url, app, ory }: Serving): Started['facts'] {
  return { url, app: app.origin, ...oryFacts(ory), oryUrl: url }
}

/** Kratos' two addresses, and whom to sign in as. */
export function emulatorBanner(
  { url, adminUrl, people }: Emulator,
  network: readonly string[],
): Started['banner'] {
  const who = whoOf(people)
  return ({ bold, cyan, dim }) =>
    [
      `  ${bold('Public API')}  ${cyan(url)}`,
      ...network.map(origin => `  Network     ${origin}`),
      `  Admin API   ${adminUrl}`,
      ...(who === undefined ? [] : [`  Sign in     ${who}`]),
      dim(`  Next        open ${url}/ui/login`),
      '',
    ].join('\n')
}

export function emulatorFacts({ url, adminUrl, people }: Emulator): Started['facts'] {
  return { url, adminUrl, people }
}

function oryFacts({ target, emulator }: Ory): Started['facts'] {
  return {
    ory: emulator ? 'emulator' : addressOf(target.url),
    why: target.why,
    people: emulator?.people ?? [],
  }
}
