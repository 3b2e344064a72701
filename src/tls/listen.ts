import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { OryProxyError } from '../errors.js'

/** A machine without IPv6 (or without IPv4) says one of these; the other address is enough then. */
const NO_SUCH_FAMILY = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])
const ATTEMPTS_FOR_A_FREE_PORT = 10

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code)

/**
 * What a name or address makes us listen on. `127.0.0.1` brings `::1` along: people type `localhost`, for which a
 * browser tries `::1` first and much else only `127.0.0.1`; and whoever had `::1` on our port would get their cookies.
 */
export function addressesOf(host: string): readonly string[] {
  return host === 'localhost' || host === '127.0.0.1' ? ['127.0.0.1', '::1'] : [host]
}

/**
 * Listens on every address of `host`, on one port.
 *
 * @param port 0 takes a free one
 * @param onConnection called with each TCP connection
 * @throws OryProxyError `ORY_PROXY_PORT_TAKEN`
 */
export async function listenOnAll(
  port: number,
  host: string,
  onConnection: (socket: Socket) => void,
): Promise<Server[]> {
  for (let attempt = 1; ; attempt++) {
    const servers: Server[] = []
    try {
      await listenOnEach(servers, port, host, onConnection)
      return servers
    } catch (error) {
      for (const server of servers) server.close()
      if (codeOf(error) !== 'EADDRINUSE') throw error
      // A port that is free on 127.0.0.1 can be taken on ::1.
      if (port === 0 && attempt < ATTEMPTS_FOR_A_FREE_PORT) continue
      throw new OryProxyError('ORY_PROXY_PORT_TAKEN', `port ${port} on ${host} is taken`, { cause: error })
    }
  }
}

async function listenOnEach(
  servers: Server[],
  wanted: number,
  host: string,
  onConnection: (socket: Socket) => void,
): Promise<void> {
  let missing: unknown
  for (const address of addressesOf(host)) {
    // Half-open, as node:http has it: a client may end its side and still read the answer.
    const server = createServer({ allowHalfOpen: true, noDelay: true }, onConnection)
    const port = servers[0] ? (servers[0].address() as AddressInfo).port : wanted
    server.listen({ port, host: address })
    try {
      await once(server, 'listening')
      servers.push(server)
    } catch (error) {
      if (!NO_SUCH_FAMILY.has(codeOf(error))) throw error
      missing = error
    }
  }
  if (servers.length === 0) throw missing
}
