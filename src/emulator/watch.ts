/** Files that count as soon as they are edited. */
import { OryProxyError } from '../errors.js'
import type { Logger } from '../log.js'
import type { Namespace } from './dev/types.js'
import type { Settings } from './settings.js'
import { type SeedSource, watchFile } from './store/seed-file.js'

/** As Kratos does it: an edit counts at once, and everybody stays signed in. */
export function watchSettings(settings: Settings, log: Logger): () => void {
  const watched = new Map<string, () => void>()
  let stopped = false
  let turn = Promise.resolve()
  const changed = (): void => {
    turn = turn.then(async () => {
      await settings.reread()
      watch()
    })
  }
  const watch = (): void => {
    if (stopped) return
    for (const file of settings.files)
      if (!watched.has(file)) watched.set(file, watchFile(file, changed, log))
  }
  watch()
  return () => {
    stopped = true
    for (const stop of watched.values()) stop()
  }
}

/** A seed that is broken while somebody is still writing it costs one line; the people stay. */
export function watchSeed({ core, people }: Namespace, source: SeedSource): () => void {
  const { file } = source
  if (file === undefined) return () => {}
  let turn = Promise.resolve()
  const take = async (): Promise<void> => {
    try {
      const seed = await source.read()
      if (!(await people.reseed(core, seed))) return
      const names = people.signIns.map(({ email }) => email).join(' and ')
      core.log.info(
        seed.optional
          ? `${file} is gone: ${names} are back`
          : `${file}: taken over, ${people.seeded.length} in it`,
      )
    } catch (error) {
      core.log.error(error instanceof OryProxyError ? error.message : `${file}: ${String(error)}`)
    }
  }
  return watchFile(
    file,
    () => {
      turn = turn.then(take)
    },
    core.log,
  )
}
