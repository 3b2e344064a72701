/** The emulator's state as a text: to take along, to keep for the next start, to begin a test with. */
import { access, constants, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { OryProxyError } from '../../errors.js'
import { readDocument } from '../config/document.js'
import type { Core } from '../core.js'
import { decodeJson } from '../go/json.js'
import { asObject } from '../schema/fields.js'
import type { Json } from './model.js'
import { type Snapshot, State } from './state.js'

const FORMAT = 'ory-proxy-emulator-state'
const VERSION = 1

/** The same state is the same text, byte for byte. */
export function exportState(core: Core): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, ...core.state.snapshot() }, null, 1)}\n`
}

/**
 * Replaces the state by that of a text.
 *
 * @param name what the text is called in messages
 * @throws {OryProxyError} `ORY_PROXY_EMULATOR_STATE` with the place of the damage; then nothing has changed
 */
export async function importState(core: Core, text: string, name: string): Promise<void> {
  core.state.restore(readSnapshot(core, text, name))
}

/**
 * The text of a state file.
 *
 * @param exported a file that is written at the end: the first time there is none to start with
 */
export async function readState(file: string, exported?: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    if (missing && exported !== undefined && resolve(exported) === resolve(file)) return undefined
    const message = missing ? 'there is no such file' : (cause as Error).message
    throw new OryProxyError('ORY_PROXY_EMULATOR_STATE', `${file}: ${message}`, { cause })
  }
}

/** Throws at the start what {@link writeState} would throw at the end, when the state would be lost. */
export async function checkWritable(file: string): Promise<void> {
  try {
    await access(dirname(resolve(file)), constants.W_OK)
    const there = await stat(file).catch(() => undefined)
    if (there && !there.isFile()) throw new Error('this is no file')
  } catch (cause) {
    throw new OryProxyError('ORY_PROXY_EMULATOR_STATE', `${file}: ${(cause as Error).message}`, { cause })
  }
}

/** Beside the file first and then in its place: whoever reads it sees the old text or the new one. */
export async function writeState(core: Core, file: string): Promise<void> {
  const beside = `${file}.${process.pid}.tmp`
  try {
    // It holds password hashes and session tokens, if only those of test people.
    await writeFile(beside, exportState(core), { mode: 0o600 })
    await rename(beside, file)
  } catch (cause) {
    await rm(beside, { force: true })
    throw new OryProxyError('ORY_PROXY_EMULATOR_STATE', `${file}: ${(cause as Error).message}`, { cause })
  }
}

function readSnapshot(core: Core, text: string, name: string): Snapshot {
  const decoded = decodeJson(text)
  if ('error' in decoded) throw damaged(`${place(text, decoded.at, name)}: ${decoded.error}`)
  const behind = text.slice(decoded.end)
  if (behind.trim() !== '') {
    throw damaged(`${place(text, decoded.end + behind.search(/\S/), name)}: something follows the state`)
  }
  const mistake = findMistake(core, decoded.value)
  if (!mistake) return decoded.value as unknown as Snapshot
  // Only for the message: where in the text that is.
  const document = readDocument(text, name, 'ORY_PROXY_EMULATOR_STATE')
  throw document.problem(mistake.path, mistake.message)
}

const damaged = (message: string): OryProxyError => new OryProxyError('ORY_PROXY_EMULATOR_STATE', message)

function place(text: string, offset: number, name: string): string {
  const before = text.slice(0, offset).split('\n')
  return `${name}:${before.length}:${before.at(-1)!.length + 1}`
}

interface Mistake {
  path: (string | number)[]
  message: string
}

type Kind = 'text' | 'object' | 'list' | 'flag' | 'number'

/** What every entry must have for the emulator to work with it. */
const ENTRIES: Record<keyof Snapshot, Record<string, Kind>> = {
  identities: {
    id: 'text',
    schema_id: 'text',
    state: 'text',
    traits: 'object',
    credentials: 'object',
    verifiable_addresses: 'list',
    recovery_addresses: 'list',
    created_at: 'text',
    updated_at: 'text',
  },
  sessions: {
    id: 'text',
    identity_id: 'text',
    token: 'text',
    logout_token: 'text',
    active: 'flag',
    issued_at: 'text',
    expires_at: 'text',
    authenticated_at: 'text',
    authentication_methods: 'list',
    devices: 'list',
  },
  flows: { id: 'text', kind: 'text', type: 'text', expires_at: 'text', request_url: 'text', ui: 'object' },
  codes: { id: 'text', flow_id: 'text', code: 'text', expires_at: 'text', used: 'flag' },
  messages: { id: 'text', recipient: 'text', body: 'text', subject: 'text', created_at: 'text' },
  errors: { id: 'text', error: 'object', created_at: 'text' },
  exchanges: { flow_id: 'text', init_code: 'text', return_to_code: 'text', expires_at: 'text' },
  continuations: { id: 'text', name: 'text', payload: 'object', expires_at: 'text' },
}

function findMistake(core: Core, value: Json): Mistake | undefined {
  const root = asObject(value)
  if (root['format'] !== FORMAT)
    return { path: ['format'], message: 'this is not an exported state of the emulator' }
  if (root['version'] !== VERSION) {
    return {
      path: ['version'],
      message: `this state has version ${root['version']}, the emulator reads ${VERSION}`,
    }
  }
  for (const [name, shape] of Object.entries(ENTRIES)) {
    const mistake = checkList(root[name], shape, name)
    if (mistake) return mistake
  }
  return checkReferences(core, root as unknown as Snapshot)
}

function checkList(list: Json | undefined, shape: Record<string, Kind>, name: string): Mistake | undefined {
  if (!Array.isArray(list)) return { path: [name], message: `"${name}" must be a list` }
  for (const [i, entry] of list.entries()) {
    for (const [key, kind] of Object.entries(shape)) {
      if (isKind(asObject(entry)[key], kind)) continue
      return { path: [name, i, key], message: `"${key}" of number ${i + 1} of "${name}" must be a ${kind}` }
    }
  }
  return undefined
}

function isKind(value: Json | undefined, kind: Kind): boolean {
  if (kind === 'text') return typeof value === 'string' && value !== ''
  if (kind === 'flag') return typeof value === 'boolean'
  if (kind === 'number') return typeof value === 'number'
  if (kind === 'list') return Array.isArray(value)
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** What one entry says about others must be so, tried out in a state of its own. */
function checkReferences(core: Core, snapshot: Snapshot): Mistake | undefined {
  const scratch = new State()
  for (const [i, identity] of snapshot.identities.entries()) {
    const path = ['identities', i]
    if (!core.schema(identity.schema_id)) {
      return {
        path: [...path, 'schema_id'],
        message: `the configuration has no identity schema "${identity.schema_id}"`,
      }
    }
    const taken = scratch.identity(identity.id)?.id ?? scratch.conflict(identity)?.value
    if (taken) return { path: [...path, 'id'], message: `"${taken}" belongs to two people` }
    scratch.putIdentity(identity)
  }
  for (const [i, session] of snapshot.sessions.entries()) {
    if (!scratch.identity(session.identity_id)) {
      return {
        path: ['sessions', i, 'identity_id'],
        message: `there is nobody with the id "${session.identity_id}"`,
      }
    }
  }
  return undefined
}
