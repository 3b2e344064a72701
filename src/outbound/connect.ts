import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'
import buildUndiciConnector from 'undici/lib/core/connect.js'
import UndiciPool from 'undici/lib/dispatcher/pool.js'
import { isLoopback, lookupLoopback } from '../common/loopback.js'
import { forgetAborted, leaveOutContinue, readOnAfterFailedWrite, tellResets } from './repairs.js'

// From here, as loaders that turn modules into CommonJS (jiti) lose the default of one that is imported on demand.
export { UndiciPool }

/** Milliseconds for a connection to come about. */
const CONNECT_TIMEOUT = 10_000

/**
 * Opens connections to one server.
 *
 * @param onOpen told of each
 */
export function createConnector({ hostname }: URL, onOpen: () => void): buildConnector.connector {
  const open = buildUndiciConnector({
    timeout: CONNECT_TIMEOUT,
    autoSelectFamily: true,
    lookup: lookupLoopback,
    rejectUnauthorized: !isLoopback(hostname), // a dev server's own certificate is nobody's to check
  } as buildConnector.BuildOptions)
  return (options, callback) => {
    onOpen()
    // The certificate is that of the server, whatever Host a browser asked us for.
    const socket = open({ ...options, servername: hostname }, (...opened) => {
      if (opened[1]) {
        tellResets(opened[1])
        forgetAborted(opened[1])
      }
      callback(...opened)
    }) as unknown as Socket
    readOnAfterFailedWrite(socket)
    leaveOutContinue(socket)
  }
}
