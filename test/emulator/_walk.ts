// Somebody with a browser who signs up, in, changes something and signs out, whatever a form asks for.
import { expect } from 'vitest'

interface Attributes {
  name: string
  type: string
  value?: unknown
  options?: { value: unknown }[]
}
interface Node {
  type: string
  group: string
  attributes: Attributes
  messages: { text: string }[]
}
interface Flow {
  id: string
  state?: string
  ui: { action: string; nodes: Node[]; messages?: { id: number; text: string }[] }
}
interface Page {
  status: number
  url: string
  text: string
}

export interface Person {
  /** What forms are filled with; everything else is made up. */
  readonly answers: Readonly<Record<string, string>>
  /** The buttons to press, the first that is there. */
  readonly press: readonly string[]
  /** What they type to sign in. */
  readonly identifier: string
}

/** Addresses that are names, not places: of namespaces and of what schemas call themselves. */
const NAMES = /^http:\/\/(?:www\.w3\.org|json-schema\.org)\//

export class Walker {
  readonly #origin: string
  readonly #jar = new Map<string, string>()
  readonly #person: Person
  /** Where anything led away from our own origin. */
  readonly foreign: string[] = []

  constructor(origin: string, person: Person) {
    this.#origin = origin
    this.#person = person
  }

  async #ask(url: string, init: RequestInit = {}): Promise<Page & { location: string | null }> {
    const cookie = [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { accept: 'text/html', ...(cookie && { cookie }), ...init.headers }
    const response = await fetch(url, { redirect: 'manual', ...init, headers })
    for (const set of response.headers.getSetCookie()) this.#keep(set)
    const [text, location] = [await response.text(), response.headers.get('location')]
    this.#look(url, text, location)
    return { status: response.status, url, text, location }
  }

  #keep(set: string): void {
    const [pair = '', ...attributes] = set.split('; ')
    expect(
      attributes.filter(one => /^(?:domain|secure)/i.test(one)),
      set,
    ).toEqual([])
    const [name = '', ...value] = pair.split('=')
    if (attributes.includes('Max-Age=0')) this.#jar.delete(name)
    else this.#jar.set(name, value.join('='))
  }

  /** Every address of an answer. */
  #look(url: string, text: string, location: string | null): void {
    const found = [...text.replaceAll('&amp;', '&').matchAll(/\bhttps?:\/\/[^\s"'<>\\)]+/g)].map(
      ([one]) => one,
    )
    for (const one of [...found, ...(location ? [new URL(location, url).href] : [])])
      if (
        !Object.values(this.#person.answers).includes(one) &&
        !one.startsWith(`${this.#origin}/`) &&
        one !== this.#origin &&
        !NAMES.test(one)
      )
        this.foreign.push(`${url} → ${one}`)
  }

  async open(path: string, init?: RequestInit): Promise<Page> {
    let page = await this.#ask(new URL(path, this.#origin).href, init)
    for (let hops = 0; page.location !== null; hops++) {
      expect(hops, `too many redirects at ${page.url}`).toBeLessThan(10)
      page = await this.#ask(new URL(page.location, page.url).href)
    }
    return page
  }

  async json<T>(path: string): Promise<{ status: number; body: T }> {
    const { status, text } = await this.#ask(new URL(path, this.#origin).href, {
      headers: { accept: 'application/json' },
    })
    return { status, body: (text === '' ? undefined : JSON.parse(text)) as T }
  }

  async whoami(): Promise<{ id: string; traits: Record<string, unknown> } | undefined> {
    const { status, body } = await this.json<{ identity: { id: string; traits: Record<string, unknown> } }>(
      '/.ory/sessions/whoami',
    )
    return status === 200 ? body.identity : undefined
  }

  async signUp(): Promise<void> {
    await this.#through('registration')
  }

  /** With a verified address, where that is asked for first. */
  async signIn(): Promise<void> {
    const page = await this.#through('login')
    if (!page.url.includes('/ui/verification?')) return
    await this.#through('verification', page, ['code'])
    await this.#through('login')
  }

  async settings(): Promise<Flow> {
    const page = await this.open('/.ory/ui/settings')
    const flow = await this.#flowOf('settings', page)
    return this.#flowOf('settings', await this.#submit(flow, ['profile']))
  }

  async signOut(): Promise<void> {
    const { body } = await this.json<{ logout_url: string }>('/.ory/self-service/logout/browser')
    await this.open(body.logout_url)
  }

  /** Presses buttons until the flow is over; where that leads to. */
  async #through(kind: string, begun?: Page, press = this.#person.press): Promise<Page> {
    let page = begun ?? (await this.open(`/.ory/self-service/${kind}/browser`))
    for (let step = 0; step < 6; step++) {
      if (!new RegExp(`/ui/${kind}\\?`).test(page.url)) return page
      const flow = await this.#flowOf(kind, page)
      if (flow.state === 'passed_challenge') return page
      page = await this.#submit(flow, press)
    }
    throw new Error(`${kind} does not end: ${page.url} ${this.#complaints(await this.#flowOf(kind, page))}`)
  }

  async #flowOf(kind: string, { url, status, text }: Page): Promise<Flow> {
    expect(
      [status, url.startsWith(`${this.#origin}/.ory/ui/${kind}`)],
      `${url} ${text.slice(0, 300)}`,
    ).toEqual([200, true])
    const { body } = await this.json<Flow>(
      `/.ory/self-service/${kind}/flows?id=${new URL(url).searchParams.get('flow')}`,
    )
    return body
  }

  #complaints({ ui }: Flow): string {
    return JSON.stringify([
      ui.messages,
      ui.nodes.flatMap(({ attributes, messages }) => messages.map(m => [attributes.name, m.text])),
    ])
  }

  async #submit(flow: Flow, press: readonly string[]): Promise<Page> {
    const buttons = flow.ui.nodes.filter(({ attributes }) => attributes.type === 'submit')
    const pressed = press.flatMap(
      value => buttons.find(({ attributes }) => attributes.value === value) ?? [],
    )[0]
    if (!pressed)
      throw new Error(`none of ${press} in ${JSON.stringify(buttons.map(b => b.attributes.value))}`)
    const form = new URLSearchParams()
    const isPart = ({ type, group }: Node): boolean =>
      type === 'input' && ['default', 'profile', 'identifier_first', pressed.group].includes(group)
    for (const { attributes } of flow.ui.nodes.filter(isPart)) {
      if (attributes.type === 'submit' || attributes.type === 'button') continue
      const value = await this.#answer(attributes)
      if (value !== '') form.set(attributes.name, value)
    }
    form.set(pressed.attributes.name, String(pressed.attributes.value))
    if (pressed.group === 'oidc') {
      form.set('upstream_parameters.login_hint', this.#person.identifier)
      form.set('upstream_parameters.prompt', 'none')
    }
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return this.open(flow.ui.action, { method: 'POST', headers, body: form.toString() })
  }

  async #answer({ name, type, value, options }: Attributes): Promise<string> {
    if (name === 'code') return this.#mailedCode()
    if (name in this.#person.answers) return this.#person.answers[name]!
    if (name === 'identifier' || name === 'email') return this.#person.identifier
    if (value !== undefined && value !== '') return String(value)
    if (type === 'password') return 'a-Rather-l0ng-secret'
    if (type === 'checkbox') return 'true'
    if (type === 'number') return '7'
    return options?.[0] === undefined ? '' : String(options[0].value)
  }

  async #mailedCode(): Promise<string> {
    const to = encodeURIComponent(this.#person.identifier)
    const { body } = await this.json<{ code: string }[]>(`/.ory/dev/inbox?to=${to}`)
    return body[0]?.code ?? ''
  }
}
