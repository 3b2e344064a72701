import { startEmulator } from '../emulator/index.js'
import { createLogger, silentLogger } from '../log.js'
import type { EmulatorFlags } from './emulator.js'
import { untilSignal } from './run.js'

/** Starts the emulator and serves until a signal comes. */
export async function serveEmulator({ quiet = false, ...options }: EmulatorFlags): Promise<void> {
  const logger = quiet ? { ...silentLogger, error: createLogger().error } : createLogger()
  const emulator = await startEmulator({ ...options, logger })
  const [someone] = emulator.people
  logger.info(
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
  untilSignal(() => emulator.close())
}
