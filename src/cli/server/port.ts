import { createServer } from 'node:net'
import { isLoopback } from '../../common/loopback.js'
import { OryProxyError } from '../../errors.js'
import { printable } from '../../log.js'
import { addressesOf } from '../../tls/listen.js'
import { currentSystem } from '../../tls/system.js'
import { portHolder } from './port-holder.js'

/** Ports looked at for a free one. */
const LOOK_AHEAD = 50

/**
 * Looks whether we can listen before anything else is done: no certificate is made, and no API key, for a start
 * that comes to nothing.
 *
 * @param flag what the port is set with
 * @throws {OryProxyError} `ORY_PROXY_PORT_TAKEN`, `ORY_PROXY_BAD_OPTION` for an address that is not this machine's
 */
export async function assertFree(port: number, host: string, flag = '--port'): Promise<void> {
  const problem = await listeningProblem(port, host)
  if (problem === undefined) return
  if (problem === 'EADDRINUSE') throw await taken(port, host, flag)
  if (problem === 'EACCES') {
    const message = `Port ${port} takes more rights than yours. Use one from 1024 on, like ${flag} 4000.`
    throw new OryProxyError('ORY_PROXY_PORT_TAKEN', message)
  }
  const message = `--host ${printable(host)} is no address of this machine (${problem}).`
  throw new OryProxyError('ORY_PROXY_BAD_OPTION', message)
}

async function taken(port: number, host: string, flag: string): Promise<OryProxyError> {
  const [holder, free] = await Promise.all([portHolder(port, currentSystem()), nextFree(port + 1, host)])
  const by = holder ? ` by ${holder}` : ''
  const instead = free === undefined ? '' : ` Port ${free} is free: ${flag} ${free}.`
  return new OryProxyError('ORY_PROXY_PORT_TAKEN', `Port ${port} is taken${by}.${instead}`)
}

async function nextFree(from: number, host: string): Promise<number | undefined> {
  for (let port = from; port < Math.min(from + LOOK_AHEAD, 65536); port++) {
    if ((await listeningProblem(port, host)) === undefined) return port
  }
  return undefined
}

/** Why we cannot listen; a machine may lack one of two addresses. */
async function listeningProblem(port: number, host: string): Promise<string | undefined> {
  const problems: (string | undefined)[] = []
  for (const address of addressesOf(host)) problems.push(await tryListening(port, address))
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

/**
 * Pointed at ourselves, one request would ask for the next one for ever.
 *
 * @param source what said the port: `--port`, a variable, a file, or nothing
 * @throws {OryProxyError} `ORY_PROXY_PORT_TAKEN`
 */
export function assertElsewhere(app: URL, port: number, source: string | undefined): void {
  const appPort = Number(app.port) || (app.protocol === 'https:' ? 443 : 80)
  if (port === 0 || appPort !== port || !isLoopback(app.hostname)) return
  const because = source === undefined ? 'by default' : `${source} says so`
  const message = `The app cannot be at ${app.origin}: that is where ory-proxy is going to listen (${because}).`
  throw new OryProxyError('ORY_PROXY_PORT_TAKEN', message)
}
