import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import type { Logger } from '../log.js'
import { expiryOf, findProblem } from './certificate.js'
import { anchorFiles, type CertificateFiles, certificateFiles, dataDirectory, readBundle } from './files.js'
import { LOCAL_HOSTS, normalizeHosts } from './hosts.js'
import { type CertificateOptions, ownCertificate, systemOf } from './index.js'
import { findStores, readAnchor } from './stores/find.js'
import { installInSystem, systemStatus, uninstallFromSystem } from './stores/system-wide.js'
import type { System } from './system.js'
import { forgetDeclined } from './trust.js'

/** What a command prints, and whether it did what it was asked for. */
export interface CommandResult {
  readonly text: string
  readonly exitCode: 0 | 1
}

/** Whose certificate a command is about. */
export interface CommandOptions {
  /** Names besides localhost, 127.0.0.1 and ::1, as they are given to the server. */
  readonly hosts?: readonly string[]
  /** The user and the machine, when it is not this one. */
  readonly on?: Pick<CertificateOptions, 'env' | 'home' | 'system'>
}

/** {@link CommandOptions} of `cert install`. */
export interface InstallOptions extends CommandOptions {
  /** Trust it in the whole system too, for curl, Python and the like: Linux, as root. */
  readonly system: boolean
}

const NONE = 'There is no certificate yet. Make one: npx ory-proxy cert install'

/** `ory-proxy cert status`: what there is and who trusts it. */
export async function certStatus(options: CommandOptions = {}): Promise<CommandResult> {
  const { system, files, extra } = target(options)
  const bundle = await readBundle(files)
  const anchor = await readAnchor(files.anchor)
  if (bundle === undefined || anchor === undefined) return { text: NONE, exitCode: 1 }
  const problem = findProblem(bundle, [...LOCAL_HOSTS, ...extra], system.now())
  const { stores, problem: noStores } = await findStores(system)
  const trust = await Promise.all(stores.map(store => store.isTrusted(anchor)))
  const lines = [
    `Certificate   ${files.bundle}`,
    `Authority     ${anchor.name}`,
    `Valid for     ${[...LOCAL_HOSTS, ...extra].join(', ')}`,
    `Valid until   ${problem === 'damaged' ? 'damaged; the next start renews it' : validUntil(bundle.cert, problem)}`,
    ...stores.map((store, index) => `${trust[index] ? 'Trusted in   ' : 'Not trusted in'} ${store.name}`),
    ...(noStores === undefined ? [] : [`Not trusted: ${noStores}`]),
    ...[await systemStatus(system, anchor)].filter(line => line !== undefined),
  ]
  const isFine = problem === undefined && noStores === undefined && trust.every(Boolean)
  return { text: lines.join('\n'), exitCode: isFine ? 0 : 1 }
}

/** {@link CommandOptions} of `cert path`. */
export interface PathOptions extends CommandOptions {
  /** The certificate itself instead of the name of its file. @default false */
  readonly pem?: boolean
}

/** `ory-proxy cert path`: the file for `NODE_EXTRA_CA_CERTS`, `curl --cacert` and the like; with `pem`, what is in it. */
export async function certPath({ pem = false, ...options }: PathOptions = {}): Promise<CommandResult> {
  const { files } = target(options)
  if (!existsSync(files.anchor)) return { text: NONE, exitCode: 1 }
  return { text: pem ? (await readFile(files.anchor, 'utf8')).trimEnd() : files.anchor, exitCode: 0 }
}

/** `ory-proxy cert install`: makes it if need be and trusts it, asking where the system asks. */
export async function certInstall(options: InstallOptions): Promise<CommandResult> {
  const { system, files, extra } = target(options)
  const { lines, logger, hasWarned } = collect()
  await forgetDeclined(files)
  await ownCertificate(system, extra, logger)
  const anchor = await readAnchor(files.anchor)
  let isDone = anchor !== undefined && !hasWarned()
  if (options.system && anchor) {
    const { done, text } = await installInSystem(system, anchor)
    lines.push(text)
    isDone = isDone && done
  }
  if (lines.length === 0) lines.push('The certificate is there and trusted.')
  return { text: lines.join('\n'), exitCode: isDone ? 0 : 1 }
}

/** `ory-proxy cert uninstall`: takes it out of every store and deletes it. */
export async function certUninstall(options: CommandOptions = {}): Promise<CommandResult> {
  const { system } = target(options)
  const directory = dataDirectory(system)
  const anchors = (await Promise.all((await anchorFiles(system)).map(readAnchor))).filter(
    anchor => anchor !== undefined,
  )
  const { stores, problem } = await findStores(system)
  for (const store of stores) {
    for (const anchor of anchors) await store.untrust(anchor)
    await store.untrustAll?.()
  }
  const left = await Promise.all(
    stores.flatMap(store =>
      anchors.map(async anchor => ((await store.isTrusted(anchor)) ? [store.name] : [])),
    ),
  )
  const lines = left.flat().map(name => `Still trusted in ${name}: remove it in its settings.`)
  if (problem !== undefined && anchors.length > 0) lines.push(`Browsers may still trust it: ${problem}.`)
  const isDone = lines.length === 0 && (await isRemoved(directory, lines))
  const systemWide = await uninstallFromSystem(system)
  if (systemWide !== undefined) lines.push(systemWide)
  if (isDone) lines.unshift('Removed the certificate and its trust. Restart open browsers.')
  return { text: lines.join('\n'), exitCode: isDone ? 0 : 1 }
}

async function isRemoved(directory: string, lines: string[]): Promise<boolean> {
  try {
    await rm(directory, { recursive: true, force: true })
    return true
  } catch (error) {
    lines.push(`Cannot delete ${directory} (${(error as NodeJS.ErrnoException).code}).`)
    return false
  }
}

function target({ hosts = [], on = {} }: CommandOptions): {
  system: System
  files: CertificateFiles
  extra: readonly string[]
} {
  const system = systemOf(on)
  const { extra } = normalizeHosts(hosts)
  return { system, files: certificateFiles(system, 'localhost', extra), extra }
}

function validUntil(cert: string, problem: string | undefined): string {
  const day = expiryOf(new X509Certificate(cert)).toISOString().slice(0, 10)
  return problem === 'expiring' ? `${day}; the next start renews it` : day
}

/** A logger that keeps its lines for the command to print. */
function collect(): { lines: string[]; logger: Logger; hasWarned: () => boolean } {
  const lines: string[] = []
  let warned = false
  const warn = (line: string): void => {
    warned = true
    lines.push(line)
  }
  const logger = { info: (line: string) => void lines.push(line), warn, error: warn, debug: () => {} }
  return { lines, logger, hasWarned: () => warned }
}
