// Vite's dev server on a generated app, with us or alone.
import { createServer } from 'vite'
import { ory } from '../../dist/vite-plugin.js'

const { root, sdkUrl } = JSON.parse(process.argv[2])
const server = await createServer({
  root,
  configFile: false,
  logLevel: 'silent',
  optimizeDeps: { noDiscovery: true },
  server: { port: 0, host: '127.0.0.1' },
  plugins: sdkUrl ? [ory({ sdkUrl })] : [],
})
await server.listen()
process.send({ url: `http://127.0.0.1:${server.httpServer.address().port}` })
