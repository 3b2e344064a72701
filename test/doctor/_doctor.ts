import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Report } from '../../src/doctor/types.js'

export const root: string = fileURLToPath(new URL('../../', import.meta.url))

/** The built command. */
export const cli: string = join(root, 'dist/cli.js')

/** Where the projects of one test file lie. */
export const place: string = mkdtempSync(join(tmpdir(), 'doctor-'))

let count = 0
/** A project of these files. */
export function project(files: Readonly<Record<string, string>>): string {
  const folder = join(place, `project-${count++}`)
  for (const [name, text] of Object.entries({ 'package.json': '{}', ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

/** How it ended, and what it said. */
export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs it in a project. */
export function doctor(cwd: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const { ORY_SDK_URL: _ory, ORY_JWKS_URL: _keys, ...own } = process.env
  const env = { ...own, ...more }
  const child = spawn(process.execPath, [cli, 'doctor', ...args], { cwd, env })
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', chunk => (said.stdout += chunk))
  child.stderr.on('data', chunk => (said.stderr += chunk))
  return new Promise(resolve => child.on('close', code => resolve({ code, ...said })))
}

/** What it says to programs. */
export const report = async (cwd: string, ...args: string[]): Promise<Report> =>
  JSON.parse((await doctor(cwd, ['--json', ...args])).stdout) as Report
