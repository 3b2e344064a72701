import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { architectureSvg } from '../../scripts/architecture.mjs'
import { PAGES, withTables } from '../../scripts/tables.mjs'
import { appOf } from '../testing/_recipes.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const place = join(root, 'node_modules/.cache/ory-proxy-docs')

/** Every `@example` of a public file, as the code a reader would paste. */
function examplesIn(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const blocks = [...text.matchAll(/@example\n([\s\S]*?)(?=\n \* @|\n \*\/)/g)].map(([, block]) =>
    block!.replaceAll(/^ \* ?/gm, ''),
  )
  return blocks.filter(code => code.includes("from 'ory-proxy")) // what is not exported is not pasted
}

const blocksIn = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/```(?:js|ts)\n([\s\S]*?)```/g)].map(
    ([, code]) => code!,
  )

test('every example of the documentation compiles as it stands', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(f =>
    f.endsWith('.ts'),
  )
  const examples = [
    ...PAGES.flatMap(page =>
      blocksIn(page).map((code, i) => [`${page.replaceAll(/\W/g, '-')}-${i}`, code] as const),
    ),
    ...sources.flatMap(file =>
      examplesIn(join('src', file)).map((code, i) => [`${file.replaceAll(/\W/g, '-')}-${i}`, code] as const),
    ),
  ]
  expect(examples.length).toBeGreaterThan(6)
  rmSync(place, { recursive: true, force: true, maxRetries: 5 })
  mkdirSync(place, { recursive: true })
  for (const [name, code] of examples) writeFileSync(join(place, `${name}.ts`), `${code}\nexport {}\n`)
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2023',
    lib: ['es2023', 'dom'],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  }
  writeFileSync(join(place, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', place], { encoding: 'utf8' })
  expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' })
})

test.for(PAGES)('the tables of %s are those of the code', page => {
  const text = readFileSync(join(root, page), 'utf8')
  expect(withTables(text)).toBe(text)
})

test('the picture of the rooms is that of the imports', () => {
  expect(readFileSync(join(root, 'docs/architecture.svg'), 'utf8')).toBe(architectureSvg())
})

test.for(['hono', 'express', 'fastify'])(
  'the app of the %s recipe is the one its tests are for',
  async name => {
    expect(await appOf(name)).toMatch(/^export const app = /m)
  },
)
