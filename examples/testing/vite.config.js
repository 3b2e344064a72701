import { ory } from 'ory-proxy/vite'
import { defineConfig } from 'vite'
import { api } from './api.js'

const port = Number(process.env.PORT ?? 5174)

export default defineConfig({
  plugins: [ory({ emulator: { config: 'kratos.yml' } }), backend()],
  server: { port, strictPort: true },
  test: {
    include: ['test/*.test.js'],
    globalSetup: ['ory-proxy/vitest/setup'],
  },
})

/** The app's API inside the dev server, behind ory-proxy, which has put the JWT on its requests. */
function backend() {
  return {
    name: 'backend',
    configureServer(server) {
      server.middlewares.use('/api', async (req, res) => {
        const body = req.method === 'POST' ? await textOf(req) : undefined
        const headers = { authorization: req.headers.authorization ?? '' }
        const request = new Request(`http://localhost${req.originalUrl}`, {
          method: req.method,
          headers,
          body,
        })
        const answer = await api(request, { jwksUrl: `http://localhost:${port}/.ory/jwks.json` })
        res.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
      })
    },
  }
}

async function textOf(req) {
  let text = ''
  for await (const chunk of req) text += chunk
  return text
}
