// The API and the dev server in one process: `npm start`. Two terminals do the same: `npm run api`, `npm run dev`.
import { createServer as createNetServer } from 'node:net'
import { createServer } from 'vite'
import { startApi } from './api/server.js'

const port = Number(process.env.PORT ?? 5173)
const apiPort = Number(process.env.API_PORT ?? (await freePort()))
process.env.API_URL = `http://localhost:${apiPort}`

const vite = await createServer({ root: import.meta.dirname, server: { port, strictPort: true } })
await vite.listen()
await startApi(apiPort, `http://localhost:${port}/.ory/jwks.json`)
vite.printUrls()

function freePort() {
  const probe = createNetServer()
  return new Promise(resolve => {
    probe.listen(0, 'localhost', () => {
      const { port: free } = probe.address()
      probe.close(() => resolve(free))
    })
  })
}
