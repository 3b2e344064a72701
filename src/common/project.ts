/** The project we run in: where it is, and what it is called. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join, parse, relative, resolve } from 'node:path'

/** The nearest folder with a package.json; undefined where there is none. */
export function projectFolder(from: string = process.cwd()): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === parse(folder).root) return undefined
  }
}

/**
 * A word for the project that fits into the name of a cookie: package.json's name, and a few letters that tell two
 * clones of it apart. The same at every start.
 */
export function projectSlug(from: string = process.cwd()): string {
  const folder = projectFolder(from) ?? resolve(from)
  const clone = createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 6)
  return [...nameIn(folder), clone].join('_')
}

function nameIn(folder: string): [] | [string] {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown }
    const slug = typeof name === 'string' ? name.toLowerCase().replace(/[^a-z0-9]+/g, '') : ''
    return slug === '' ? [] : [slug.slice(0, 40)]
  } catch {
    return []
  }
}

/** A file that is named in a folder, as it is named from where we run: messages say it so. */
export function named(folder: string, file: string): string {
  return relative(process.cwd(), resolve(folder, file)) || '.'
}
