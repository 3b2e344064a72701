import node from '@astrojs/node'
import { ory } from 'ory-proxy/vite'

// A base and a trailing slash of its own: Astro's layers for them come in front of everything.
export default {
  output: 'server',
  adapter: node({ mode: 'standalone' }),
  base: '/sub',
  trailingSlash: 'always',
  devToolbar: { enabled: false },
  vite: {
    plugins: [ory()],
    server: { proxy: { '/socket': { target: process.env.SOCKETS, ws: true } } },
  },
}
