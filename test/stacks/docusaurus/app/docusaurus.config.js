import { withOry } from 'ory-proxy/webpack'

const target = process.env.BACKEND ?? 'http://localhost:3001'

const ory = () => ({
  name: 'ory',
  configureWebpack: (_config, isServer) =>
    isServer
      ? {}
      : {
          devServer: withOry({
            allowedHosts: 'auto',
            proxy: [{ context: ['/api', '/socket'], target, ws: true }],
          }),
        },
})

export default {
  title: 'Docusaurus',
  url: 'https://docs.example',
  baseUrl: '/',
  plugins: ['@docusaurus/plugin-content-pages', ory],
}
