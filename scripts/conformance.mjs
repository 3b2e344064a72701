// Records the emulator's answers to the scenarios of test/conformance and says how many are those of a real
// Kratos. `npm run conformance [-- <profile>...] [-- --verbose]`
import { startEmulator } from '../dist/emulator/index.js'
import { compareProfile, configOf, PROFILES } from '../test/conformance-profile.mjs'

const verbose = process.argv.includes('--verbose')
const asked = process.argv.slice(2).filter(name => name in PROFILES)
let [equal, total] = [0, 0]
for (const profile of asked.length > 0 ? asked : Object.keys(PROFILES)) {
  const emulator = await startEmulator({ config: configOf(profile) })
  const rows = await compareProfile(profile, emulator.url, emulator.adminUrl).finally(emulator.close)
  const different = rows.filter(row => row.differences.length > 0)
  console.log(`${profile}: ${rows.length - different.length} of ${rows.length} answers equal`)
  if (verbose) different.forEach(print)
  equal += rows.length - different.length
  total += rows.length
}
console.log(`conformance: ${equal} of ${total} answers equal (${((100 * equal) / total).toFixed(1)} %)`)
process.exitCode = equal === total ? 0 : 1

function print({ scenario, step, differences }) {
  console.log(`  ${scenario}: ${step}`)
  for (const difference of differences.slice(0, 8)) console.log(`    ${difference}`)
}
