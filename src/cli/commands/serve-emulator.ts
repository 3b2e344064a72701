import { readPorts } from '../../emulator/config/read.js'
import { type Emulator, startEmulator } from '../../emulator/index.js'
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
  config?: string
  seed?: string
  import?: string
  export?: string
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
  await assertFree(ports.adminPort, options.host, '--admin-port')
  const { emulator } = await untilSignal(open({ ...options, ...ports }, terminal), terminal.logger)
  terminal.started({ facts: emulatorFacts(emulator), banner: emulatorBanner(emulator) })
}

async function open(
  options: Omit<EmulatorFlags, 'quiet' | 'json'>,
  terminal: Terminal,
): Promise<{ emulator: Emulator; close(): Promise<void> }> {
  const emulator = await startEmulator({ ...options, logger: terminal.logger })
  const close = async (): Promise<void> => {
    await emulator.close()
    terminal.close()
  }
  return { emulator, close }
}
