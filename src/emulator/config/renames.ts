/**
 * Keys that older Kratos had: what they are called today, and those that are no more. Versions are the last ones
 * that knew the key; today is v26.2.0.
 */
import { asList, asObject } from '../schema/fields.js'
import type { Json, JsonObject } from '../store/model.js'
import type { DocumentPath, TextDocument } from './document.js'
import { get, isSection, matches, set, take } from './paths.js'

/** A key with another name, for the same thing. A `*` is any key or place of a list, and the same one in `to`. */
interface Rename {
  readonly from: string
  readonly to: string
  readonly until: string
  /** Where today's value has another form. */
  readonly convert?: (old: Json) => Json
  /** How it is written today, where a name does not say it. */
  readonly write?: string
}

const METHODS = ['password', 'oidc', 'profile', 'link']
const FLOWS = ['login', 'registration', 'settings', 'recovery', 'verification']
const PROVIDER = 'selfservice.methods.oidc.config.providers.*'

/** In the order in which they are looked for. */
export const RENAMES: readonly Rename[] = [
  {
    from: 'identity.default_schema_url',
    to: 'identity.schemas',
    until: 'v0.8',
    convert: url => [{ id: 'default', url }],
    write: 'identity.schemas: [{ id: default, url: … }]',
  },
  { from: 'selfservice.whitelisted_return_urls', to: 'selfservice.allowed_return_urls', until: 'v0.8' },
  { from: 'selfservice.strategies.recovery_token', to: 'selfservice.methods.link', until: 'v0.4' },
  ...METHODS.map(name => ({
    from: `selfservice.strategies.${name}`,
    to: `selfservice.methods.${name}`,
    until: 'v0.4',
  })),
  { from: 'selfservice.methods.recovery_token', to: 'selfservice.methods.link', until: 'v0.5' },
  ...FLOWS.map(name => ({
    from: `selfservice.flows.${name}.request_lifespan`,
    to: `selfservice.flows.${name}.lifespan`,
    until: 'v0.4',
  })),
  ...['login', 'registration'].map(name => ({
    from: `selfservice.flows.${name}.default_browser_return_url`,
    to: `selfservice.flows.${name}.after.default_browser_return_url`,
    until: 'v0.4',
  })),
  { from: 'session.cookie_same_site', to: 'session.cookie.same_site', until: 'v0.4' },
  {
    from: 'password.ignore_network_errors',
    to: 'selfservice.methods.password.config.ignore_network_errors',
    until: 'v0.5',
  },
  { from: 'password.max_breaches', to: 'selfservice.methods.password.config.max_breaches', until: 'v0.5' },
  { from: `${PROVIDER}.tenant`, to: `${PROVIDER}.microsoft_tenant`, until: 'v0.8' },
  { from: `${PROVIDER}.team_id`, to: `${PROVIDER}.apple_team_id`, until: 'v0.8' },
  { from: `${PROVIDER}.private_key_id`, to: `${PROVIDER}.apple_private_key_id`, until: 'v0.8' },
  { from: `${PROVIDER}.private_key`, to: `${PROVIDER}.apple_private_key`, until: 'v0.8' },
  {
    from: 'courier.sms',
    to: 'courier.channels',
    until: 'v1.3',
    convert: smsChannel,
    write: 'courier.channels: [{ id: sms, type: http, request_config: … }]',
  },
]

function smsChannel(old: Json): Json {
  const { enabled, request_config } = asObject(old)
  const { header, ...config } = asObject(request_config)
  if (enabled !== true) return []
  return [{ id: 'sms', type: 'http', request_config: { ...(header && { headers: header }), ...config } }]
}

/** Keys whose meaning is gone, or is spread over several today. */
export const GONE: Readonly<Record<string, { until: string; instead: string }>> = {
  urls: { until: 'v0.3', instead: 'name serve.public.base_url and selfservice.flows.<flow>.ui_url' },
  'identity.traits': { until: 'v0.3', instead: 'name identity.schemas' },
  'security.session': { until: 'v0.3', instead: 'name session.cookie' },
  ...Object.fromEntries(
    ['login', 'registration', 'settings', 'verify', 'profile', 'logout'].map(name => [
      `selfservice.${name}`,
      { until: 'v0.3', instead: 'flows are below selfservice.flows' },
    ]),
  ),
  'serve.public.domain_aliases': { until: 'v0.8', instead: 'Kratos has one serve.public.base_url' },
}

/** A document in today's words. */
export interface Renamed {
  readonly document: TextDocument
  /** What was understood for what, each with its line and what to write today. */
  readonly remarks: readonly string[]
}

/**
 * Understands keys of Kratos v0.4 and later that have another name today.
 *
 * @throws {OryProxyError} `ORY_PROXY_EMULATOR_CONFIG` for a key that has none, or is there under both names
 */
export function inTodaysWords(document: TextDocument): Renamed {
  if (!isSection(document.value)) return { document, remarks: [] }
  const work: Work = { document, value: structuredClone(document.value), moved: [], remarks: [] }
  for (const [key, { until, instead }] of Object.entries(GONE)) {
    const path = key.split('.')
    if (get(work.value, path) === undefined) continue
    throw document.problem(path, `"${key}" was Kratos' until ${until}, and has no meaning today: ${instead}`)
  }
  for (const rename of RENAMES) apply(work, rename)
  oldHooks(work)
  if (work.remarks.length === 0) return { document, remarks: [] }
  const origin = (path: DocumentPath): DocumentPath => originOf(work.moved, path)
  return {
    remarks: work.remarks,
    document: {
      value: work.value,
      at: path => document.at(origin(path)),
      problem: (path, message, cause) => document.problem(origin(path), message, cause),
      folder: path => document.folder(origin(path)),
    },
  }
}

interface Work {
  readonly document: TextDocument
  readonly value: JsonObject
  /** Where things are now, and where they are written. */
  readonly moved: { now: string[]; written: string[] }[]
  readonly remarks: string[]
}

function apply(work: Work, { from, to, until, convert, write }: Rename): void {
  for (const { path, stars } of matches(work.value, from.split('.'))) {
    const old = take(work.value, path)
    dropEmptied(work.value, path.slice(0, -1))
    const today = fillStars(to, stars)
    const present = get(work.value, today)
    const value = convert ? convert(old) : old
    const isList = convert !== undefined && Array.isArray(value) && Array.isArray(present)
    if (present !== undefined && !isList) {
      const [before, now] = [path.join('.'), today.join('.')]
      throw work.document.problem(
        path,
        `"${before}" is called "${now}" today, and that is there too: leave the old one out`,
      )
    }
    // What Kratos called the default schema comes first; behind it the others keep their lines.
    set(work.value, today, isList ? [...present, ...value] : value)
    work.moved.push({ now: isList ? [...today, String(present.length)] : today, written: path })
    say(work, path, until, `write ${write ?? today.join('.')}`)
  }
}

/** A section that held nothing but keys of other names today would be an unknown one. */
function dropEmptied(value: JsonObject, path: string[]): void {
  const section = get(value, path)
  if (path.length > 0 && isSection(section) && Object.keys(section).length === 0) take(value, path)
}

function say({ document, remarks }: Work, path: string[], until: string, todo: string): void {
  remarks.push(`${document.at(path)}: "${path.join('.')}" is of Kratos ${until} or older: ${todo}`)
}

/** Hooks that are settings of their own today, or happen by themselves. */
function oldHooks(work: Work): void {
  for (const name of ['flows.*.after.hooks', 'flows.*.after.*.hooks', 'flows.*.before.hooks']) {
    for (const { path } of matches(work.value, `selfservice.${name}`.split('.'))) {
      const hooks = asList(get(work.value, path))
      const kept = [...hooks.entries()].filter(
        ([i, hook]) => !isOld(work, [...path, String(i)], asObject(hook)),
      )
      if (kept.length === hooks.length) continue
      set(
        work.value,
        path,
        kept.map(([, hook]) => hook),
      )
      for (const [now, [written]] of kept.entries()) {
        work.moved.push({ now: [...path, String(now)], written: [...path, String(written)] })
      }
    }
  }
}

function isOld(work: Work, path: string[], { hook, config }: JsonObject): boolean {
  if (hook === 'verify') {
    say(
      work,
      [...path, 'hook'],
      'v0.5',
      'leave "verify" out, a new address is asked to be verified without it',
    )
    return true
  }
  if (hook !== 'redirect') return false
  const around = path.slice(0, -2)
  if (around.at(-1) === 'before') {
    throw work.document.problem(
      path,
      'the hook "redirect" was Kratos\' until v0.3, and has no meaning today before a flow',
    )
  }
  const target = [...around, 'default_browser_return_url']
  if (get(work.value, target) === undefined) {
    set(work.value, target, asObject(config)['default_redirect_url'] ?? '')
    work.moved.push({ now: target, written: path })
  }
  say(work, [...path, 'hook'], 'v0.3', `write ${target.join('.')} instead of the hook "redirect"`)
  return true
}

function fillStars(pattern: string, stars: readonly string[]): string[] {
  const left = [...stars]
  return pattern.split('.').map(step => (step === '*' ? (left.shift() ?? step) : step))
}

function originOf(moved: Work['moved'], path: DocumentPath): DocumentPath {
  const within = moved.findLast(({ now }) => now.every((step, i) => step === String(path[i])))
  return within ? [...within.written, ...path.slice(within.now.length)] : path
}
