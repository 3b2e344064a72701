import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

// The lock file of ory-proxy is further up: without this, Next takes that folder for the app's.
export default { turbopack: { root: dirname(dirname(fileURLToPath(import.meta.url))) } }
