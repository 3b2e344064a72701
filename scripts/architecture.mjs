// Draws docs/architecture.svg from the imports of src: `npm run docs`. Rooms are those of CONTRIBUTING.md's table;
// a room stands above all it imports.
import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = new URL('..', import.meta.url)
const WIDTH = 960
const BOX = { width: 200, height: 62, gap: 58, between: 24 }

/** The rooms, as CONTRIBUTING.md has them. */
function rooms() {
  const rows = readFileSync(new URL('CONTRIBUTING.md', root), 'utf8')
    .split('\n')
    .filter(line => line.startsWith('| ') && line.includes('`'))
  return rows.map(line => {
    const [, name, files, what] = line.split('|').map(cell => cell.trim())
    return { name, patterns: [...files.matchAll(/`([^`]+)`/g)].map(([, file]) => file), what }
  })
}

const holds = (room, file) =>
  room.patterns.some(p => p === file || (p.endsWith('/*') && file.startsWith(p.slice(0, -1))))

/** Which rooms each room imports. */
function arrows(all) {
  const src = fileURLToPath(new URL('src', root))
  const found = new Map(all.map(room => [room.name, new Set()]))
  for (const name of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue
    const file = name.replaceAll('\\', '/').replace(/\.ts$/, '')
    const from = all.find(room => holds(room, file))
    const text = readFileSync(new URL(`src/${file}.ts`, root), 'utf8')
    for (const [, path] of text.matchAll(/(?:from|import\()\s*'(\.[^']+)\.js'/g)) {
      const to = all.find(room => holds(room, posix.join(posix.dirname(file), path)))
      if (from && to && from !== to) found.get(from.name).add(to.name)
    }
  }
  return found
}

/** How many rooms stand above one at the most. */
function levels(uses) {
  const level = new Map()
  const of = name => {
    if (!level.has(name)) {
      level.set(name, 0) // ends a circle of rooms; the tests refuse those of files
      const users = [...uses].filter(([, used]) => used.has(name)).map(([user]) => of(user))
      level.set(name, 1 + Math.max(-1, ...users))
    }
    return level.get(name)
  }
  for (const name of uses.keys()) of(name)
  return level
}

const escaped = text => text.replace(/&/g, '&amp;').replace(/</g, '&lt;')

/** The words in lines of so many letters. */
function wrapped(text, letters, lines) {
  const out = ['']
  for (const word of text.split(' '))
    if (`${out.at(-1)} ${word}`.trim().length <= letters) out[out.length - 1] = `${out.at(-1)} ${word}`.trim()
    else out.push(word)
  return out.length <= lines ? out : [...out.slice(0, lines - 1), `${out[lines - 1]} …`]
}

function place(all, level) {
  const deepest = Math.max(...level.values())
  const places = new Map()
  for (let row = 0; row <= deepest; row++) {
    const inRow = all.filter(room => level.get(room.name) === row)
    const room = (WIDTH - 40) / inRow.length - BOX.between
    const width = row === deepest ? WIDTH - 40 : Math.min(BOX.width, room) // the ground is below everybody
    const start = (WIDTH - inRow.length * (width + BOX.between) + BOX.between) / 2
    for (const [i, { name }] of inRow.entries())
      places.set(name, { width, x: start + i * (width + BOX.between), y: 20 + row * (BOX.height + BOX.gap) })
  }
  return { places, height: 40 + (deepest + 1) * BOX.height + deepest * BOX.gap }
}

function box({ name, what }, { x, y, width }) {
  const lines = wrapped(what.replaceAll('`', ''), Math.floor((width - 20) / 5.9), 2)
  return `<g><rect x="${x}" y="${y}" width="${width}" height="${BOX.height}" rx="10"/>
<text class="name" x="${x + 12}" y="${y + 22}">${escaped(name)}</text>
${lines.map((line, i) => `<text x="${x + 12}" y="${y + 39 + i * 14}">${escaped(line)}</text>`).join('\n')}</g>`
}

function arrow(from, to) {
  const [x1, y1] = [from.x + from.width / 2, from.y + BOX.height]
  const [x2, y2] = [to.x + to.width / 2, to.y]
  const bend = Math.max(30, (y2 - y1) / 2)
  return `<path d="M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2 - 3}"/>`
}

/** The picture, as text. */
export function architectureSvg() {
  const all = rooms()
  const uses = arrows(all)
  const { places, height } = place(all, levels(uses))
  const lines = all.flatMap(({ name }) =>
    // Everybody imports the ground: those arrows would hide the others.
    [...uses.get(name)]
      .filter(to => to !== 'ground')
      .sort()
      .map(to => arrow(places.get(name), places.get(to))),
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="The rooms of src: each stands above those it imports">
<style>
svg{background:#fff}text{font:11px system-ui,sans-serif;fill:#555b68}.name{font-weight:600;font-size:14px;fill:#191b20}
rect{fill:#f4f5f8;stroke:#c9cdd8}path{fill:none;stroke:#3d53f5;stroke-opacity:.45;stroke-width:1.5;marker-end:url(#to)}
@media(prefers-color-scheme:dark){svg{background:#101217}text{fill:#a5abb8}.name{fill:#e8e9ee}rect{fill:#191c23;stroke:#343944}path{stroke:#8f9cff}}
</style>
<defs><marker id="to" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" style="fill:#3d53f5;stroke:none;marker-end:none"/></marker></defs>
${lines.join('\n')}
${all.map(room => box(room, places.get(room.name))).join('\n')}
</svg>
`
}
