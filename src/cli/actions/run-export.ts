import { OryProxyError } from '../../errors.js'
import { ENGINES } from '../../export/index.js'
import { gatewayOf } from '../../export/settings.js'
import { writeFolder } from '../../export/write.js'
import { printable } from '../../log.js'
import { resolveOptions } from '../../options/resolve.js'
import { chooseTarget } from '../../ory/target.js'
import type { Settings } from '../commands/settings.js'

/** Flags of `ory-proxy export` that are no settings. */
export interface ExportCommandFlags {
  readonly app?: string
  readonly publicUrl?: string
  readonly oryDomain?: boolean
  readonly out?: string
  readonly force?: boolean
}

/** Writes the folder, and says what to do with it. */
export async function runExport(
  engine: string,
  { out = engine, force = false, ...flags }: ExportCommandFlags,
  settings: Settings,
): Promise<void> {
  const write = Object.hasOwn(ENGINES, engine) ? ENGINES[engine] : undefined
  if (!write) {
    const known = Object.keys(ENGINES).join(', ')
    throw new OryProxyError('ORY_PROXY_EXPORT', `There is no engine "${printable(engine)}": ${known}.`)
  }
  const options = resolveOptions(settings.options, process.env, settings.surroundings)
  const target = await chooseTarget(options)
  const gateway = gatewayOf(options, target === 'emulator' ? target : target.url, flags)
  const files = write(gateway)
  await writeFolder(out, files, force)
  process.stdout.write(
    `${Object.keys(files)
      .map(name => `  ${out}/${name}`)
      .join('\n')}\nRead ${out}/README.md: the key, the start, the address Ory has to know.\n`,
  )
}
