import { ory } from 'ory-proxy/vite'
import { defineConfig } from 'vite'

export default defineConfig({ plugins: [ory()], server: { port: 5173, strictPort: true } })
