import react from '@vitejs/plugin-react'
import { ory } from 'ory-proxy/vite'
import { defineConfig } from 'vite'

const api = process.env.API_URL ?? 'http://localhost:3001'

export default defineConfig({
  plugins: [react(), ory()],
  server: { proxy: { '/api': api } },
})
