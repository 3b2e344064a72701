import { classicEmberSupport, ember, extensions } from '@embroider/vite'
import { babel } from '@rollup/plugin-babel'
import { ory } from 'ory-proxy/vite'
import { defineConfig } from 'vite'

const target = process.env.BACKEND ?? 'http://localhost:3001'

export default defineConfig({
  plugins: [ory(), classicEmberSupport(), ember(), babel({ babelHelpers: 'runtime', extensions })],
  server: { proxy: { '/api': target, '/socket': { target, ws: true } } },
})
