import { askServerAt } from './ask.js'
import { type Check, check, type Server } from './types.js'

/** What the server answers in place of somebody behind it who does not, or who is itself. */
const BEHIND: readonly unknown[] = ['ORY_PROXY_APP_UNREACHABLE', 'ORY_PROXY_UNREACHABLE', 'ORY_PROXY_LOOP']

/** As a page of its own asks: a server that forgets the browser's cookie is a mistake of its own. */
const FROM_A_PAGE = ['Sec-Fetch-Site', 'same-origin']

/** Whether the app and the Ory behind the server answer, and whether it is Ory that does. */
export async function checkAnswers({ url, mode }: Server, ory: string | undefined): Promise<Check[]> {
  const [app, who] = await Promise.all([
    askServerAt(`${url}/`, FROM_A_PAGE),
    mode === 'ory' ? askServerAt(`${url}/.ory/sessions/whoami`, FROM_A_PAGE) : undefined,
  ])
  const found = [app, who].flatMap(asked => (asked && 'body' in asked ? behind(asked.body) : []))
  if (found.length > 0 || who === undefined || 'failure' in who || ory === undefined) return found
  return isOrys(who.status) ? [] : [notOry(ory, who.status)]
}

function behind(body: unknown): Check[] {
  const { error } = (body ?? {}) as { error?: { id?: string; message?: string; hint?: string } }
  const { id, message, hint } = Object(error) as NonNullable<typeof error>
  if (!BEHIND.includes(id)) return []
  return [
    {
      code: id!,
      level: 'error',
      message: message ?? '',
      fix: hint ?? '',
      docs: `docs/errors.md#${id!.toLowerCase()}`,
    },
  ]
}

/** Asked by nobody, Ory says 401, or that it is in trouble; a page, or that there is no such path, says somebody else. */
const isOrys = (status: number): boolean => status >= 400 && status !== 404 && status !== 405

function notOry(ory: string, status: number): Check {
  return check({
    code: 'NOT_ORY',
    level: 'error',
    message: `What answers at ${ory} is not Ory: asked who is signed in (/sessions/whoami), it says ${status} instead of 401.`,
    fix: "Name the address of Ory's public API in ORY_SDK_URL (--sdk-url): Kratos listens on port 4433, as a rule.",
  })
}
