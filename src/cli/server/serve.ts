/** What every command that serves does: the port, the certificate, listening, an orderly end. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { type HostContext, type Ory, startOry } from '../../host/start.js'
import { hostName, isAllowedHost } from '../../middleware/host.js'
import type { OryOptions } from '../../options/types.js'
import { createPlainEntry, createSecureEntry, type Entry } from '../../tls/server.js'
import type { Settings } from '../commands/settings.js'
import { createJsonLines } from '../terminal/json-lines.js'
import type { Terminal } from '../terminal/report.js'
import { createTerminal } from '../terminal/terminal.js'
import { createWatch, type Watch } from '../terminal/watch.js'
import { certificateFor } from './certificate.js'
import { networkOrigins, openedBy, UNSPECIFIED } from './network.js'
import { assertElsewhere, assertFree } from './port.js'
import { GRACE, untilSignal } from './run.js'

/** What answers on the port. */
export interface Serving {
  readonly onRequest: (req: IncomingMessage, res: ServerResponse) => void
  readonly onUpgrade?: (req: IncomingMessage, socket: Duplex, head: Buffer) => void
  readonly close?: () => void
}

/** What a command starts from. */
export interface Start {
  readonly settings: Settings
  readonly app: URL
  readonly https: boolean
  readonly publishUrl: string | undefined
  /** Further host names to answer to. */
  readonly names?: readonly string[]
  /** Beside the flags: what follows from the command's arguments. */
  readonly options?: OryOptions
  readonly context?: HostContext
  /** Builds what answers, once Ory is known. */
  readonly serving: (ory: Ory, watch: Watch, terminal: Terminal) => Serving
}

/** A command that serves. */
export interface Running {
  readonly ory: Ory
  readonly url: string
  /** Where others in the network find it. */
  readonly network: readonly string[]
  readonly terminal: Terminal
}

/** Starts Ory, the certificate and the port, and serves until a signal comes. */
export async function serve(start: Start): Promise<Running> {
  const { settings, app } = start
  assertElsewhere(app, settings.port, settings.portFrom)
  await assertFree(settings.port, settings.host)
  const terminal = settings.json ? createJsonLines(settings) : createTerminal(settings)
  return untilSignal(open(start, terminal), terminal.logger)
}

async function open(start: Start, terminal: Terminal): Promise<Running & { close(): Promise<void> }> {
  const watch = createWatch(terminal)
  const closing: (() => unknown)[] = [terminal.close]
  const close = async (): Promise<void> => {
    for (const end of closing.reverse()) await end()
  }
  try {
    const ory = await openOry(start, watch, terminal)
    closing.push(ory.close)
    const serving = start.serving(ory, watch, terminal)
    closing.push(() => serving.close?.())
    const entry = await openEntry(start, ory, serving, terminal.logger)
    closing.push(() => entry.close(GRACE))
    ory.gateUpgrades(entry.server)
    const { port } = await entry.listen(start.settings.port, start.settings.host)
    const url = ory.options.publicUrl?.origin ?? address(start, port)
    ory.announcedAt(() => url)
    const opened = openedBy('--host', start.settings.host, whatIsOpen(start, ory))
    if (opened) terminal.logger.warn(opened)
    const network = networkOrigins(start.settings.host, address(start, port))
    return { ory, url, network, terminal, close }
  } catch (error) {
    await close() // what was said before comes before the error
    throw error
  }
}

/** The dev tools stay with this machine, whoever else is let in. */
function whatIsOpen({ app }: Start, { emulator }: Ory): string {
  const ory = emulator
    ? 'the emulator, whose passwords and codes everybody can guess or read here'
    : "Ory's pages"
  return `they reach ${app.origin} and ${ory}. Without --host it is for this machine only.`
}

function openOry(
  { settings, publishUrl, names, options, context }: Start,
  watch: Watch,
  { logger }: Terminal,
): Promise<Ory> {
  return startOry(
    { ...settings.options, ...options, logger, ...(publishUrl !== undefined && { publicUrl: publishUrl }) },
    {
      ...settings.surroundings,
      ...context,
      allowedHosts: namesOf(settings, names),
      framesBodies: true,
      explain: watch.identified,
    },
  )
}

async function openEntry(
  { settings, https, names: further = [] }: Start,
  ory: Ory,
  serving: Serving,
  logger: Terminal['logger'],
): Promise<Entry> {
  if (!https) return createPlainEntry(serving)
  const { publicUrl, allowedHosts } = ory.options
  const published = publicUrl ? [publicUrl.hostname] : []
  const names = [...allowedHosts, ...published, ...further, ...certifiable(settings.host)]
  const pem = await certificateFor(settings, names, logger)
  const rules = { ...ory.options, allowedHosts: [...allowedHosts, ...further] }
  const isOurs = (host: string): boolean => {
    const name = hostName(host)
    return name !== null && isAllowedHost(name, rules)
  }
  return createSecureEntry({ ...pem, ...serving, isAllowedHost: isOurs })
}

/** The address we listen on, where a browser could be told to open it. */
const certifiable = (host: string): string[] => (UNSPECIFIED.has(host) ? [] : [host])

/** A name to listen on is a name to answer to. */
function namesOf({ host }: Settings, names: readonly string[] = []): string[] {
  return isIP(host) === 0 ? [host, ...names] : [...names]
}

/** What a person types: cookies of 127.0.0.1 and localhost are not the same, and localhost is what people type. */
function address({ settings: { host }, https }: Start, port: number): string {
  const name = host === '127.0.0.1' || host === '::1' || UNSPECIFIED.has(host) ? 'localhost' : host
  return `${https ? 'https' : 'http'}://${name.includes(':') ? `[${name}]` : name}:${port}`
}
