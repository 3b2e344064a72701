import { relative } from 'node:path'
import { Command } from 'commander'
import { ownFile } from '../../common/version.js'
import { CannotExamine, examine } from '../../doctor/index.js'
import type { Check, Report } from '../../doctor/types.js'
import { OryProxyError } from '../../errors.js'
import { runningFile } from '../../host/running.js'
import { resolveOptions } from '../../options/resolve.js'
import { currentSystem } from '../../tls/system.js'
import { resolveSettings } from '../commands/settings.js'
import { portHolder } from '../server/port-holder.js'

/** What is typed. */
export interface DoctorFlags {
  readonly json?: boolean
  readonly strict?: boolean
}

/** Could not look: neither well nor ill. */
const NOT_RUN = 2

export async function runDoctor(
  url: string | undefined,
  { json = false, strict = false }: DoctorFlags,
): Promise<void> {
  const root = process.cwd()
  try {
    const report = await examine({
      root,
      url,
      env: process.env,
      runningFile: runningFile(root),
      stopsStart,
      holderOf: port => portHolder(port, currentSystem()),
    })
    const isWell = strict ? report.checks.length === 0 : report.ok
    process.stdout.write(json ? `${JSON.stringify({ ...report, ok: isWell })}\n` : inWords(report))
    process.exitCode = isWell ? 0 : 1
  } catch (error) {
    if (!(error instanceof CannotExamine)) throw error
    if (json)
      process.stdout.write(
        `${JSON.stringify({ ok: false, server: null, checks: [], error: error.message })}\n`,
      )
    else process.stderr.write(`ory-proxy: ${error.message}\n`)
    process.exitCode = NOT_RUN
  }
}

/** The settings of files and environment are wrong in the words of the start that they stop. */
function stopsStart(): Omit<Check, 'level'> | undefined {
  try {
    const { options, surroundings } = resolveSettings(new Command())
    resolveOptions(options, process.env, surroundings)
    return undefined
  } catch (error) {
    if (!(error instanceof OryProxyError)) throw error
    const { code, message, hint } = error
    return { code, message, fix: hint, docs: `docs/errors.md#${code.toLowerCase()}` }
  }
}

function inWords({ server, checks }: Report): string {
  const where = server
    ? `The server at ${server.url} runs (${server.mode}).`
    : 'No server runs here; the files were looked at.'
  if (checks.length === 0) return `${where}\nNothing wrong was found.\n`
  return `${where}\n${checks.map(paragraph).join('')}`
}

function paragraph({ code, level, file, line, message, fix, docs }: Check): string {
  const place = file === undefined ? '' : ` (${line === undefined ? file : `${file}:${line}`})`
  return `\n${level === 'error' ? 'Error' : 'Warning'} [${code}]${place} ${message}\n  ${fix}\n  ${fromHere(docs)}\n`
}

/** The page as it lies in the package: a project has `docs` of its own. */
function fromHere(docs: string): string {
  const [page = '', section] = docs.split('#')
  return `${relative(process.cwd(), ownFile(page))}#${section}`
}
