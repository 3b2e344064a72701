import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const src = fileURLToPath(new URL('../../src', import.meta.url))

/** What Windows' cmd takes for something else: a variable before a command, an `export`, what another command prints. */
const SHELL = /\$\(npx |\b[A-Z][A-Z_]+=\S+ (?:\$\{command\}|(?:npx|vite|node|npm)\b)|\bexport [A-Z_]+=/

const lines = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts'))
  .flatMap(file => {
    const all = readFileSync(join(src, file), 'utf8').split('\n')
    return all.map((line, i) => ({ at: `${file}:${i + 1}`, line, near: all.slice(i, i + 4).join('\n') }))
  })
  .filter(({ line }) => !/^\s*(?:\/?\*|\/\/)/.test(line))

test('a printed command that is for a shell has beside it how cmd has it', () => {
  const shells = lines.filter(({ line }) => SHELL.test(line))
  expect(shells.length).toBeGreaterThan(3)
  expect(shells.filter(({ near }) => !/cmd['`: ]/.test(near)).map(({ at }) => at)).toEqual([])
})

test('a printed curl has quotes that cmd knows, and quotes its paths', () => {
  const curls = lines.filter(({ line }) => /curl(?: -|: )/.test(line))
  expect(curls).not.toHaveLength(0)
  for (const { line, at } of curls) expect(line, at).not.toMatch(/curl[^"`]* '|--cacert \$/)
})
