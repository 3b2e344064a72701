import { ory } from 'ory-proxy/vite'
import { defineConfig } from '#q-app'

const target = process.env.BACKEND ?? 'http://localhost:3001'

export default defineConfig(() => ({
  build: {
    vitePlugins: [[ory, {}]],
  },
  devServer: {
    open: false,
    proxy: { '/api': target, '/socket': { target, ws: true } },
  },
}))
