import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os'
import { ensureBrowser } from '../scripts/ensure-browser.mjs'
import { nginx } from './_processes.mjs'

const readJson = path => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))

/** What the figures depend on: the machine, how busy it is, and the versions of everything compared. */
export async function machine() {
  const [cpu] = cpus()
  const versions = ['http-proxy-middleware', 'vite'].map(
    name => `${name} ${readJson(`../node_modules/${name}/package.json`).version}`,
  )
  return {
    processor: `${cpu.model.trim()}, ${cpus().length} cores`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${platform()} ${release()} ${arch()}`,
    load: loadavg()
      .map(value => value.toFixed(1))
      .join(' '),
    versions: [
      `ory-proxy ${readJson('../package.json').version}`,
      `node ${process.versions.node}`,
      ...versions,
      nginx && said(nginx, ['-v'], /nginx\/[\d.]+/),
      said(await ensureBrowser(), ['--version'], /Chrom\w+ [\d.]+/),
    ].filter(Boolean),
    at: new Date().toISOString().slice(0, 16).replace('T', ' '),
  }
}

/** What a program says about its version, on whichever stream; undefined where it is not installed. */
function said(program, args, pattern) {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  return pattern.exec(`${stdout}${stderr}`)?.[0]
}

const number = value => (Math.abs(value) < 10 ? value.toFixed(3) : Math.round(value).toLocaleString('en-US'))

const verdict = ({ what, goal, value, unit, met }) => [
  what,
  goal,
  `${number(value)} ${unit}`.trim(),
  met ? 'met' : '**missed**',
]

/** One result for the terminal. */
export function asText(name, { title, how, table, promises, seconds }) {
  const lines = rows => {
    if (rows.length === 0) return []
    const widths = rows[0].map((_, i) => Math.max(...rows.map(row => row[i].length)))
    return rows.map(
      row =>
        `  ${row
          .map((cell, i) => cell.padEnd(widths[i]))
          .join('   ')
          .trimEnd()}`,
    )
  }
  return [
    `\n${name}: ${title} (${seconds} s)`,
    `  ${how}`,
    '',
    ...lines([table.columns, ...table.rows]),
    '',
    ...lines(promises.map(promise => verdict(promise).map(cell => cell.replaceAll('**', '')))),
  ].join('\n')
}

/** docs/performance.md: the promises first, then each benchmark with its machine. */
export function page(results, learned) {
  const promises = results.flatMap(([, result]) => result.promises.map(verdict))
  const benchmarks = results.map(([name, { title, how, table, machine: m }]) =>
    [
      `### ${title}`,
      `\`npm run bench -- ${name}\`: ${how}.`,
      markdownTable(table.columns, table.rows),
      `${m.at} UTC, load ${m.load}: ${m.processor}, ${m.memory}, ${m.system}; ${m.versions.join(', ')}.`,
    ].join('\n\n'),
  )
  return `${[
    '# Performance',
    '`npm run bench` measures all of this on your machine and writes this page; ' +
      '`npm run bench -- proxy` measures one part. The sides take turns within one run, every answer is checked, ' +
      'figures are medians over all rounds with the lowest and the highest in brackets. Compare figures of one table ' +
      'only: the machine may have been busy with other things.',
    '![The main figures as bars](performance.svg)',
    '## What we promise',
    markdownTable(['', 'goal', 'measured', ''], promises),
    learned.trim(),
    '## Measured',
    ...benchmarks,
  ].join('\n\n')}\n`
}

function markdownTable(columns, rows) {
  const line = cells => `| ${cells.join(' | ')} |`
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n')
}

const WIDTH = 720
const LABEL = 260
const escapeXml = text => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** Bar charts, one below the other, readable on light and dark pages. */
export function plot(charts) {
  let y = 0
  const parts = charts.map(({ title, bars }) => {
    y += 34
    const head = `<text class="title" x="0" y="${y - 12}">${escapeXml(title)}</text>`
    const longest = Math.max(...bars.map(({ value }) => value))
    const drawn = bars.map(({ label, value, ours }) => {
      const width = Math.max(1, Math.round((value / longest) * (WIDTH - LABEL - 80)))
      const row =
        `<text x="${LABEL - 10}" y="${y + 13}" text-anchor="end">${escapeXml(label)}</text>` +
        `<rect class="${ours ? 'ours' : 'other'}" x="${LABEL}" y="${y}" width="${width}" height="18" rx="3"/>` +
        `<text x="${LABEL + width + 8}" y="${y + 13}">${Math.round(value).toLocaleString('en-US')}</text>`
      y += 24
      return row
    })
    return [head, ...drawn].join('\n')
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 6}" width="${WIDTH}" height="${y + 6}" role="img">
<style>text{font:12px system-ui,sans-serif;fill:#333}.title{font-weight:600;font-size:14px}.ours{fill:#3d53f5}.other{fill:#a3aab8}@media(prefers-color-scheme:dark){text{fill:#ddd}}</style>
${parts.join('\n')}
</svg>
`
}
