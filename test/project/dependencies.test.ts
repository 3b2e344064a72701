import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

interface Locked {
  readonly packages: Record<string, { dev?: boolean; hasInstallScript?: boolean }>
}

test('every run-time dependency has its reason in docs/dependencies.md, and nothing else has one', () => {
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: object }
  const rows = read('docs/dependencies.md')
    .split('\n')
    .filter(line => line.startsWith('| `'))
  const named = rows.flatMap(row => [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name))
  expect(named.sort()).toEqual(Object.keys(dependencies).sort())
})

test('nothing that is installed with us runs a script', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as Locked
  const scripts = Object.entries(packages).filter(([, entry]) => entry.hasInstallScript && !entry.dev)
  const ours = scripts.filter(([place]) => !/node_modules\/(?:fsevents|devcert)$/.test(place)) // optional, of peers
  expect(ours.map(([place]) => place)).toEqual([])
})
