import { DIAGNOSES, type Diagnosis } from '../diagnoses/table.js'
import { checkAnswers } from './answers.js'
import { ask, askServerAt } from './ask.js'
import { type Check, check, type Server } from './types.js'

/** Seconds that a container's clock may be off before tokens are refused. */
const CLOCK = 5

/** Mistakes that pass by themselves, or that are felt in some browsers only. */
const PASSING = ['UNKNOWN_SESSION', 'UNKNOWN_FLOW', 'COOKIE_PREFIX', 'CSRF_MISMATCH', 'HTTP_ASSETS']

const TRUST =
  'NODE_EXTRA_CA_CERTS="$(npx ory-proxy cert path)" (in Windows\' cmd: set NODE_EXTRA_CA_CERTS= and the file that `npx ory-proxy cert path` prints)'

/** What the server that runs has seen; undefined where what answers is not ours. */
export async function askServer(
  url: string,
): Promise<{ server: Server; checks: Check[] } | { failure: string }> {
  const [seen, who] = await Promise.all([
    askServerAt(`${url}/.ory/dev/requests?after=999999999`),
    askServerAt(`${url}/.ory/dev/token`),
  ])
  if ('failure' in seen) return seen
  if (seen.location?.startsWith(`${url.replace('http:', 'https:')}/`))
    return askServer(new URL(seen.location).origin)
  const { diagnoses } = (seen.body ?? {}) as { diagnoses?: readonly Diagnosis[] }
  if (!Array.isArray(diagnoses)) return { failure: 'NOT_OURS' }
  const ory = 'body' in who ? (who.body as { ory?: { url?: string } } | undefined)?.ory?.url : undefined
  const mode = ory === 'emulator' ? 'emulator' : 'ory'
  const server = { url, mode } as const
  const answers = await checkAnswers(server, ory)
  return { server, checks: [...diagnoses.map(asCheck), ...clockCheck(seen.date), ...answers] }
}

function asCheck({ code, message, fix }: Diagnosis): Check {
  const level = PASSING.includes(code) ? 'warning' : 'error'
  return { code, level, message, fix: fix ?? DIAGNOSES[code], docs: `docs/errors.md#${code.toLowerCase()}` }
}

function clockCheck(date: string | null): Check[] {
  const off = date === null ? 0 : Math.round((Date.parse(date) - Date.now()) / 1000)
  if (!(Math.abs(off) > CLOCK)) return []
  const message = `Its clock is ${Math.abs(off)} seconds ${off > 0 ? 'ahead' : 'behind'}: tokens that live 60 seconds are refused.`
  return [
    check({
      code: 'CLOCK_OFF',
      level: 'error',
      message,
      fix: 'Set the clock of the container or virtual machine.',
    }),
  ]
}

const kidsOf = (body: unknown): string[] =>
  ((body as { keys?: { kid?: string }[] } | undefined)?.keys ?? []).flatMap(({ kid }) => kid ?? [])

/** A backend's address of the keys, against the server that signs. */
export async function checkKeys(
  jwksUrl: string,
  place: Pick<Check, 'file' | 'line'>,
  server: Server | undefined,
): Promise<Check[]> {
  const [theirs, ours] = await Promise.all([
    ask(jwksUrl),
    server && askServerAt(`${server.url}/.ory/jwks.json`),
  ])
  if ('failure' in theirs) {
    const untrusted = /CERT|SELF_SIGNED|VERIFY|ISSUER/.test(theirs.failure)
    if (untrusted) {
      const message = `Backends do not trust the certificate at ${jwksUrl} (${theirs.failure}).`
      return [check({ code: 'CERT_UNTRUSTED', level: 'error', ...place, message, fix: TRUST })]
    }
    if (server === undefined) return [] // nothing runs yet: so nothing can be there
    const fix = `ORY_JWKS_URL=${server.url}/.ory/jwks.json`
    return [
      check({
        code: 'JWKS_UNREACHABLE',
        level: 'error',
        ...place,
        message: `Nobody answers at ${jwksUrl} (${theirs.failure}).`,
        fix,
      }),
    ]
  }
  if (ours === undefined || 'failure' in ours) return []
  const known = kidsOf(theirs.body)
  if (kidsOf(ours.body).some(kid => known.includes(kid))) return []
  const message = `The keys at ${jwksUrl} are not those of ${server!.url}: its tokens are nobody's there.`
  return [
    check({
      code: 'JWKS_OTHER_KEY',
      level: 'error',
      ...place,
      message,
      fix: `ORY_JWKS_URL=${server!.url}/.ory/jwks.json`,
    }),
  ]
}
