import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { OryProxyError } from '../errors.js'
import { printable } from '../log.js'
import type { Entry } from '../tls/server.js'

/** Ports looked at for a free one. */
const LOOK_AHEAD = 50

/**
 * Listens, or says who is in the way and which port is free.
 *
 * @throws {OryProxyError} `ORY_PROXY_PORT_TAKEN`, `ORY_PROXY_BAD_OPTION` for an address that is not this machine's
 */
export async function listen(entry: Entry, port: number, host: string): Promise<number> {
  try {
    return (await entry.listen(port, host)).port
  } catch (error) {
    if (error instanceof OryProxyError && error.code === 'ORY_PROXY_PORT_TAKEN') throw await taken(port, host)
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EACCES')
      throw new OryProxyError('ORY_PROXY_PORT_TAKEN', `Port ${port} is not yours to open.`)
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
      const message = `--host ${printable(host)} is no address of this machine (${code}).`
      throw new OryProxyError('ORY_PROXY_BAD_OPTION', message)
    }
    throw error
  }
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
    if (await isFree(port, host)) return port
  }
  return undefined
}

function isFree(port: number, host: string): Promise<boolean> {
  const probe = createServer()
  return new Promise(resolve => {
    probe.once('error', () => resolve(false))
    probe.listen(port, host, () => probe.close(() => resolve(true)))
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
