// One of two Orys that are asked the same: its clients, what they remember, and its answers in a form that can be compared.
import { refused, totp, visitProvider } from './outside.mjs'

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const MINUTE = 60_000

export class Side {
  #clients = new Map()
  #ids = new Map()
  #identities = []

  /**
   * @param {string} publicUrl where it is
   * @param {string} adminUrl its admin API
   * @param {string} run part of every address, so that two runs do not meet
   */
  constructor(publicUrl, adminUrl, run) {
    this.publicUrl = publicUrl.replace(/\/$/, '')
    this.adminUrl = adminUrl.replace(/\/$/, '')
    this.run = run
  }

  /** Sends one request and gives the answer that is compared; undefined if it needs what this side never got. */
  async take(step) {
    const client = this.#client(step.client)
    const request = await this.#request(step, client)
    if (!request) return undefined
    const response = await fetch(request.url, { ...request.init, redirect: 'manual' }).catch(() => undefined)
    if (!response) return { status: 'the connection was dropped' }
    const text = await response.text()
    const data = parse(text)
    this.#remember(client, response, data, step)
    return this.#normal({
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      location: response.headers.get('location') ?? '',
      cookies: response.headers.getSetCookie().map(cookieShape).sort(),
      headers: Object.fromEntries(COMPARED.map(name => [name, response.headers.get(name) ?? ''])),
      body: data === undefined ? text : data,
    })
  }

  #client(name) {
    if (!this.#clients.has(name)) this.#clients.set(name, { jar: new Map(), flows: {} })
    return this.#clients.get(name)
  }

  async #request(step, client) {
    const filled = await this.#fill(step, client)
    if (filled === undefined) return undefined
    const { method, path, query, json, form, raw, headers = {}, accept, admin } = filled
    const base = admin ? this.adminUrl : this.publicUrl
    const search = query ? `?${new URLSearchParams(query)}` : ''
    const own = { ...headers, ...(accept && { accept }) }
    if (client.jar.size > 0)
      own.cookie = [...client.jar].map(([name, value]) => `${name}=${value}`).join('; ')
    if (client.token && !own['x-session-token']) own['x-session-token'] = client.token
    if (json !== undefined) own['content-type'] ??= 'application/json'
    if (form !== undefined) own['content-type'] ??= 'application/x-www-form-urlencoded'
    const none = own['content-type'] === 'none'
    if (none) delete own['content-type']
    const body =
      json !== undefined ? JSON.stringify(json) : form !== undefined ? String(new URLSearchParams(form)) : raw
    const url = /^https?:/.test(path) ? path : `${base}${path}${search}`
    return {
      url,
      init: { method, headers: own, ...(body !== undefined && { body: none ? Buffer.from(body) : body }) },
    }
  }

  /** Puts values in place of `{{names}}`, everywhere in a step. */
  async #fill(value, client) {
    if (typeof value === 'string') return this.#fillText(value, client)
    if (value === null || typeof value !== 'object') return value
    const entries = []
    for (const [key, inner] of Object.entries(value)) {
      const filled = await this.#fill(inner, client)
      if (filled === undefined) return undefined
      entries.push([key, filled])
    }
    return Array.isArray(value) ? entries.map(([, filled]) => filled) : Object.fromEntries(entries)
  }

  async #fillText(text, client) {
    let out = text
    for (const [whole, name] of text.matchAll(/\{\{([^}]+)\}\}/g)) {
      const value = await this.#value(name, client)
      if (value === undefined) return undefined
      out = out.replace(whole, () => value)
    }
    return out
  }

  #value(name, own) {
    const [said, of] = name.split('@')
    const client = of ? this.#client(of) : own
    const [kind, which] = said.split(':')
    if (/^e\d$/.test(kind)) return `${kind}.r${this.run}@example.org`
    if (/^E\d$/.test(kind)) return `${kind}.R${this.run}@Example.ORG`
    if (/^u\d$/.test(kind)) return `${kind}_r${this.run}`
    if (/^p\d$/.test(kind))
      return `+4915${kind.slice(1)}${Number.parseInt(this.run, 36) % 10_000_000}`.padEnd(14, '7').slice(0, 14)
    switch (kind) {
      case 'csrf':
        return client.csrf ?? ''
      case 'flow':
        return client.flows[which]
      case 'oldflow':
        return client.flows[`old ${which}`]
      case 'cookie':
        return client.jar.get('ory_kratos_session')
      case 'code':
        return this.#mailed(which, /(?<![\w-])\d{6}(?![\w-])/)
      case 'link':
        return this.#mailed(which, /https?:\/\/\S+\/self-service\/(?:recovery|verification)\?\S+/)
      case 'iid':
        return which === undefined ? this.#identities.at(-1) : this.#identities[Number(which)]
      case 'provider':
        return client.provider && visitProvider(client.provider)
      case 'run':
        return this.run
      case 'denied':
        return client.provider && refused(client.provider)
      case 'totp':
        return client.secret && totp(client.secret)
      default:
        return client[kind]
    }
  }

  async #mailed(address, pattern) {
    const recipient = encodeURIComponent(this.#value(address))
    const answer = await fetch(`${this.adminUrl}/admin/courier/messages?recipient=${recipient}`)
    const messages = await answer.json()
    const newest = messages.toSorted((a, b) => b.created_at.localeCompare(a.created_at))
    return newest.map(({ body }) => pattern.exec(body)?.[0]).find(Boolean)
  }

  #remember(client, response, data, step) {
    if (step.client !== 'n' && step.client !== 'admin')
      keepCookies(client.jar, response.headers.getSetCookie())
    const location = response.headers.get('location') ?? data?.redirect_browser_to ?? ''
    const kind = /\/self-service\/(\w+)\//.exec(step.path)?.[1]
    const flow = /[?&]flow=([0-9a-f-]{36})/.exec(location)?.[1]
    const page = /\/(?:ui\/)?(login|registration|recovery|verification|settings)\?/.exec(location)?.[1]
    if (flow && (page ?? kind)) keepFlow(client, page ?? kind, flow)
    if (data?.ui && data.id) {
      const of = /self-service\/(\w+)/.exec(data.ui.action)?.[1] ?? kind
      keepFlow(client, of, data.id)
      const nodes = data.ui.nodes ?? []
      client.csrf = nodes.find(n => n.attributes.name === 'csrf_token')?.attributes.value ?? client.csrf
      const secret = nodes.find(n => n.attributes.id === 'totp_secret_key')?.attributes.text?.text
      if (secret) client.secret = secret
      const codes = nodes.find(n => n.attributes.id === 'lookup_secret_codes')?.attributes.text?.context
        ?.secrets
      if (codes) client.lookup = codes[0]?.text
    }
    if (/[?&]response_type=code/.test(location)) client.provider = location
    const code = /[?&]code=([^&]+)/.exec(location)?.[1]
    if (code) client.returncode = decodeURIComponent(code)
    if (data?.session_token_exchange_code) client.initcode = data.session_token_exchange_code
    for (const next of data?.continue_with ?? [])
      if (next.flow?.id) keepFlow(client, next.action.replace(/^show_(\w+)_ui$/, '$1'), next.flow.id)
    if (step.forget) client.token = undefined
    if (data?.session_token && step.client === 'n') client.token = data.session_token
    if (data?.logout_token) client.logout = data.logout_token
    if (data?.recovery_code) client.recoverycode = data.recovery_code
    if (data?.recovery_link) {
      client.recoverylink = data.recovery_link
      client.flows.recovery = this.#client('b1').flows.recovery = /flow=([^&]+)/.exec(data.recovery_link)?.[1]
    }
    const session =
      data?.session?.id ?? (data?.identity && data?.expires_at && !data.ui ? data.id : undefined)
    if (session) client.sid = session
    const identity =
      data?.identity?.id ??
      data?.session?.identity?.id ??
      (data?.schema_id && data?.traits ? data.id : undefined)
    if (identity && !this.#identities.includes(identity)) this.#identities.push(identity)
  }

  #number(id) {
    if (!this.#ids.has(id)) this.#ids.set(id, this.#ids.size + 1)
    return this.#ids.get(id)
  }

  #normal(value, key = '') {
    // Go walks a map in another order each time.
    if (key === 'identifiers' && Array.isArray(value)) value = value.toSorted()
    if (Array.isArray(value)) return value.map(inner => this.#normal(inner, key))
    if (value && typeof value === 'object')
      return Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [
          name,
          name === 'value' && value.name === 'csrf_token' && inner ? '<csrf>' : this.#normal(inner, name),
        ]),
      )
    if (key === 'reason' && typeof value === 'string' && value.startsWith('I[#')) value = sorted(value)
    if (key === 'hashed_password' || key === 'user_handle') return value && '<drawn>'
    if (key === 'since' || key === 'iat' || key === 'exp' || key.endsWith('_unix')) return '<time>'
    return typeof value === 'string' ? this.#normalText(value, key) : value
  }

  #normalText(text, key) {
    if (text !== '' && SECRET_KEYS.has(key)) return '<secret>'
    if (/^[A-Z2-7]{32}$/.test(text)) return '<secret>'
    if (/[?&]response_type=code/.test(text)) return '<provider>'
    if ((key === 'text' || key === 'secret') && /^[a-z0-9]{8}(, [a-z0-9]{8})*$/.test(text))
      return '<backup codes>'
    return [this.publicUrl, encodeURIComponent(this.publicUrl), this.adminUrl]
      .reduce((out, url, at) => out.replaceAll(url, at === 2 ? '<admin>' : '<public>'), text)
      .replace(UUID, id => `<uuid:${this.#number(id)}>`)
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)/g, fromNow)
      .replace(/ory_(st|lo|at|ct)_[A-Za-z0-9]+/g, 'ory_$1_<token>')
      .replace(/(code=)[A-Za-z0-9]{6,}/g, '$1<code>')
      .replace(/(token=)[A-Za-z0-9]{6,}/g, '$1<token>')
      .replace(/(state=)[A-Za-z0-9_%-]+/g, '$1<state>')
      .replace(/data:image\/png;base64,[A-Za-z0-9+/=]+/g, '<png>')
      .replace(/(expired|used at) [\d.:TZ-]+/g, '$1 <time>')
      .replaceAll(this.run, '<run>')
      .replaceAll(this.run.toUpperCase(), '<RUN>')
  }
}

const COMPARED = [
  'ory-error-id',
  'vary',
  'cache-control',
  'x-content-type-options',
  'allow',
  'link',
  'x-total-count',
]
const SECRET_KEYS = new Set([
  'csrf_token',
  'session_token',
  'logout_token',
  'session_token_exchange_code',
  'recovery_code',
])

/** Go walks maps in another order each time: lines, and names within a line. */
const sorted = reason =>
  reason
    .split('\n')
    .map(line => line.replace(/"[^"]*"(?:, "[^"]*")+/g, names => names.split(', ').toSorted().join(', ')))
    .toSorted()
    .join('\n')

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function fromNow(text) {
  const minutes = Math.round((Date.parse(text) - Date.now()) / MINUTE)
  if (text.startsWith('0001-')) return '<zero time>'
  return Math.abs(minutes) <= 2 ? '<now>' : `<now${minutes < 0 ? '' : '+'}${Math.round(minutes / 5) * 5}m>`
}

function cookieShape(cookie) {
  return cookie
    .replace(
      /^([^=]+)=([^;]*)/,
      (_, name, value) => `${name.replace(/^csrf_token_.*/, 'csrf_token_<hash>')}=${value ? '<value>' : ''}`,
    )
    .replace(/Expires=[^;]+/i, 'Expires=<time>')
    .replace(/Max-Age=(\d{3,})/i, (_, seconds) => `Max-Age=${Math.round(seconds / 60)}m`)
}

/** The newest of its kind, and the one before. */
function keepFlow({ flows }, kind, id) {
  if (flows[kind] !== id) flows[`old ${kind}`] = flows[kind]
  flows[kind] = id
}

function keepCookies(jar, cookies) {
  for (const cookie of cookies) {
    const [pair, ...attributes] = cookie.split(/;\s*/)
    const at = pair.indexOf('=')
    const gone = at === pair.length - 1 || attributes.some(a => /^max-age=(0|-1)$/i.test(a))
    if (gone) jar.delete(pair.slice(0, at))
    else jar.set(pair.slice(0, at), pair.slice(at + 1))
  }
}
