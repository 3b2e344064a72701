import pc from 'picocolors'
import { type CheckApp, startCheckApp } from '../../check/app.js'
import { type CheckOptions, check } from '../../check/index.js'
import type { Verdict } from '../../check/types.js'
import { ask } from '../../check/wire.js'
import { isLoopback } from '../../common/loopback.js'
import { OryProxyError } from '../../errors.js'

/** What is typed. */
export interface CheckFlags {
  readonly appPort?: number
  readonly appHost?: string
  readonly echo?: string
  readonly prefix?: string
  readonly user?: string
  readonly secondUser?: string
  readonly protect?: string
  readonly corsOrigin?: string
  readonly sessionCache?: number
  readonly json?: boolean
}

/** The emulator's people have it. */
const DEVELOPMENT = 'ory-dev-password'

/** Asks everything, and says what came out. */
export async function runCheck(base: URL, flags: CheckFlags): Promise<void> {
  const { appPort, appHost = '127.0.0.1', json = false } = flags
  const options = optionsOf(base, flags)
  await assertAnswers(base)
  const app = appPort === undefined ? undefined : await startCheckApp(appPort, appHost)
  try {
    if (app) await assertLeadsTo(app, base, flags)
    const verdicts = await check({
      ...options,
      app,
      ...(!json && { onVerdict: verdict => void process.stdout.write(line(verdict)) }),
    })
    const isWell = verdicts.every(({ result }) => result !== 'no')
    process.stdout.write(json ? `${JSON.stringify(reportOf(base, verdicts, isWell))}\n` : summary(verdicts))
    process.exitCode = isWell ? 0 : 1
  } finally {
    await app?.close()
  }
}

/** Sixty times "no answer" tells less than once. */
async function assertAnswers(base: URL): Promise<void> {
  await ask(base, '/.ory/jwks.json').catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new OryProxyError('ORY_PROXY_CHECK', `${base.origin} could not be asked: ${why}.`, { cause })
  })
}

/** Nor fifty times "the app did not see it". A gate may well be in the way of whoever is not signed in. */
async function assertLeadsTo(app: CheckApp, base: URL, { appPort, prefix = '' }: CheckFlags): Promise<void> {
  const path = `${prefix.replace(/\/$/, '')}/check`
  const { status } = await ask(base, path)
  const isGated = (status >= 300 && status < 400) || status === 401 || status === 403
  if (app.seen.length > 0 || isGated) return
  throw new OryProxyError(
    'ORY_PROXY_CHECK',
    `${base.origin} does not lead to port ${appPort}, where the check plays the app: ${path} gave ${status}, and nothing arrived there. Give --app-port the port that the gateway leads to, and end your app there for the time of the check.`,
  )
}

function optionsOf(base: URL, flags: CheckFlags): Omit<CheckOptions, 'app'> {
  const isHere = isLoopback(base.hostname)
  const password = process.env['ORY_PROXY_CHECK_PASSWORD'] ?? (isHere ? DEVELOPMENT : undefined)
  const { user = isHere ? 'alice@example.com' : undefined } = flags
  const { secondUser = isHere && flags.user === undefined ? 'bob@example.com' : undefined } = flags
  if (user !== undefined && password === undefined) {
    throw new OryProxyError('ORY_PROXY_CHECK', '--user needs a password: set ORY_PROXY_CHECK_PASSWORD.')
  }
  const who = (identifier: string | undefined) =>
    identifier === undefined ? undefined : { identifier, password: password! }
  return {
    base: new URL(base.origin),
    echo: flags.echo,
    prefix: flags.prefix?.replace(/\/$/, ''),
    user: who(user),
    secondUser: who(secondUser),
    protect: flags.protect,
    cors: flags.corsOrigin,
    sessionCache: flags.sessionCache ?? 10,
  }
}

function line({ id, asks, why, result, instead }: Verdict): string {
  if (result === 'yes') return `${pc.green('yes')}  ${asks} ${pc.dim(id)}\n`
  if (result === 'not asked') return `${pc.dim('-')}    ${pc.dim(`${asks} ${id}: ${instead}`)}\n`
  return `${pc.red('no')}   ${asks} ${pc.dim(id)}\n       Instead: ${instead}.\n       ${why}\n`
}

const count = (verdicts: readonly Verdict[], result: Verdict['result']): number =>
  verdicts.filter(verdict => verdict.result === result).length

function summary(verdicts: readonly Verdict[]): string {
  const [yes, no, open] = (['yes', 'no', 'not asked'] as const).map(result => count(verdicts, result))
  const left = open === 0 ? '' : `, ${open} not asked`
  return `\n${yes! + no!} questions: ${yes} yes, ${no} no${left}.\n`
}

const reportOf = (base: URL, verdicts: readonly Verdict[], ok: boolean): object => ({
  ok,
  url: base.origin,
  yes: count(verdicts, 'yes'),
  no: count(verdicts, 'no'),
  not_asked: count(verdicts, 'not asked'),
  questions: verdicts,
})
