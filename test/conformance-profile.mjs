// One profile of the recorded answers, run against an emulator set up with the same file.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compareDirs } from './conformance/compare.mjs'

const FOLDER = fileURLToPath(new URL('./conformance', import.meta.url))

/** The profiles, and the file their scenarios are in. */
export const PROFILES = {
  default: 'scenarios',
  passwordless: 'passwordless',
  strict: 'strict',
  social: 'social',
}

/** The configuration that a profile was recorded with. */
export const configOf = profile => join(FOLDER, `kratos.${profile}.yml`)

/**
 * Records a profile's scenarios and compares them.
 *
 * @param profile one of PROFILES
 * @param publicUrl where Ory is reached: an emulator, or a face in front of one
 * @param adminUrl the admin API
 * @param clock where the emulator behind it is reached, if its time is to be what the scenarios wait
 * @returns rows `{ scenario, step, differences }`
 */
export function compareProfile(profile, publicUrl, adminUrl, clock) {
  const set = `${join(FOLDER, PROFILES[profile])}.mjs#scenarios`
  return compareSet(set, join(FOLDER, 'golden', profile), publicUrl, adminUrl, clock)
}

/**
 * As {@link compareProfile}, for other recordings.
 *
 * @param set `<file>#<export>` with the scenarios
 * @param golden the folder with their recorded answers
 */
export async function compareSet(set, golden, publicUrl, adminUrl, clock) {
  const compared = out => {
    sameAddress(golden, out, publicUrl)
    return compareDirs(golden, out)
  }
  return recorded(set, publicUrl, adminUrl, compared, clock)
}

/**
 * What is answered to a set of scenarios, as it is written down.
 *
 * @returns steps `{ step, request, response }`
 */
export const answersTo = (set, publicUrl, adminUrl) => recorded(set, publicUrl, adminUrl, stepsIn)

/** The steps of a folder of recorded answers. */
export const stepsIn = folder =>
  readdirSync(folder).flatMap(file => JSON.parse(readFileSync(join(folder, file), 'utf8')))

async function recorded(set, publicUrl, adminUrl, use, clock) {
  const out = mkdtempSync(join(tmpdir(), 'conformance-'))
  try {
    await record([join(FOLDER, 'record.mjs'), publicUrl, adminUrl, out, '--set', set], clock)
    return use(out)
  } finally {
    rmSync(out, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** In a process of its own: the scenarios wait, and who answers has to go on meanwhile. */
function record(args, clock) {
  const env = { ...process.env, ...(clock && { ORY_CLOCK: `${clock}/dev/clock` }) }
  return new Promise((resolve, reject) => {
    spawn(process.execPath, args, { stdio: 'inherit', env }).once('exit', resolve).once('error', reject)
  })
}

/** The recorder replaces the server's address, but not where it is escaped within another URL. */
function sameAddress(golden, out, url) {
  const escaped = /http%3A%2F%2F127\.0\.0\.1%3A\d+(?=%2F(self-service|ui))/
  for (const file of readdirSync(out)) {
    const recorded = escaped.exec(readFileSync(join(golden, file), 'utf8'))?.[0]
    const text = readFileSync(join(out, file), 'utf8')
    if (recorded) writeFileSync(join(out, file), text.replaceAll(encodeURIComponent(url), recorded))
  }
}

/** What differs between a recorded value and another one, a line each. */
export { diff } from './conformance/compare.mjs'
