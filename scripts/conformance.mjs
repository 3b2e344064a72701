// Records the emulator's answers to the scenarios of test/conformance and says how many are those of a real
// Kratos. `npm run conformance [-- <profile>...] [-- --verbose]`
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator } from '../dist/emulator/index.js'
import { compareDirs } from '../test/conformance/compare.mjs'

const FOLDER = 'test/conformance'
const PROFILES = { default: 'scenarios', passwordless: 'passwordless', strict: 'strict', social: 'social' }

const verbose = process.argv.includes('--verbose')
const asked = process.argv.slice(2).filter(name => name in PROFILES)
let [equal, total] = [0, 0]
for (const profile of asked.length > 0 ? asked : Object.keys(PROFILES)) {
  const rows = await run(profile)
  const ok = rows.filter(row => row.differences.length === 0).length
  console.log(`${profile}: ${ok} of ${rows.length} answers equal`)
  if (verbose) for (const row of rows.filter(row => row.differences.length > 0)) print(row)
  equal += ok
  total += rows.length
}
console.log(`conformance: ${equal} of ${total} answers equal (${((100 * equal) / total).toFixed(1)} %)`)
process.exitCode = equal === total ? 0 : 1

/** One profile, with a fresh emulator on free ports. */
async function run(profile) {
  const emulator = await startEmulator({ config: join(FOLDER, `kratos.${profile}.yml`) })
  const out = mkdtempSync(join(tmpdir(), 'conformance-'))
  try {
    const set = `${FOLDER}/${PROFILES[profile]}.mjs#scenarios`
    const args = [`${FOLDER}/record.mjs`, emulator.url, emulator.adminUrl, out, '--set', set]
    await record(args)
    const golden = join(FOLDER, 'golden', profile)
    sameAddress(golden, out, emulator.url)
    return compareDirs(golden, out)
  } finally {
    await emulator.close()
    rmSync(out, { recursive: true, force: true })
  }
}

/** In a process of its own: the scenarios wait, the emulator has to answer meanwhile. */
async function record(args) {
  await new Promise((resolve, reject) => {
    spawn(process.execPath, args, { stdio: 'inherit' }).once('exit', resolve).once('error', reject)
  })
}

/** The recorder replaces the server's address, but not where it is escaped within another URL. */
function sameAddress(golden, out, url) {
  const escaped = /http%3A%2F%2F127\.0\.0\.1%3A\d+(?=%2Fself-service)/
  for (const file of readdirSync(out)) {
    const recorded = escaped.exec(readFileSync(join(golden, file), 'utf8'))?.[0]
    const text = readFileSync(join(out, file), 'utf8')
    if (recorded) writeFileSync(join(out, file), text.replaceAll(encodeURIComponent(url), recorded))
  }
}

function print({ scenario, step, differences }) {
  console.log(`  ${scenario}: ${step}`)
  for (const difference of differences.slice(0, 8)) console.log(`    ${difference}`)
}
