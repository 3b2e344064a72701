import { testingError } from './failure.js'
import type { Mail, MailOptions } from './types.js'
import { expectOk, type Send } from './wire.js'

/** Milliseconds. */
const MAIL_TIMEOUT = 5000
const QUIET_FOR = 500

/** The inbox of a namespace, each mail of which is handed out once. */
export interface Inbox {
  next(to: string | undefined, options?: MailOptions): Promise<Mail>
  none(to: string | undefined, ms?: number): Promise<void>
  all(): Promise<Mail[]>
}

interface Listed extends Omit<Mail, 'code' | 'link'> {
  readonly code: string | null
  readonly link: string | null
}

/** @param tools the address of the tools */
export function createInbox(send: Send, tools: string): Inbox {
  const handedOut = new Set<string>()

  async function list(query: Record<string, string>): Promise<Mail[]> {
    const reply = await send('GET', `${tools}/inbox?${new URLSearchParams(query)}`)
    const mails = expectOk(reply, 'The inbox could not be read') as Listed[]
    return mails.map(({ id, to, subject, body, code, link }) => ({
      ...{ id, to, subject, body },
      code: code ?? '',
      link: link ?? '',
    }))
  }

  /** Looks, and waits for what comes after what it saw, so that no mail falls in between. */
  async function find(
    to: string | undefined,
    subject: RegExp | undefined,
    ms: number,
  ): Promise<Mail | undefined> {
    const until = performance.now() + ms
    const filter = to === undefined ? {} : { to }
    let mails = await list(filter)
    for (;;) {
      const fresh = mails.filter(mail => !handedOut.has(mail.id) && (subject?.test(mail.subject) ?? true))
      const oldest = fresh.at(-1)
      if (oldest) return oldest
      const left = until - performance.now()
      if (left <= 0) return undefined
      await list({ ...filter, wait: String(left / 1000), after: mails[0]?.id ?? '' })
      mails = await list(filter)
    }
  }

  return {
    all: () => list({}),
    async next(to, { subject, timeout = MAIL_TIMEOUT } = {}) {
      const mail = await find(to, subject, timeout)
      if (!mail) throw testingError(await noMailCame(to, subject, timeout, list))
      handedOut.add(mail.id)
      return mail
    },
    async none(to, ms = QUIET_FOR) {
      const mail = await find(to, undefined, ms)
      if (mail) throw testingError(`A mail came to ${mail.to} that should not have: "${mail.subject}".`)
    },
  }
}

async function noMailCame(
  to: string | undefined,
  subject: RegExp | undefined,
  timeout: number,
  list: (query: Record<string, string>) => Promise<Mail[]>,
): Promise<string> {
  const there = (await list({})).map(mail => `"${mail.subject}" to ${mail.to}`)
  const wanted = `${to === undefined ? '' : ` to ${to}`}${subject === undefined ? '' : ` with ${subject}`}`
  const seen =
    there.length === 0
      ? 'The inbox is empty.'
      : `In the inbox, handed out ones too: ${there.slice(0, 10).join('; ')}.`
  return `No new mail${wanted} came within ${timeout / 1000} s. ${seen}`
}
