import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { SourceFile } from './types.js'

/** Larger ones are nobody's configuration. */
const MOST_BYTES = 200_000
const MOST_FILES = 200

/** Folders that a server's own files lie in. */
const FOLDERS = [
  '',
  'src',
  'server',
  'api',
  'app',
  'config',
  'kratos',
  'ory',
  'config/kratos',
  'contrib/kratos',
]

/** The project's files that are looked at: of a few folders, and not of what was installed or built. */
export interface ProjectFiles {
  readonly env: readonly SourceFile[]
  readonly packages: SourceFile | undefined
  readonly kratos: readonly SourceFile[]
  readonly bundlers: readonly SourceFile[]
  readonly servers: readonly SourceFile[]
}

export function projectFiles(root: string): ProjectFiles {
  const all = FOLDERS.flatMap(folder => filesIn(join(root, folder)))
  const read = (pattern: RegExp, from: readonly string[] = all): SourceFile[] =>
    from
      .filter(file => pattern.test(file.replaceAll('\\', '/')))
      .slice(0, MOST_FILES)
      .flatMap(path => readSource(root, path))
  const top = filesIn(root)
  return {
    env: read(/\/\.env(?:\.[\w.-]+)?$/, top),
    packages: read(/\/package\.json$/, top)[0],
    kratos: read(/\/\.?kratos[\w.-]*\.(?:ya?ml|json)$/),
    bundlers: read(/\/(?:vite|webpack|rspack|rsbuild)\.config\.[cm]?[jt]s$/, top),
    servers: read(/\.[cm]?[jt]s$/).filter(({ text }) => text.includes('createOryMiddleware')),
  }
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry =>
    entry.isFile() ? [join(folder, entry.name)] : [],
  )
}

function readSource(root: string, path: string): SourceFile[] {
  try {
    if (statSync(path).size > MOST_BYTES) return []
    return [{ file: relative(root, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }]
  } catch {
    return [] // not for us to read
  }
}
