/** `ory-proxy doctor`: looks at a project and at its running server, changes nothing. */
import { readFileSync } from 'node:fs'
import { assignments, checkEnvFiles } from './env-files.js'
import { type ProjectFiles, projectFiles } from './files.js'
import { checkKratos } from './kratos.js'
import { checkPackages } from './packages.js'
import { askServer, checkKeys } from './server.js'
import { checkBundlers, checkServers } from './sources.js'
import { type Check, check, type Report, type Server } from './types.js'

/** What is looked at. */
export interface Examination {
  /** The project's folder. */
  readonly root: string
  /** The server that runs, where it was named. */
  readonly url: string | undefined
  /** Where a server notes that it runs. */
  readonly runningFile: string | undefined
  readonly env: NodeJS.ProcessEnv
  /** Reads the settings as a start does: what would stop it, where something would. */
  readonly stopsStart: () => Omit<Check, 'level'> | undefined
  /** Who listens on a port, where the system tells. */
  readonly holderOf: (port: number) => Promise<string | undefined>
}

/** Could not look at what it was asked to. */
export class CannotExamine extends Error {
  override readonly name = 'CannotExamine'
}

/** Looks at a project and at its server. Reads, asks on this machine, and changes nothing. */
export async function examine(examination: Examination): Promise<Report> {
  const { root, env } = examination
  const files = projectFiles(root)
  const running = await findServer(examination)
  const { server } = running
  const stop = examination.stopsStart()
  const checks = [
    ...(stop ? [{ ...stop, level: 'error' } as const] : []),
    ...running.checks,
    ...checkEnvFiles(files.env),
    ...(files.packages ? checkPackages(files.packages) : []),
    ...checkBundlers(files.bundlers),
    ...checkServers(files.servers),
    ...(await kratosChecks(files, server, env)),
    ...(await keyChecks(files, server, env)),
  ]
  return { ok: checks.every(({ level }) => level !== 'error'), server: server ?? null, checks }
}

async function findServer({
  url,
  runningFile,
  holderOf,
}: Examination): Promise<{ server?: Server; checks: Check[] }> {
  const noted = url === undefined ? notedIn(runningFile) : undefined
  const address = url ?? noted
  if (address === undefined) return { checks: [] }
  const found = await askServer(new URL(address).origin)
  if ('server' in found) return found
  if (found.failure !== 'NOT_OURS') {
    if (url !== undefined) throw new CannotExamine(`Nobody answers at ${url} (${found.failure}).`)
    return { checks: [] } // it ended without saying so
  }
  const { port: given, protocol } = new URL(address)
  const port = Number(given || (protocol === 'https:' ? 443 : 80))
  const message = `Another program${inWords(await holderOf(port))} answers at ${new URL(address).origin}.`
  const fix = 'End it, or let ory-proxy listen elsewhere: --port.'
  return { checks: [check({ code: 'PORT_HELD', level: 'error', message, fix })] }
}

const inWords = (holder: string | undefined): string => (holder === undefined ? '' : ` (${holder})`)

function notedIn(file: string | undefined): string | undefined {
  try {
    const { url } = JSON.parse(readFileSync(file ?? '', 'utf8')) as { url?: unknown }
    return typeof url === 'string' && URL.canParse(url) ? url : undefined
  } catch {
    return undefined
  }
}

/** A setting of the environment or of the files that tools put into it, and where it stands. */
function setting({ env: files }: ProjectFiles, env: NodeJS.ProcessEnv, names: readonly string[]) {
  const inFiles = files.flatMap(source => assignments(source).map(found => ({ ...found, file: source.file })))
  const own = names.find(name => env[name])
  if (own !== undefined) return { value: env[own]!, place: {} }
  const found = inFiles.find(({ name, file }) => names.includes(name) && !/production|example/.test(file))
  return found && { value: found.value, place: { file: found.file, line: found.line } }
}

async function kratosChecks(
  files: ProjectFiles,
  server: Server | undefined,
  env: NodeJS.ProcessEnv,
): Promise<Check[]> {
  const given = setting(files, env, ['ORY_SDK_URL', 'VITE_ORY_SDK_URL', 'NEXT_PUBLIC_ORY_SDK_URL'])?.value
  if (server?.mode === 'emulator' || given === undefined || !URL.canParse(given)) return []
  const origins = server ? [server.url] : []
  const checks = await Promise.all(files.kratos.map(file => checkKratos(file, { origins, sdkUrl: given })))
  return checks.flat()
}

async function keyChecks(
  files: ProjectFiles,
  server: Server | undefined,
  env: NodeJS.ProcessEnv,
): Promise<Check[]> {
  const found = setting(files, env, ['ORY_JWKS_URL', 'JWKS_URL'])
  return found && URL.canParse(found.value) ? checkKeys(found.value, found.place, server) : []
}
