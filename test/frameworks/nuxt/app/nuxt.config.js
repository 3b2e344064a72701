import { ory } from 'ory-proxy/vite'

export default {
  telemetry: false,
  devtools: { enabled: false },
  vite: { plugins: [ory()] },
  nitro: { experimental: { websocket: true } },
}
