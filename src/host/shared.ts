import { resolveOptions } from '../options/resolve.js'
import type { OryOptions } from '../options/types.js'
import { type HostContext, type Ory, startOry } from './start.js'

/** An {@link Ory} that others may be using too. */
export interface SharedOry {
  readonly ory: Ory
  /** Not needed here any more; the last one out closes it. */
  release(): Promise<void>
}

interface Running {
  readonly starting: Promise<Ory>
  holders: number
}

/** In the module, not in a plugin: dev servers make a new plugin when their configuration is edited. */
const running = new Map<string, Running>()

/**
 * Starts Ory, or joins one that was started with the same options.
 *
 * A dev server that restarts begins the new one before it ends the old one. Joined, they keep the session
 * cache, the key where it lives in memory, and everybody signed in at the emulator.
 */
export async function shareOry(options: OryOptions, context: HostContext): Promise<SharedOry> {
  const key = JSON.stringify([
    resolveOptions(options, context.env, context),
    context.root,
    context.allowedHosts,
  ])
  const entry = running.get(key) ?? { starting: startOry(options, context), holders: 0 }
  running.set(key, entry)
  entry.holders++
  const leave = (): boolean => {
    if (--entry.holders > 0) return false
    return running.delete(key)
  }
  try {
    const ory = await entry.starting
    let held = true
    const release = async (): Promise<void> => {
      if (!held) return
      held = false
      if (leave()) await ory.close()
    }
    return { ory, release }
  } catch (error) {
    leave()
    throw error
  }
}
