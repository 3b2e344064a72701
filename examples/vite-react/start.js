// The API and the dev server in one process: `npm start`. Two terminals do the same: `npm run api`, `npm run dev`.
import { createServer } from 'vite'
import { startApi } from './api/server.js'

const port = Number(process.env.PORT ?? 5173)
const api = await startApi(0, `http://localhost:${port}/.ory/jwks.json`)
process.env.API_URL = `http://localhost:${api.address().port}`

const vite = await createServer({ root: import.meta.dirname, server: { port, strictPort: true } })
await vite.listen()
vite.printUrls()
