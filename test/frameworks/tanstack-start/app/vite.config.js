import { tanstackStart } from '@tanstack/react-start/plugin/vite'
import react from '@vitejs/plugin-react'
import { ory } from 'ory-proxy/vite'

export default {
  plugins: [ory(), tanstackStart(), react()],
  server: { proxy: { '/socket': { target: process.env.SOCKETS, ws: true } } },
}
