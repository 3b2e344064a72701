// Writes the tables and the picture of the documentation: `npm run docs`.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'
import { architectureSvg } from './architecture.mjs'

const place = file => fileURLToPath(new URL(`../${file}`, import.meta.url))

const { PAGES, withTables } = (await runnerImport(place('scripts/tables.mjs'))).module
for (const page of PAGES) writeFileSync(place(page), withTables(readFileSync(place(page), 'utf8')))
writeFileSync(place('docs/architecture.svg'), architectureSvg())
