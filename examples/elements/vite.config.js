import react from '@vitejs/plugin-react'
import { ory } from 'ory-proxy/vite'
import { defineConfig } from 'vite'
import { englishOnly } from './english-only.js'
import { kratosConfig } from './kratos.js'

const port = Number(process.env.PORT ?? 5174)

export default defineConfig({
  plugins: [react(), ory({ emulator: { config: kratosConfig(`http://localhost:${port}`) } })],
  server: { port, strictPort: true },
  optimizeDeps: { rolldownOptions: { plugins: [englishOnly()] } },
})
