import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(join(root, 'docs/stacks.md'), 'utf8')
const blocks = [...page.matchAll(/```js\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(
  ([, file, code]) => [file!, code!] as const,
)

test('the page has the lines of fifteen stacks', () => expect(blocks).toHaveLength(15))

test.for(blocks)('its lines stand in %s, in their order', ([file, code]) => {
  const lines = readFileSync(join(root, file), 'utf8').split('\n')
  const places = code
    .trimEnd()
    .split('\n')
    .map(line => lines.indexOf(line))
  expect(places).not.toContain(-1)
  expect(places).toEqual(places.toSorted((a, b) => a - b))
})
