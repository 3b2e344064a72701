import { solidStart } from '@solidjs/start/config'
import { ory } from 'ory-proxy/vite'

export default {
  plugins: [ory(), solidStart()],
  server: { proxy: { '/socket': { target: process.env.SOCKETS, ws: true } } },
}
