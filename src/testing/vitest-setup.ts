/** For `globalSetup` of Vitest: one Ory for the whole run. */
import { startTestOry } from './index.js'
import { sayWhereKeysAre } from './keys.js'

/** What of Vitest is used; its own type would tie ours to one version. */
interface Project {
  provide(key: never, value: never): void
}

/**
 * Starts it, and says where the backend under test finds the keys: in `ORY_JWKS_URL`, unless that is set.
 *
 * @returns ends it
 *
 * @example
 * import { defineConfig } from 'vitest/config'
 *
 * export default defineConfig({ test: { globalSetup: ['ory-proxy/vitest/setup'] } })
 */
export default async function setup(project: Project): Promise<() => Promise<void>> {
  const ory = await startTestOry()
  project.provide('oryProxyOrigin' as never, ory.origin as never)
  sayWhereKeysAre(ory)
  return () => ory.close()
}
