// An emulator with two social providers, and a visitor for each test of a file.
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.js'

interface Node {
  group: string
  attributes: { name: string; type: string; value?: string; id?: string; text?: { text: string } }
  messages: { id: number; text: string }[]
  meta: { label?: { id: number; text: string } }
}
export interface Body {
  id: string
  active?: string
  request_url: string
  requested_aal?: string
  ui: { action: string; nodes: Node[]; messages?: { id: number; text: string }[] }
  error?: { id?: string; reason?: string }
  redirect_browser_to: string
  session_token: string
  session_token_exchange_code: string
  identity: { traits: object }
  authentication_methods: { method: string; provider?: string }[]
}
interface Reply {
  status: number
  location: string
  body: Body
}

export const HTML = 'text/html'
export const JSON_TYPE = 'application/json'

/** A browser, or with `cookies: false` a native app. */
export class Visitor {
  readonly #jar = new Map<string, string>()
  readonly #cookies: boolean

  constructor(cookies = true) {
    this.#cookies = cookies
  }
  async go(url: string, accept: string = JSON_TYPE, payload?: object): Promise<Reply> {
    const cookie = [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(new URL(url, ory.url), {
      method: payload ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { accept, ...(cookie && { cookie }), ...(payload && { 'content-type': JSON_TYPE }) },
      ...(payload && { body: JSON.stringify(payload) }),
    })
    if (this.#cookies) for (const line of response.headers.getSetCookie()) this.#keep(line)
    const text = await response.text()
    return {
      status: response.status,
      location: response.headers.get('location') ?? '',
      body: (response.headers.get('content-type')?.startsWith(JSON_TYPE) ? JSON.parse(text) : {}) as Body,
    }
  }
  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (value === '' || /max-age=0/i.test(line)) this.#jar.delete(name)
    else this.#jar.set(name, value)
  }
  /** A form in JSON, with the token of its flow. */
  submit({ ui }: Body, payload: object): Promise<Reply> {
    const csrf_token = nodes(ui).find(n => n.attributes.name === 'csrf_token')?.attributes.value
    return this.go(ui.action, JSON_TYPE, { csrf_token, ...payload })
  }
  async open(kind: string, query = ''): Promise<Body> {
    return (await this.go(`/self-service/${kind}/browser${query}`)).body
  }
  async fetchFlow(kind: string, address: string): Promise<Body> {
    const id = new URL(address, ory.url).searchParams.get('flow')
    return (await this.go(`/self-service/${kind}/flows?id=${id}`)).body
  }
  whoami(): Promise<Reply> {
    return this.go('/sessions/whoami')
  }
}
const nodes = (ui: Body['ui']): Node[] => ui.nodes
export const named = ({ ui }: Body, name: string): Node[] => ui.nodes.filter(n => n.attributes.name === name)
export const buttons = ({ ui }: Body): (string | undefined)[] =>
  ui.nodes.filter(n => n.group === 'oidc').map(n => n.meta.label?.text)

/** What most people write: what the provider says, where it says it. */
const MAPPER = `local claims = std.extVar('claims');
{
  identity: {
    traits: {
      [if 'email' in claims then 'email']: claims.email,
      name: {
        [if 'given_name' in claims then 'first']: claims.given_name,
        [if 'family_name' in claims then 'last']: claims.family_name,
      },
    },
  },
}`
export const mapperUrl = (program: string): string => `base64://${Buffer.from(program).toString('base64')}`

export const CONFIG = {
  selfservice: {
    default_browser_return_url: '/home',
    allowed_return_urls: ['http://127.0.0.1:4455'],
    methods: {
      password: { enabled: true },
      code: { enabled: true },
      oidc: {
        enabled: true,
        config: {
          providers: [
            {
              id: 'mock',
              provider: 'generic',
              label: 'Mock',
              client_id: 'lab',
              client_secret: 'secret',
              scope: ['email'],
              mapper_url: mapperUrl(MAPPER),
              issuer_url: 'http://127.0.0.1:1',
            },
            { id: 'other', provider: 'google', client_id: 'x', scope: [], mapper_url: mapperUrl(MAPPER) },
          ],
        },
      },
    },
    flows: {
      registration: {
        after: { oidc: { hooks: [{ hook: 'session' }] }, password: { hooks: [{ hook: 'session' }] } },
      },
    },
  },
}

/** The same with another mapper for "mock", or none. */
export function mappedBy(program: string | undefined): object {
  const config = structuredClone(CONFIG)
  const [mock] = config.selfservice.methods.oidc.config.providers
  const { mapper_url: _, ...rest } = mock!
  const provider = program === undefined ? rest : { ...rest, mapper_url: mapperUrl(program) }
  Object.assign(config.selfservice.methods.oidc.config, { providers: [provider] })
  return config
}

export let ory: Emulator
/** Whoever a test is about. */
export let visitor: Visitor
/** Somebody new takes their place. */
export function nextVisitor(): void {
  visitor = new Visitor()
}
export const lines: string[] = []
const log = (line: string): void => void lines.push(line)

export async function start(options: EmulatorOptions = {}): Promise<void> {
  await ory?.close()
  const logger = { info: log, warn: log, error: log, debug: () => {} }
  ory = await startEmulator({ config: CONFIG, logger, ...options })
}
beforeAll(() => start())
afterAll(() => ory.close())
beforeEach(async () => {
  await ory.reset()
  nextVisitor()
})

export const hint = (login_hint: string): object => ({ upstream_parameters: { login_hint, prompt: 'none' } })
/** What the person chooses at the provider; the address it sends them back to. */
export async function atProvider(address: string, choice?: Record<string, string>): Promise<string> {
  const body = choice && new URLSearchParams(choice)
  const response = await fetch(address, { redirect: 'manual', ...(body && { method: 'POST', body }) })
  return response.headers.get('location') ?? (await response.text())
}
/** All of it: the form, the provider, and back. */
export async function through(
  who: Visitor,
  flow: Body,
  payload: object,
  choice?: Record<string, string>,
): Promise<Reply> {
  const sent = await who.submit(flow, { method: 'oidc', ...payload })
  expect(sent.status).toBe(422)
  expect(sent.body.error?.id).toBe('browser_location_change_required')
  return who.go(await atProvider(sent.body.redirect_browser_to, choice), HTML)
}
export async function signUpWithPassword(email: string): Promise<void> {
  const flow = await visitor.open('registration')
  const password = 'correct horse battery'
  expect((await visitor.submit(flow, { method: 'password', password, traits: { email } })).status).toBe(200)
}
