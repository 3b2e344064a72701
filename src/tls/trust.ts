import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '../log.js'
import type { CertificateFiles } from './files.js'
import { findStores, readAnchor } from './stores/find.js'
import type { Anchor, TrustStore } from './stores/types.js'
import type { System } from './system.js'

/** How {@link trustEverywhere} went. */
export interface TrustOutcome {
  /** Names of the stores that trust it. */
  readonly trusted: readonly string[]
  /** One line for each store that does not, with what to do. */
  readonly problems: readonly string[]
}

/** Whether there is nothing left to do; says so, once a start, when nothing can be done. */
export async function isTrustedEverywhere(
  system: System,
  files: CertificateFiles,
  logger: Logger,
): Promise<boolean> {
  const anchor = await readAnchor(files.anchor)
  if (anchor === undefined) return false
  const { stores, problem } = await findStores(system)
  if (problem !== undefined) logger.warn(cannotTrust(problem, files))
  const trusted = await Promise.all(stores.map(store => store.isTrusted(anchor)))
  return trusted.every(Boolean)
}

/**
 * Trusts the CA in every store of the user that does not yet, and tells what happened.
 *
 * @param news what else is to be told, as the beginning of a sentence; empty when there is none
 */
export async function trustEverywhere(
  system: System,
  files: CertificateFiles,
  news: string,
  logger: Logger,
): Promise<TrustOutcome> {
  const anchor = await readAnchor(files.anchor)
  if (anchor === undefined) throw new Error(`${files.anchor} is gone`)
  const { stores, problem } = await findStores(system)
  const added = new Set<string>()
  const trusted = new Set<string>()
  const problems = problem === undefined ? [] : [cannotTrust(problem, files)]
  // One after the other: two dialogs at once would be worse than a moment more.
  for (const store of stores) {
    const wasTrusted = await store.isTrusted(anchor)
    const failure = wasTrusted ? undefined : await trustIn(store, anchor, system, files)
    if (failure !== undefined) problems.push(failure)
    else trusted.add(store.name)
    if (!wasTrusted && failure === undefined) added.add(store.name)
  }
  tell(news, [...added], logger)
  for (const line of [...problems, ...sudoProblem(system)]) logger.warn(line)
  return { trusted: [...trusted], problems }
}

function tell(news: string, added: readonly string[], logger: Logger): void {
  if (added.length === 0 && news === '') return
  if (added.length === 0) return void logger.info(`${news}.`)
  const what = news === '' ? 'Trusted the certificate in' : `${news} and trusted it in`
  logger.info(
    `${what}: ${added.join(', ')}. It can sign for no other name and its signing key was not kept. Restart open browsers. Undo: npx ory-proxy cert uninstall`,
  )
}

async function trustIn(
  store: TrustStore,
  anchor: Anchor,
  system: System,
  files: CertificateFiles,
): Promise<string | undefined> {
  if (store.asks && !system.isInteractive)
    return 'Skipped the certificate store: no terminal to confirm in. Run "npx ory-proxy cert install" once.'
  if (store.asks && (await wasDeclined(anchor, files)))
    return `Not trusted in the ${store.name}, as it was declined. Run "npx ory-proxy cert install" to be asked again.`
  const failure = await store.trust(anchor)
  if (failure === undefined) return undefined
  if (store.asks) await writeFile(declinedFile(files), anchor.sha1).catch(() => {})
  return `Not trusted in ${store.name}: ${failure}. Import ${anchor.file} in its settings.`
}

function cannotTrust(problem: string, files: CertificateFiles): string {
  return `Browsers will warn: ${problem}. Or import ${files.anchor} yourself, or use --no-https.`
}

function sudoProblem({ isRoot, env }: System): string[] {
  const user = env['SUDO_USER']
  if (!isRoot || !user) return []
  return [`Running as root through sudo: ${user}'s browsers will not see this certificate. Run without sudo.`]
}

/** Who said no to a dialog shall not see it again at each start. */
function declinedFile(files: CertificateFiles): string {
  return join(files.directory, 'declined')
}

async function wasDeclined(anchor: Anchor, files: CertificateFiles): Promise<boolean> {
  const declined = await readFile(declinedFile(files), 'utf8').catch(() => '')
  return declined === anchor.sha1
}

/** Somebody asked for it: a dialog that was declined may open again. */
export async function forgetDeclined(files: CertificateFiles): Promise<void> {
  await rm(declinedFile(files), { force: true })
}
