import { ory } from 'ory-proxy/vite'
import { mergeConfig } from 'vite'

const target = process.env.BACKEND ?? 'http://localhost:3001'

export default {
  framework: '@storybook/react-vite',
  stories: ['../src/*.stories.jsx'],
  core: { disableTelemetry: true },
  viteFinal: config =>
    mergeConfig(config, {
      plugins: [ory()],
      server: { proxy: { '/api': target } },
    }),
}
