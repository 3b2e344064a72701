/** The files that a configuration names: beside it, where Kratos would look, or where a container has them. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A file that was found. */
export interface NamedFile {
  readonly text: string
  readonly path: string
  /** Why this one is read, where the configuration names another. */
  readonly remark?: string
}

/** A file that is nowhere, yet. */
export class MissingFile extends Error {
  override readonly name = 'MissingFile'
  /** What has to appear for it to be there: the file, or the first folder on the way to it. */
  readonly awaited: readonly string[]

  constructor(message: string, awaited: readonly string[]) {
    super(message)
    this.awaited = awaited
  }
}

/** What would have to appear for an error to be none. */
export function awaitedBy(error: unknown): readonly string[] {
  if (error instanceof MissingFile) return error.awaited
  return error instanceof Error && error.cause !== undefined ? awaitedBy(error.cause) : []
}

/**
 * Reads what a `file://` address, or a path, of a configuration means.
 *
 * In a container the folder of the configuration has another path, so that of an absolute path that is not here the
 * end is looked for: `/etc/config/kratos/schemas/a.json` is `schemas/a.json` or `a.json` beside the configuration.
 * A relative one begins at the configuration; Kratos begins where it was started, which is tried next.
 *
 * @throws {MissingFile} with where it was looked for
 */
export async function readNamedFile(address: string, folder: string): Promise<NamedFile> {
  const written = withoutScheme(address)
  const places = placesOf(address, folder)
  for (const [i, path] of places.entries()) {
    const text = await textOf(path)
    if (text === undefined) continue
    const isMeant = i === 0 || path === resolve(written)
    return {
      text,
      path,
      ...(!isMeant && { remark: `${written} is not here: ${shown(path)} is read instead` }),
    }
  }
  const why = `${shown(places[0]!)} does not exist, and there is no ${basename(written)} in ${folder}`
  throw new MissingFile(why, [...new Set(places.map(firstMissing))])
}

function firstMissing(path: string): string {
  const parent = dirname(path)
  return existsSync(parent) || parent === path ? path : firstMissing(parent)
}

/** Where an address may mean, the first it names; absolute. */
export function placesOf(address: string, folder: string): string[] {
  const written = withoutScheme(address)
  return /^(?:[/\\]|[a-z]:)/i.test(written)
    ? absolutePlaces(address, written, folder)
    : relativePlaces(written, folder)
}

/** `file://./x` and `file://x/y` are no URLs by the letter, but how people write relative paths. */
function withoutScheme(address: string): string {
  if (!/^file:\/\//i.test(address)) return address
  const path = address.slice('file://'.length)
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function absolutePlaces(address: string, written: string, folder: string): string[] {
  const parts = written.split(/[/\\]+/).filter(part => part !== '' && part !== '..')
  const ends = parts.map((_, i) => join(folder, ...parts.slice(i)))
  return [localPath(address) ?? written, ...ends]
}

/** Undefined for a path that this system cannot have, as one without a drive on Windows. */
function localPath(address: string): string | undefined {
  if (!/^file:\/\//i.test(address)) return resolve(address)
  try {
    return fileURLToPath(address)
  } catch {
    return undefined
  }
}

const relativePlaces = (written: string, folder: string): string[] => [
  ...new Set([resolve(folder, written), resolve(written), join(folder, basename(written))]),
]

/** Undefined where there is nothing. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new Error(`${shown(path)} cannot be read: ${message}`, { cause })
  }
}

/** As short as it can be said. */
export function shown(path: string): string {
  const short = relative(process.cwd(), path)
  return short !== '' && !short.startsWith(`..${sep}..`) ? short : path
}
