import type { EventEmitter } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ensureInstalled } from '../scripts/ensure-installed.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))

/** Where a version of a tool is installed: the root's own, or one of the folders installed on demand. */
export type Place = 'root' | 'oldest' | 'older' | 'newer' | 'devtools'

async function folderOf(place: Place): Promise<string> {
  if (place === 'root') return dirname(here)
  const folder = join(here, 'ecosystem', place)
  await ensureInstalled(folder)
  return folder
}

/** A command's script there. */
export async function scriptOf(place: Place, script: string): Promise<string> {
  return join(await folderOf(place), 'node_modules', script)
}

/** Imports a package from there. The types are the root's: what differs between versions is what we test. */
export async function load<T>(place: Place, name: string): Promise<T> {
  const folder = await folderOf(place)
  // Vite 6 warns of its CommonJS build, which is what `require` would find.
  const file = name === 'vite' ? join(folder, 'node_modules/vite/dist/node/index.js') : undefined
  const resolved = file ?? createRequire(join(folder, 'package.json')).resolve(name)
  const loaded = (await import(pathToFileURL(resolved).href)) as T & { default?: T }
  return loaded
}

/** A folder with these files, outside of every package, so that keys live in memory. */
export async function project(files: Readonly<Record<string, string>>): Promise<Project> {
  const root = await mkdtemp(join(tmpdir(), 'ory-proxy-'))
  const write = (name: string, text: string): Promise<void> => writeFile(join(root, name), text)
  await Promise.all(Object.entries(files).map(([name, text]) => write(name, text)))
  return { root, write, remove: () => rm(root, { recursive: true, force: true, maxRetries: 5 }) }
}

/** A project on disk. */
export interface Project {
  readonly root: string
  write(name: string, text: string): Promise<void>
  remove(): Promise<void>
}

/** A page that shows what its module says, and can tell an update from a reload. */
export const SITE = {
  'index.html':
    '<!doctype html><title>app</title><div id="root"></div><script type="module" src="./main.js"></script>',
  'main.js': moduleSaying('first'),
} as const

/** The module of that page; it takes its own updates in Vite and in webpack. */
export function moduleSaying(text: string): string {
  return [
    `document.querySelector('#root').textContent = ${JSON.stringify(text)}`,
    'window.loads = (window.loads ?? 0) + 1',
    'if (import.meta.hot) import.meta.hot.accept()',
    'if (import.meta.webpackHot) import.meta.webpackHot.accept()',
    '',
  ].join('\n')
}

/** What webpack's dev server and Rspack's have in common. */
export interface WebpackDevServer {
  start(): Promise<void>
  stop(): Promise<void>
  readonly server: EventEmitter & { address(): { port: number } }
}

/** A bundler and its dev server. */
export interface WebpackTools {
  readonly compile: (config: object) => object
  readonly DevServer: new (options: object, compiler: object) => WebpackDevServer
}

export async function webpackTools(place: Place): Promise<WebpackTools> {
  const webpack = await load<{ default: WebpackTools['compile'] }>(place, 'webpack')
  const server = await load<{ default: WebpackTools['DevServer'] }>(place, 'webpack-dev-server')
  return { compile: webpack.default, DevServer: server.default }
}

export async function rspackTools(place: Place): Promise<WebpackTools> {
  const core = await load<{ rspack: WebpackTools['compile'] }>(place, '@rspack/core')
  const server = await load<{ RspackDevServer: WebpackTools['DevServer'] }>(place, '@rspack/dev-server')
  return { compile: core.rspack, DevServer: server.RspackDevServer }
}

/** What the tests use of `@rsbuild/core`, which the root does not depend on. */
export interface Rsbuild {
  createRsbuild(options: object): Promise<{
    startDevServer(): Promise<{ server: { close(): Promise<void> }; port: number }>
    build(): Promise<unknown>
    preview(): Promise<{ server: { close(): Promise<void> }; port: number }>
    readonly context: { readonly distPath: string }
  }>
}
