import { readPorts } from '../../emulator/config/read.js'
import { type Emulator, startEmulator } from '../../emulator/index.js'
import { adminHostOf } from '../../emulator/server.js'
import { networkOrigins, openedBy } from '../server/network.js'
import { assertFree } from '../server/port.js'
import { untilSignal } from '../server/run.js'
import { emulatorBanner, emulatorFacts } from '../terminal/banner.js'
import { createJsonLines } from '../terminal/json-lines.js'
import type { Terminal } from '../terminal/report.js'
import { createTerminal } from '../terminal/terminal.js'

/** Flags of `ory-proxy emulator`. */
export interface EmulatorFlags {
  port?: number
  adminPort?: number
  host: string
  adminHost?: string
  allowedHosts?: string[]
  config?: string
  seed?: string
  import?: string
  export?: string
  callHost?: string[]
  quiet?: boolean
  json?: boolean
}

/** Starts the emulator and serves until a signal comes. */
export async function serveEmulator({ quiet = false, json, ...options }: EmulatorFlags): Promise<void> {
  const terminal = json ? createJsonLines({ debug: false }) : createTerminal({ quiet, debug: false })
  const configured = await readPorts(options.config)
  const ports = {
    port: options.port ?? configured.port,
    adminPort: options.adminPort ?? configured.adminPort,
  }
  await assertFree(ports.port, options.host)
  const adminHost = adminHostOf(options)
  await assertFree(ports.adminPort, adminHost, '--admin-port')
  const { emulator } = await untilSignal(open({ ...options, ...ports, adminHost }, terminal), terminal.logger)
  for (const line of opened({ ...options, adminHost })) terminal.logger.warn(line)
  const network = networkOrigins(options.host, emulator.url)
  terminal.started({ facts: emulatorFacts(emulator), banner: emulatorBanner(emulator, network) })
}

/** What asks nobody for a password leaves this machine only when somebody says so. */
function opened({ host, adminHost }: { host: string; adminHost: string }): string[] {
  const stays = adminHost === host ? '' : ` The admin API stays at ${adminHost} (--admin-host).`
  return [
    openedBy('--host', host, `they can sign in as anybody here.${stays}`),
    openedBy('--admin-host', adminHost, 'its admin API asks nobody for a password.'),
  ].filter(line => line !== undefined)
}

async function open(
  { callHost: callHosts, ...options }: Omit<EmulatorFlags, 'quiet' | 'json'>,
  terminal: Terminal,
): Promise<{ emulator: Emulator; close(): Promise<void> }> {
  const emulator = await startEmulator({
    ...options,
    ...(callHosts && { callHosts }),
    logger: terminal.logger,
  })
  const close = async (): Promise<void> => {
    await emulator.close()
    terminal.close()
  }
  return { emulator, close }
}
