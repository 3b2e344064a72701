import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { projectFolder } from '../common/project.js'

/** The server of a project that runs, for `ory-proxy doctor`. */
export interface RunningServer {
  readonly pid: number
  readonly url: string
  readonly mode: 'emulator' | 'ory'
}

/** Where it is noted; undefined where the project has no place for what may be forgotten. */
export function runningFile(root?: string): string | undefined {
  const folder = projectFolder(root)
  if (folder === undefined || !existsSync(join(folder, 'node_modules'))) return undefined
  return join(folder, 'node_modules/.cache/ory-proxy/running.json')
}

/** Notes it; returns what takes the note away, unless another one has come since. Never fails: nobody needs it to run. */
export function noteRunning(root: string | undefined, running: RunningServer): () => void {
  const file = runningFile(root)
  if (file === undefined) return () => {}
  const text = `${JSON.stringify(running)}\n`
  const quietly = (run: () => void): void => {
    try {
      run()
    } catch {} // a read-only folder, a file of somebody else
  }
  quietly(() => {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  })
  return () => quietly(() => readFileSync(file, 'utf8') === text && rmSync(file))
}
