import { join } from 'node:path'
import { withOry } from 'ory-proxy/webpack'

const here = import.meta.dirname

export default {
  mode: 'development',
  context: here,
  entry: './src/index.js',
  output: { filename: 'main.js', path: join(here, 'dist') },
  devServer: withOry({
    host: 'localhost',
    port: Number(process.env.PORT ?? 8080),
    static: [join(here, 'public'), join(here, '../shared')],
    proxy: [{ context: ['/api'], target: process.env.API_URL ?? 'http://localhost:3001' }],
  }),
}
