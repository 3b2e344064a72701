import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

// The packages are installed one folder up, once for all recipes.
export default { turbopack: { root: dirname(dirname(fileURLToPath(import.meta.url))) } }
