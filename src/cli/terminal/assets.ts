import type { IncomingMessage } from 'node:http'

const ASSET_DESTINATIONS: ReadonlySet<string> = new Set([
  'audio',
  'font',
  'image',
  'manifest',
  'script',
  'style',
  'track',
  'video',
  'worker',
])

const ASSET_ENDING =
  /\.(?:[cm]?[jt]sx?|css|s[ac]ss|less|map|vue|svelte|json5?|wasm|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|otf|mp[34]|webm)$/i

/** Whether a request is for a part of a page: what the browser says of it decides, else the path's ending. */
export function isAsset({ method, headers }: IncomingMessage, path: string): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  const destination = headers['sec-fetch-dest']
  if (typeof destination === 'string' && destination !== 'empty') return ASSET_DESTINATIONS.has(destination)
  return ASSET_ENDING.test(path) || path.startsWith('/@') || path.startsWith('/node_modules/')
}
