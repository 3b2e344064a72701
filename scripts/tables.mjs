// The tables of the documentation, from the code they describe: `npm run docs` writes them, a test holds the two together.
import { COMMAND_DEFAULTS } from '../src/cli/commands/settings.ts'
import { ADMIN_ROUTES } from '../src/emulator/admin/routes.ts'
import { GONE, RENAMES } from '../src/emulator/config/renames.ts'
import { PUBLIC_ROUTES } from '../src/emulator/operations/routes.ts'
import { ERRORS } from '../src/errors.ts'
import { DEFAULTS } from '../src/options/resolve.ts'
import { flagOf, OPTIONS } from '../src/options/table.ts'
import { OPERATIONS } from './kratos-api.mjs'

const row = cells => `| ${cells.join(' | ')} |`
const table = (heads, rows) => [row(heads), row(heads.map(() => '---')), ...rows.map(row)].join('\n')
const code = text => (text ? `\`${text}\`` : '')

function optionsTable() {
  const defaults = { ...DEFAULTS, ...COMMAND_DEFAULTS }
  const rows = Object.entries(OPTIONS).map(([name, { noFlag, commandOnly, on, env = [], help }]) => {
    const preset = defaults[name]
    const shown = preset === undefined || preset === '' || preset.length === 0 ? '' : String(preset)
    const flag = noFlag ? '' : name === 'publicUrl' ? '[publish-url]' : flagOf(on ? `no-${name}` : name)
    return [commandOnly ? '' : code(name), code(flag), env.map(code).join(' '), code(shown), help]
  })
  return table(['option', 'flag', 'environment', 'default', 'what it is, or what the flag does'], rows)
}

function errorsTable() {
  const rows = Object.entries(ERRORS).map(([name, { status, exit, hint }]) => [
    code(name),
    status,
    exit,
    hint,
  ])
  return table(['code', 'status', 'exit', 'what to do'], rows)
}

/** One row a path, the admin API's once, without the spelling that leaves `/admin` out. */
function emulatorTable() {
  const called = new Set(OPERATIONS.map(({ path }) => path))
  const admin = ADMIN_ROUTES.filter(
    ({ path }) => called.has(path) || (path.startsWith('/admin/') && !path.includes('*')),
  )
  const paths = new Map()
  for (const { method, path, missing } of [...PUBLIC_ROUTES, ...admin]) {
    const { methods, absent } = paths.get(path) ?? { methods: new Set(), absent: missing }
    paths.set(path, { methods: methods.add(method), absent })
  }
  const rows = [...paths].map(([path, { methods, absent }]) => [
    code(path),
    absent ? '' : [...methods].join(' '),
    operationsAt(path, methods).map(code).join(' '),
    absent ? `501: ${absent}` : 'yes',
  ])
  return table(['path', 'methods', 'operations', 'emulated'], rows)
}

/** What Ory's API calls that is done there. */
const operationsAt = (path, methods) =>
  OPERATIONS.filter(one => methods.has(one.method) && unnamed(one.path) === unnamed(path)).map(({ id }) => id)

const unnamed = path => path.replace(/\{\w+\}|:\w+/g, '{}')

/** Keys below a list are written without its places. */
const keyName = path => code(path.replaceAll('.*', '[]'))

function renamesTable() {
  const renamed = RENAMES.map(({ from, to, until, write }) => [
    keyName(from),
    until,
    write ? code(write) : keyName(to),
  ])
  const hooks = [
    [code('hooks: [{ hook: verify }]'), 'v0.5', 'nothing: a new address is asked to be verified'],
    [
      code('after: { hooks: [{ hook: redirect }] }'),
      'v0.3',
      code('after: { default_browser_return_url: … }'),
    ],
  ]
  const gone = Object.entries(GONE).map(([key, { until, instead }]) => [
    code(key),
    until,
    `ends the start: ${instead}`,
  ])
  return table(['key', 'last known to', 'today'], [...renamed, ...hooks, ...gone])
}

/** The pages that have tables. */
export const PAGES = ['README.md', 'docs/emulator.md']

/** A page with its tables as they should be. */
export function withTables(page) {
  const tables = {
    options: optionsTable(),
    errors: errorsTable(),
    emulator: emulatorTable(),
    renames: renamesTable(),
  }
  return Object.entries(tables).reduce((text, [name, body]) => {
    const place = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`)
    return text.replace(place, (_match, open, close) => `${open}${body}\n${close}`)
  }, page)
}
