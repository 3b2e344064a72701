// Asks a Kratos of yours and the emulator the same, at random, and shows where they differ.
//   npm run build
//   KRATOS_PUBLIC=http://127.0.0.1:4433 KRATOS_ADMIN=http://127.0.0.1:4434 \
//     node scripts/differential.mjs --config kratos.yml [--seed 1] [--sequences 100] [--verbose] [sequence.json …]
// The emulator runs with the same configuration. A sequence that differs is cut down to the steps it needs. A file
// with `steps` is run as it is. Where a sign-in lasts a few seconds (`flows.login.lifespan: 3s`), all that is asked is what
// grows old.
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import { differences } from './differential/compare.mjs'
import { sequence } from './differential/generate.mjs'
import { Side } from './differential/side.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    config: { type: 'string' },
    seed: { type: 'string', default: '1' },
    sequences: { type: 'string', default: '100' },
    verbose: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
})
const { KRATOS_PUBLIC = 'http://127.0.0.1:4433', KRATOS_ADMIN = 'http://127.0.0.1:4434' } = process.env
const { startEmulator } = await import('../dist/emulator/index.js')
const log = { debug() {}, info() {}, warn() {}, error: text => console.error(text) }
const emulator = await startEmulator({ config: values.config, logger: log, seed: [] })
let runs = 0

/** The answers of both to every step that both can take. */
async function run(steps) {
  const name = `${(runs++).toString(36)}z${Date.now().toString(36).slice(-5)}`
  const kratos = new Side(KRATOS_PUBLIC, KRATOS_ADMIN, name)
  const ours = new Side(emulator.url, emulator.adminUrl, name)
  const rows = []
  for (const step of steps) {
    if (step.wait) await new Promise(resolve => setTimeout(resolve, step.wait))
    const [a, b] = step.wait ? [] : [await kratos.take(step), await ours.take(step)]
    const found = a || b ? differences(a, b, step.path.includes('courier')) : []
    rows.push({ step, skipped: !a && !b, a, b, found })
    if (found.length > 0) break
  }
  return rows
}

/** Without the steps that the difference does not need. */
async function shrink(steps, cause) {
  let shortest = steps
  for (let at = shortest.length - 2; at >= 0; at--) {
    const fewer = shortest.toSpliced(at, 1)
    const last = (await run(fewer)).at(-1)
    if (last.step === shortest.at(-1) && last.found[0] && causeOf(last) === cause) shortest = fewer
  }
  return shortest
}

const causeOf = ({ step, found }) => `${step.op}: ${found[0].path.replace(/\[\d+\]/g, '[]')}`
const show = value => JSON.stringify(value)?.slice(0, 300)

function report({ step, found, a, b }) {
  for (const one of found.slice(0, values.verbose ? 40 : 5))
    console.log(`      ${one.path}\n        kratos:   ${show(one.a)}\n        emulator: ${show(one.b)}`)
  if (values.verbose)
    console.log(`   ${step.op}\n kratos   ${JSON.stringify(a)}\n emulator ${JSON.stringify(b)}`)
}

const brief = ({ op, accept, ...step }) =>
  `      ${step.client} ${accept?.slice(0, 20) ?? ''} ${JSON.stringify({ ...step, client: undefined, admin: undefined }).slice(0, 600)}`

async function files() {
  let equal = 0
  for (const file of positionals) {
    const rows = await run(JSON.parse(readFileSync(file, 'utf8')).steps)
    const last = rows.at(-1)
    if (last.found.length === 0 && !rows.some(row => row.skipped)) equal++
    else {
      console.log(
        `${file}: ${last.found.length > 0 ? causeOf(last) : `not reached: ${rows.filter(row => row.skipped).map(row => row.step.op)}`}`,
      )
      report(last)
    }
  }
  console.log(`${equal} of ${positionals.length} sequences equal`)
}

async function atRandom() {
  const config = parse(readFileSync(values.config, 'utf8'))
  const about = {
    social: Boolean(config.selfservice?.methods?.oidc?.enabled),
    // All that is asked is what grows old, where it does so within seconds.
    brief: /^\ds$/.test(config.selfservice?.flows?.login?.lifespan),
    keys: Boolean(
      config.selfservice?.methods?.webauthn?.enabled || config.selfservice?.methods?.passkey?.enabled,
    ),
    links: Boolean(config.selfservice?.methods?.link?.enabled),
    choose: Boolean(config.feature_flags?.choose_recovery_address),
    other: JSON.stringify(config.identity.schemas).includes('two-addresses'),
    codeLogin: Boolean(config.selfservice?.methods?.code?.passwordless_enabled),
    traits:
      JSON.stringify(config.identity.schemas).includes('custom') &&
      !config.identity.schemas[0].url.includes('flags')
        ? ['username', 'email', 'plan', 'tags', 'age', 'newsletter', 'address']
        : ['email', 'name'],
  }
  const causes = new Map()
  const [first, many] = [Number(values.seed), Number(values.sequences)]
  let taken = 0
  let different = 0
  for (let seed = first; seed < first + many; seed++) {
    // What comes after a difference is compared as well, without the step that differs.
    let steps = JSON.parse(JSON.stringify(sequence(seed, about)))
    for (let counted = 0; steps.length > 0; ) {
      const rows = await run(steps)
      const last = rows.at(-1)
      taken += rows.slice(counted).filter(row => !row.skipped).length
      if (last.found.length === 0) break
      different++
      const cause = causeOf(last)
      const seen = causes.get(cause)
      if (seen) seen.count++
      else
        causes.set(cause, { count: 1, seed, steps: await shrink(steps.slice(0, rows.length), cause), last })
      counted = rows.length - 1
      steps = steps.toSpliced(rows.length - 1, 1)
      if (counted >= steps.length) break
    }
  }
  for (const [cause, { count, seed, steps, last }] of [...causes].sort((a, b) => b[1].count - a[1].count)) {
    console.log(`${count} × ${cause}   (seed ${seed})`)
    for (const step of steps) console.log(brief(step))
    report(last)
  }
  if (values.out) writeFileSync(values.out, JSON.stringify([...causes], undefined, 1))
  console.log(
    `${taken - different} of ${taken} steps equal (${((100 * (taken - different)) / taken).toFixed(2)} %), ${causes.size} causes`,
  )
}

try {
  await (positionals.length > 0 ? files() : atRandom())
} finally {
  await emulator.close()
}
