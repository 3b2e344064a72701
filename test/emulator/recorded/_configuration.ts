import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parse } from 'yaml'
import { configOf } from '../../conformance-profile.mjs'
import { variants } from './variants.mjs'

const FOLDER = new URL('.', import.meta.url).href

/** One of the four configurations, or one of them with what its variant changes. */
export function configFor(name: string): string | object {
  const variant = variants[name]
  if (!variant) return configOf(name)
  const [profile, changes] = variant
  const file = configOf(profile)
  const folder = `${pathToFileURL(dirname(file)).href}/`
  const base: Tree = parse(readFileSync(file, 'utf8').replaceAll('file://./', folder))
  return merge(
    base,
    JSON.parse(JSON.stringify(changes).replaceAll('file://./', FOLDER)),
  )
}

type Tree = { [key: string]: unknown }
const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const merge = (base: Tree, changes: Tree): Tree => ({
  ...base,
  ...Object.fromEntries(
    Object.entries(changes).map(([key, value]) => [
      key,
      isTree(value) && isTree(base[key]) ? merge(base[key], value) : value,
    ]),
  ),
})
