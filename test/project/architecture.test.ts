import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const src = fileURLToPath(new URL('../../src/', import.meta.url))
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))

/** What a file imports of ours, as paths below src without their ending. */
function imports(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8')
  const found = [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)\.js'/g)]
  return found.map(([, path]) => relative(src, join(src, file, '..', path!)).replaceAll('\\', '/'))
}

const of = (pattern: RegExp): string[] => files.map(f => f.replaceAll('\\', '/')).filter(f => pattern.test(f))

interface Room {
  readonly name: string
  readonly files: readonly string[]
  readonly mayImport: readonly string[]
}

/** The table in CONTRIBUTING.md. */
const ROOMS = readFileSync(new URL('../../CONTRIBUTING.md', import.meta.url), 'utf8')
  .split('\n')
  .filter(line => line.startsWith('| ') && line.includes('`'))
  .map((line): Room => {
    const [, name = '', list = '', , may = ''] = line.split('|').map(cell => cell.trim())
    return {
      name,
      files: [...list.matchAll(/`([^`]+)`/g)].map(([, file]) => file!),
      mayImport: may.split(' '),
    }
  })

const roomsOf = (path: string): string[] =>
  ROOMS.filter(room =>
    room.files.some(file => file === path || (file.endsWith('*') && path.startsWith(file.slice(0, -1)))),
  ).map(room => room.name)

test('every file is in one room', () => {
  const elsewhere = of(/./).filter(file => roomsOf(file.replace(/\.ts$/, '')).length !== 1)
  expect(elsewhere).toEqual([])
})

test.for(ROOMS)('$name imports what the table says, and nothing else', ({ name, mayImport }) => {
  const own = of(/./).filter(file => roomsOf(file.replace(/\.ts$/, ''))[0] === name)
  expect(own.length).toBeGreaterThan(0)
  const used = new Set(own.flatMap(imports).flatMap(roomsOf))
  used.delete(name)
  expect([...used].sort()).toEqual(mayImport.filter(Boolean).sort())
})

test('errors and log import nothing of ours', () => {
  for (const file of ['errors.ts', 'log.ts']) expect([file, imports(file)]).toEqual([file, []])
})

/** Requests of node:http's own, past the one way out; docs/dependencies.md says why. */
const WITH_A_CLIENT_OF_ITS_OWN = ['check/wire.ts', 'emulator/calls/ask.ts', 'outbound/handshakes.ts']

test('who asks somebody goes through the one way out', () => {
  const client = /import (?!type\b)[^;]*?\b(?:http|https|request|get|Agent)\b[^;]*? from 'node:https?'/
  const own = of(/./).filter(file =>
    readFileSync(join(src, file), 'utf8')
      .split('\n')
      .some(line => client.test(line)),
  )
  expect(own.sort()).toEqual(WITH_A_CLIENT_OF_ITS_OWN)
})

test('the emulator is loaded where it is used, and nowhere else', () => {
  for (const file of of(/^(?!emulator\/|cli\/actions\/serve-emulator)/)) {
    const text = readFileSync(join(src, file), 'utf8')
    const eager = [...text.matchAll(/^import (?!type)[^\n]*'(\.[^']*)'/gm)].map(([, path]) => path!)
    expect([file, eager.filter(path => path.includes('/emulator/'))]).toEqual([file, []])
  }
})

test('a stage never imports another stage', () => {
  const stages = of(/^middleware\//).filter(file =>
    /export function \w+Stage\(/.test(readFileSync(join(src, file), 'utf8')),
  )
  const names = stages.map(file => file.replace('.ts', ''))
  expect(names.length).toBeGreaterThan(5)
  for (const file of stages)
    expect([file, imports(file).filter(path => names.includes(path))]).toEqual([file, []])
})

test('faces never import each other', () => {
  const faces = ['vite-plugin', 'webpack', 'connect', 'cli', 'rsbuild']
  for (const face of faces.filter(name => files.includes(`${name}.ts`))) {
    expect([face, imports(`${face}.ts`).filter(path => faces.includes(path))]).toEqual([face, []])
  }
})

/** Files that import each other, straight or by way of others. */
function circles(): string[][] {
  const graph = new Map(of(/./).map(file => [file.replace(/\.ts$/, ''), imports(file)]))
  const reach = (from: string): Set<string> => {
    const seen = new Set<string>()
    const open = [...(graph.get(from) ?? [])]
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (seen.has(file)) continue
      seen.add(file)
      open.push(...(graph.get(file) ?? []))
    }
    return seen
  }
  const reached = new Map([...graph.keys()].map(file => [file, reach(file)]))
  const inCircle = [...graph.keys()].filter(file => reached.get(file)!.has(file))
  return inCircle.map(file => [
    file,
    ...inCircle.filter(
      other => other !== file && reached.get(file)!.has(other) && reached.get(other)!.has(file),
    ),
  ])
}

test('no files import each other in a circle, types counted', () => {
  expect(circles()).toEqual([])
})

test('no folder holds more than 18 files', () => {
  const count = new Map<string, number>()
  for (const file of of(/./)) count.set(dirname(file), (count.get(dirname(file)) ?? 0) + 1)
  expect([...count].filter(([, n]) => n > 18)).toEqual([])
})

test('no file is longer than 300 lines', () => {
  const long = files.filter(file => readFileSync(join(src, file), 'utf8').split('\n').length > 301)
  expect(long).toEqual([])
})
