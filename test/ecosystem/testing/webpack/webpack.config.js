import HtmlWebpackPlugin from 'html-webpack-plugin'
import { withOry } from 'ory-proxy/webpack'

export default {
  mode: 'development',
  entry: './src/main.js',
  plugins: [new HtmlWebpackPlugin({ templateContent: '<!doctype html><title>app</title><p id="who"></p>' })],
  devServer: withOry({ port: 8080 }),
}
