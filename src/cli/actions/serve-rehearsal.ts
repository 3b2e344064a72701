import { startCheckApp } from '../../check/app.js'
import { OryProxyError } from '../../errors.js'
import { rulesOf } from '../../export/settings.js'
import { type ResolvedOptions, resolveOptions } from '../../options/resolve.js'
import { chooseTarget } from '../../ory/target.js'
import { type Rehearsal, startRehearsal } from '../../rehearse/index.js'
import type { Settings } from '../commands/settings.js'
import { assertFree } from '../server/port.js'
import { untilSignal } from '../server/run.js'
import type { Terminal } from '../terminal/report.js'
import { createTerminal } from '../terminal/terminal.js'

/** What is typed and is no setting. */
export interface RehearseFlags {
  readonly workers?: number
}

const MOST_WORKERS = 16

/** Starts app, Ory and gateways where they are not named, and serves until a signal comes. */
export async function serveRehearsal(
  engine: string,
  app: URL | undefined,
  { workers = 1 }: RehearseFlags,
  settings: Settings,
): Promise<void> {
  if (!Number.isInteger(workers) || workers < 1 || workers > MOST_WORKERS) {
    throw new OryProxyError('ORY_PROXY_BAD_OPTION', `--workers must be a number from 1 to ${MOST_WORKERS}.`)
  }
  const terminal = createTerminal({ quiet: settings.quiet, debug: false })
  const options = resolveOptions(settings.options, process.env, settings.surroundings)
  await assertFree(settings.port, '127.0.0.1')
  const opening = open({ engine, app, workers, port: settings.port, options }, terminal)
  const { rehearsal, ory, who } = await untilSignal(opening, terminal.logger)
  void rehearsal.ended.then(words => {
    terminal.logger.error(words)
    process.exitCode = 1
    process.kill(process.pid, 'SIGTERM')
  })
  const folders = rehearsal.gateways.map(({ folder }) => folder)
  terminal.started({
    facts: { url: rehearsal.url, engine, app: app?.origin, oryUrl: `${rehearsal.url}/.ory`, folders },
    banner: ({ bold, cyan, dim }) =>
      [
        `  ${bold('Open')}     ${cyan(rehearsal.url)}`,
        `  Engine   ${engine}${workers > 1 ? `, ${workers} of it with one key set` : ''}`,
        `  App      ${app?.origin ?? 'one that tells what it received'}`,
        `  Ory      ${ory}, at /.ory`,
        ...(who === undefined ? [] : [`  Sign in  ${who}`]),
        `  Folder   ${folders.join(' ')}`,
        dim(`  Next     npx ory-proxy check ${rehearsal.url}, or the app's own tests against it`),
        '',
      ].join('\n'),
  })
}

interface Opening {
  readonly engine: string
  readonly app: URL | undefined
  readonly workers: number
  readonly port: number
  readonly options: ResolvedOptions
}

interface Opened {
  readonly rehearsal: Rehearsal
  readonly ory: string
  readonly who: string | undefined
  close(): Promise<void>
}

async function open({ engine, app, workers, port, options }: Opening, terminal: Terminal): Promise<Opened> {
  const closing: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (const end of closing.reverse()) await end()
  }
  try {
    const rules = rulesOf(options)
    const ory = await oryOf(options, `http://localhost:${port}/.ory`, terminal)
    closing.push(ory.close)
    const behind = app ?? (await ownApp(closing))
    const settings = { ...rules, ory: ory.url, app: behind, oryDomain: false }
    const rehearsal = await startRehearsal({ engine, port, workers, settings })
    closing.push(rehearsal.close)
    const finish = async (): Promise<void> => {
      await close()
      terminal.close()
    }
    return { rehearsal, ory: ory.name, who: ory.who, close: finish }
  } catch (error) {
    await close()
    throw error
  }
}

async function ownApp(closing: (() => Promise<void>)[]): Promise<URL> {
  const app = await startCheckApp(0, '127.0.0.1')
  closing.push(app.close)
  return new URL(app.url)
}

interface Ory {
  readonly url: URL
  readonly name: string
  readonly who?: string
  close(): Promise<void>
}

async function oryOf(options: ResolvedOptions, publicUrl: string, { logger }: Terminal): Promise<Ory> {
  const target = await chooseTarget(options)
  if (target !== 'emulator') {
    return { url: target.url, name: target.url.origin, close: async () => await target.release?.() }
  }
  const { startEmulator } = await import('../../emulator/index.js')
  const emulator = await startEmulator({ ...options.emulator, publicUrl, logger })
  const [first] = emulator.people
  return {
    url: new URL(emulator.url),
    name: 'emulator',
    ...(first && { who: `${first.email}, password ${first.password}` }),
    close: () => emulator.close(),
  }
}
