import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { OryProxyError } from '../errors.js'
import { printable } from '../log.js'

/** Ports looked at for a free one. */
const LOOK_AHEAD = 50

/**
 * Looks whether we can listen before anything else is done: no certificate is made, and no API key, for a start
 * that comes to nothing.
 *
 * @throws {OryProxyError} `ORY_PROXY_PORT_TAKEN`, `ORY_PROXY_BAD_OPTION` for an address that is not this machine's
 */
export async function assertFree(port: number, host: string): Promise<void> {
  const problem = await listeningProblem(port, host)
  if (problem === undefined) return
  if (problem === 'EADDRINUSE') throw await taken(port, host)
  if (problem === 'EACCES') {
    throw new OryProxyError('ORY_PROXY_PORT_TAKEN', `Port ${port} takes more rights than yours.`)
  }
  const message = `--host ${printable(host)} is no address of this machine (${problem}).`
  throw new OryProxyError('ORY_PROXY_BAD_OPTION', message)
}

async function taken(port: number, host: string): Promise<OryProxyError> {
  const holder = portHolder(port)
  const free = await nextFree(port + 1, host)
  const by = holder ? ` by ${holder}` : ''
  const instead = free === undefined ? '' : ` Port ${free} is free.`
  return new OryProxyError('ORY_PROXY_PORT_TAKEN', `Port ${port} is taken${by}.${instead}`)
}

async function nextFree(from: number, host: string): Promise<number | undefined> {
  for (let port = from; port < Math.min(from + LOOK_AHEAD, 65536); port++) {
    if ((await listeningProblem(port, host)) === undefined) return port
  }
  return undefined
}

/** Why we cannot listen; `localhost` is two addresses, of which a machine may lack one. */
async function listeningProblem(port: number, host: string): Promise<string | undefined> {
  const addresses = host === 'localhost' ? ['127.0.0.1', '::1'] : [host]
  const problems: (string | undefined)[] = []
  for (const address of addresses) problems.push(await tryListening(port, address))
  if (problems.includes('EADDRINUSE')) return 'EADDRINUSE'
  return problems.includes(undefined) ? undefined : problems[0]
}

function tryListening(port: number, address: string): Promise<string | undefined> {
  const probe = createServer()
  return new Promise(resolve => {
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    probe.listen(port, address, () => probe.close(() => resolve(undefined)))
  })
}

/** State LISTEN in Linux' table of sockets (proc(5)). */
const LISTENING = '0A'

/** The program that listens on a port, where the system tells: Linux does, without any tool. */
export function portHolder(port: number, proc = '/proc'): string | undefined {
  if (process.platform !== 'linux') return undefined
  const inodes = new Set(['tcp', 'tcp6'].flatMap(table => listeningOn(port, `${proc}/net/${table}`)))
  if (inodes.size === 0) return undefined
  for (const pid of entries(proc).filter(name => /^\d+$/.test(name))) {
    const holds = entries(`${proc}/${pid}/fd`).some(fd => inodes.has(socketInode(`${proc}/${pid}/fd/${fd}`)))
    if (holds) return `"${printable(textOf(`${proc}/${pid}/comm`).trim(), 40)}" (process ${pid})`
  }
  return undefined
}

function listeningOn(port: number, table: string): string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return textOf(table)
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(wanted) && state === LISTENING)
    .flatMap(columns => columns[9] ?? [])
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // another user's process, or one that just ended
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function socketInode(link: string): string {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.[1] ?? ''
  } catch {
    return ''
  }
}
