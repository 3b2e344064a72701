import { sveltekit } from '@sveltejs/kit/vite'
import { ory } from 'ory-proxy/vite'

export default {
  plugins: [ory(), sveltekit()],
  server: { proxy: { '/socket': { target: process.env.SOCKETS, ws: true } } },
}
