import { createServer as createH2 } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { createOryMiddleware, silentLogger } from '../../../src/index.js'
import { echo } from '../../_app.js'
import { FACES, type StartFace } from '../../_faces.js'
import { startCommand } from '../../faults/_command.js'
import { type Request, request1, request2 } from './_clients.js'

const overTls: StartFace = async (target, { sdkUrl, protect }) => {
  const command = await startCommand(target, sdkUrl!, '--dont-install-cert', '--protect', protect!.join(','))
  return { url: command.url, close: async () => void (await command.end('SIGTERM')) }
}

const connectOverHttp2: StartFace = async (_app, options) => {
  const middleware = await createOryMiddleware({ logger: silentLogger, ...options })
  const server = createH2((req, res) =>
    middleware(req as never, res as never, () => echo(req as never, res as never)),
  )
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const close = async (): Promise<void> => {
    await middleware.close()
    await new Promise(resolve => server.close(resolve))
  }
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, close }
}

/** The four faces, and the ones that speak HTTP/2 themselves. */
export const EVERYWHERE: readonly [string, StartFace, Request][] = [
  ...Object.entries(FACES).map(([name, start]) => [name, start, request1] as [string, StartFace, Request]),
  ['connect over HTTP/2', connectOverHttp2, request2],
  ['cli over TLS and HTTP/2', overTls, request2],
]
