import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createProxyMiddleware } from 'http-proxy-middleware'
import type { StartFace } from '../../_faces.js'

/** The guard one writes in an afternoon: each line marked "wrong" lacks something that ours has. */
export const startWeakGuard: StartFace = async (app, { sdkUrl }) => {
  const proxy = createProxyMiddleware({ target: app })
  const isSignedIn = async ({ headers: { cookie = '' } }: IncomingMessage): Promise<boolean> =>
    (await fetch(`${sdkUrl}/sessions/whoami`, { headers: { cookie } })).ok // wrong: an Ory that is away is "nobody"
  const server = createServer(async (req, res) => {
    const url = req.url!
    const isProtected = url.startsWith('/api/members') && !url.startsWith('/api/members/health') // wrong: as it is written
    if (isProtected && !(await isSignedIn(req))) {
      const location = `/.ory/init/login?return_to=${url}` // wrong: what stands in it is not quoted
      return void res.writeHead(302, { location }).end() // wrong: whoever asks, however often, for every cache to keep
    }
    void proxy(req, res)
  })
  server.on('upgrade', (req, socket, head) => void proxy.upgrade(req, socket as never, head)) // wrong: nobody is asked
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
