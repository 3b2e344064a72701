import { afterEach } from 'vitest'
import { silentLogger } from '../src/index.js'

/** What a test has to end, last first; a file that imports this has it done after each of its tests. */
export const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const end of undo.splice(0).reverse()) await end()
})

export const quiet: { logger: typeof silentLogger } = { logger: silentLogger }

/** The token an app received, or nothing. */
export const bearerOf = (headers: { authorization?: string | undefined }): string =>
  (headers.authorization ?? '').replace(/^Bearer /, '')
