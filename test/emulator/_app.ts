// An app of a developer: connect or Express, with Ory and the embedded emulator on it.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import connect from 'connect'
import { createOryMiddleware, type OryOptions } from '../../src/index.js'
import { undo } from '../_undo.js'

export interface Served {
  /** The app's origin. */
  readonly origin: string
  /** What was printed. */
  readonly said: string[]
}

/** @param mount where the app has Ory: `app.use('/auth', ory)` */
export async function serveApp(
  options: OryOptions = {},
  mount = '/',
  framework: unknown = connect,
): Promise<Served> {
  const said: string[] = []
  const say = (line: string) => void said.push(line)
  const logger = { info: say, warn: say, error: say, debug: () => {} }
  const ory = await createOryMiddleware({ logger, ...options })
  const app = (framework as typeof connect)()
  app.use(mount, ory).use((_req, res) => void res.end('the app'))
  const server = createServer(app)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  undo.push(async () => {
    server.closeAllConnections()
    await ory.close()
    await new Promise(resolve => server.close(resolve))
  })
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, said }
}
