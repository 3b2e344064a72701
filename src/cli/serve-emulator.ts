import { loadConfig } from '../emulator/config.js'
import { startEmulator } from '../emulator/index.js'
import { silentLogger } from '../log.js'
import type { EmulatorFlags } from './emulator.js'
import { untilSignal } from './run.js'
import { createTerminal } from './terminal.js'

/** Starts the emulator and serves until a signal comes. */
export async function serveEmulator({ quiet = false, ...options }: EmulatorFlags): Promise<void> {
  const terminal = createTerminal({ quiet, debug: false })
  const emulator = await startEmulator({
    ...options,
    ...(await portsOf(options)),
    logger: terminal.logger,
  })
  const [someone] = emulator.people
  terminal.logger.info(
    [
      '',
      `  Public API  ${emulator.url}`,
      `  Admin API   ${emulator.adminUrl}`,
      ...(someone
        ? [`  Sign in     ${new URL('/ui/login', emulator.url)} as ${someone.email} / ${someone.password}`]
        : []),
      '',
    ].join('\n'),
  )
  untilSignal(async () => {
    await emulator.close()
    terminal.close()
  })
}

/** Flag, else the configuration, else Kratos' own ports. */
async function portsOf({
  config,
  port,
  adminPort,
}: EmulatorFlags): Promise<{ port: number; adminPort: number }> {
  const { serve } = await loadConfig(config, { baseUrl: 'http://127.0.0.1:4433', logger: silentLogger })
  return { port: port ?? serve.public.port, adminPort: adminPort ?? serve.admin.port }
}
