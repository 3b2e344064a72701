// npm run bench [-- NAME…]: measures, says which promises are met, and writes docs/performance.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { asText, machine, page, plot } from './_report.mjs'
import { https } from './https.mjs'
import { latency } from './latency.mjs'
import { modules } from './modules.mjs'
import { oryDown } from './ory-down.mjs'
import { proxy } from './proxy.mjs'
import { start } from './start.mjs'
import { download, sse, upload } from './streams.mjs'
import { testing } from './testing.mjs'
import { tools } from './tools.mjs'
import { users } from './users.mjs'
import { vite } from './vite.mjs'

const benchmarks = {
  proxy,
  https,
  latency,
  vite,
  modules,
  sse,
  upload,
  download,
  users,
  start,
  testing,
  tools,
  'ory-down': oryDown,
}
const RESULTS = new URL('./results.json', import.meta.url)
const DOCS = new URL('../docs/', import.meta.url)

const unknown = process.argv.slice(2).filter(name => !Object.hasOwn(benchmarks, name))
if (unknown.length > 0) {
  console.error(`There is no benchmark "${unknown[0]}"; there are: ${Object.keys(benchmarks).join(', ')}.`)
  process.exit(2)
}
const picked = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(benchmarks)
const results = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : {}
mkdirSync(DOCS, { recursive: true })
for (const name of picked) {
  const started = performance.now()
  const result = await benchmarks[name]()
  results[name] = {
    ...result,
    machine: await machine(),
    seconds: Math.round((performance.now() - started) / 1000),
  }
  console.log(asText(name, results[name]))
  write()
}
process.exit(picked.every(name => results[name].promises.every(({ met }) => met)) ? 0 : 1)

/** After each benchmark: what was measured is kept when a later one fails. */
function write() {
  const inOrder = Object.keys(benchmarks).flatMap(name => (results[name] ? [[name, results[name]]] : []))
  const charts = inOrder.map(([, { bars }]) => bars).filter(Boolean)
  const learned = readFileSync(new URL('./LEARNED.md', import.meta.url), 'utf8')
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`)
  writeFileSync(new URL('performance.svg', DOCS), plot(charts))
  writeFileSync(new URL('performance.md', DOCS), page(inOrder, learned))
}
