import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { win32 } from 'node:path'
import { printable } from '../../log.js'
import type { System } from '../../tls/system.js'

/** The program that listens on a port, where the system tells: `"node" (process 4711)`. */
export async function portHolder(
  port: number,
  system: Pick<System, 'platform' | 'env' | 'run'>,
): Promise<string | undefined> {
  const ask = { linux: holderOnLinux, darwin: holderOnMacOs, win32: holderOnWindows }[
    system.platform as string
  ]
  const holder = await ask?.(port, system)
  return holder && `"${printable(holder.name, 40)}" (process ${holder.pid})`
}

interface Holder {
  readonly pid: string
  readonly name: string
}

/** Its fields are lines that begin with their letter: process, command (lsof(8), "Output for other programs"). */
async function holderOnMacOs(port: number, { run }: Pick<System, 'run'>): Promise<Holder | undefined> {
  const { output } = await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'])
  const [, pid, name] = /^p(\d+)\r?\nc(.*)$/m.exec(output) ?? []
  return pid === undefined ? undefined : { pid, name: name! }
}

/** The word for "listening" is in the user's language; a listener's peer is port 0 in all of them. */
async function holderOnWindows(
  port: number,
  { env, run }: Pick<System, 'env' | 'run'>,
): Promise<Holder | undefined> {
  const program = (name: string): string => win32.join(env['SystemRoot'] || 'C:\\Windows', 'System32', name)
  const table = await run(program('netstat.exe'), ['-ano'])
  const line = new RegExp(`^\\s*TCP\\s+\\S+:${port}\\s+\\S+:0\\s+\\S+\\s+(\\d+)\\s*$`, 'm')
  const pid = line.exec(table.output)?.[1]
  if (pid === undefined) return undefined
  const task = await run(program('tasklist.exe'), ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'])
  return { pid, name: /^"([^"]+)"/m.exec(task.output)?.[1] ?? 'a program' }
}

/** State LISTEN in Linux' table of sockets (proc(5)). */
const LISTENING = '0A'

/** Without any tool: a container has none. */
async function holderOnLinux(port: number): Promise<Holder | undefined> {
  const inodes = new Set(['tcp', 'tcp6'].flatMap(table => listeningOn(port, `/proc/net/${table}`)))
  if (inodes.size === 0) return undefined
  for (const pid of entries('/proc').filter(name => /^\d+$/.test(name))) {
    const holds = entries(`/proc/${pid}/fd`).some(fd => inodes.has(socketInode(`/proc/${pid}/fd/${fd}`)))
    if (holds) return { pid, name: textOf(`/proc/${pid}/comm`).trim() }
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
