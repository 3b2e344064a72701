import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { portHolder } from '../../../src/cli/server/port-holder.js'
import { currentSystem, type RunResult, type System } from '../../../src/tls/system.js'

const NETSTAT = 'C:\\Windows\\System32\\netstat.exe -ano'
const TASKLIST = 'C:\\Windows\\System32\\tasklist.exe /FI PID eq 4711 /FO CSV /NH'
const LSOF = 'lsof -nP -iTCP:4000 -sTCP:LISTEN -Fpc'

/** As netstat prints it in German: the state is translated, the rest is not. */
const TABLE = [
  '',
  'Aktive Verbindungen',
  '',
  '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
  '  TCP    127.0.0.1:40001        0.0.0.0:0              ABHÖREN          11',
  '  TCP    127.0.0.1:51000        127.0.0.1:4000         HERGESTELLT      12',
  '  TCP    127.0.0.1:4000         127.0.0.1:51000        HERGESTELLT      13',
  '  TCP    [::1]:4000             [::]:0                 ABHÖREN          4711',
  '  UDP    0.0.0.0:4000           *:*                                     14',
].join('\r\n')

/** A machine on which these commands print this. */
function machine(platform: NodeJS.Platform, prints: Readonly<Record<string, string>>) {
  const ran: string[] = []
  const run = async (command: string, args: readonly string[]): Promise<RunResult> => {
    const line = [command, ...args].join(' ')
    ran.push(line)
    return line in prints ? { code: 0, output: prints[line]! } : { code: null, output: '' }
  }
  const system: Pick<System, 'platform' | 'env' | 'run'> = { platform, env: {}, run }
  return { ran, system }
}

describe('who listens on a port', () => {
  test('is this process, on the machine we run on', async () => {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    expect(await portHolder(port, currentSystem())).toContain(`(process ${process.pid})`)
    await new Promise(resolve => server.close(resolve))
    expect(await portHolder(port, currentSystem())).toBeUndefined()
  })

  const tellers: [NodeJS.Platform, Record<string, string>, string | undefined][] = [
    ['darwin', { [LSOF]: 'p4711\ncnode\nf18\n' }, '"node" (process 4711)'],
    [
      'darwin',
      { [LSOF]: 'p4711\ncGoogle Chrome H\nf18\np4712\ncnode\n' },
      '"Google Chrome H" (process 4711)',
    ],
    ['darwin', { [LSOF]: '' }, undefined],
    ['darwin', {}, undefined],
    [
      'win32',
      { [NETSTAT]: TABLE, [TASKLIST]: '"node.exe","4711","Console","1","50.000 K"\r\n' },
      '"node.exe" (process 4711)',
    ],
    ['win32', { [NETSTAT]: TABLE }, '"a program" (process 4711)'],
    ['win32', { [NETSTAT]: TABLE.replaceAll(':4000 ', ':4001 ') }, undefined],
    ['win32', {}, undefined],
    ['aix', {}, undefined],
  ]
  test.for(tellers)('is asked of the system: %s %j', async ([platform, prints, holder]) => {
    const { ran, system } = machine(platform, prints)
    expect(await portHolder(4000, system)).toBe(holder)
    expect(Object.keys(prints)).toEqual(ran.slice(0, Object.keys(prints).length))
  })

  test('cannot forge a line of ours', async () => {
    const { system } = machine('darwin', { [LSOF]: 'p1\nc\u001b[31mnode\n' })
    expect(await portHolder(4000, system)).toBe('"?[31mnode" (process 1)')
  })
})
