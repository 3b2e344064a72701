import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ELSEWHERE } from './elsewhere.js'
import { THREATS } from './index.js'
import { TRUST } from './trust/index.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

const HEAD = `# Threats

What somebody could try, where it happened to somebody else, and the test that shows it does not happen here.
Made from the tests by \`npm run threats\`.

A test marked * is run against us, over HTTP/1.1 and HTTP/2 in all four faces, and against a proxy and an emulator that
do the obvious wrong thing (\`test/attacks/_weak.ts\`, \`_weak-emulator.ts\`): it passes only if the attack works there.
`

interface Row {
  readonly threat: string
  readonly precedents: Set<string>
  readonly tests: string[]
}

/** One row a threat, in the order of the tests. */
function rows(): Row[] {
  const byThreat = new Map<string, Row>()
  const add = (threat: string, precedent: string, title: string): void => {
    const row = byThreat.get(threat) ?? { threat, precedents: new Set(), tests: [] }
    byThreat.set(threat, row)
    for (const one of precedent.split('; ')) row.precedents.add(one)
    row.tests.push(title)
  }
  for (const { threat, precedent, promise } of [...THREATS, ...TRUST]) add(threat, precedent, `* ${promise}`)
  for (const { threat, precedent, file, title } of ELSEWHERE) add(threat, precedent, `${title} (\`${file}\`)`)
  return [...byThreat.values()]
}

/** Text in a cell: no bars of its own, and markup shown as text. */
const cell = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;').replace(/^\* /, '\\* ')

function markdown(): string {
  const lines = rows().map(
    ({ threat, precedents, tests }) =>
      `| ${cell(threat)} | ${cell([...precedents].join('; '))} | ${tests.map(cell).join('<br>')} |`,
  )
  return [HEAD, '| threat | precedent | tests |', '| --- | --- | --- |', ...lines, ''].join('\n')
}

test('docs/threats.md says what the tests show', async () => {
  await expect(markdown()).toMatchFileSnapshot(join(root, 'docs/threats.md'))
})

test.for([...ELSEWHERE])('$file has a test "$title"', ({ file, title }) => {
  const text = readFileSync(join(root, file), 'utf8').replaceAll("\\'", "'")
  expect(["'", '"'].some(quote => text.includes(quote + title + quote))).toBe(true)
})

test('no promise is made twice', () => {
  const promises = [...THREATS, ...TRUST].map(({ threat, promise }) => `${threat}: ${promise}`)
  expect(promises.filter((promise, i) => promises.indexOf(promise) !== i)).toEqual([])
})
