import { reactRouter } from '@react-router/dev/vite'
import { ory } from 'ory-proxy/vite'

export default {
  plugins: [ory(), reactRouter()],
  server: { proxy: { '/socket': { target: process.env.SOCKETS, ws: true } } },
}
