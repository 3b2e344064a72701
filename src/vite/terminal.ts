import type { Ory } from '../setup.js'
import type { ViteServer } from './server.js'

/** One more line below Vite's own addresses, and the people to sign in as. */
export function announce(server: ViteServer, { target, emulator }: Ory): void {
  const print = server.printUrls.bind(server)
  server.printUrls = () => {
    print()
    const { info } = server.config.logger
    const which = emulator ? 'emulator' : target.url.origin
    info(`  ➜  Ory:     ${mountUrl(server)} (${which}: ${target.why})`)
    if (emulator)
      for (const { email, password } of emulator.people) info(`              ${email} · ${password}`)
  }
}

/** A key beside Vite's own (`h` lists it): the emulator's mail is not sent anywhere, so it is looked at. */
export function bindKeys(server: ViteServer, { emulator }: Ory): void {
  if (!emulator) return
  const bind = server.bindCLIShortcuts.bind(server) as (options?: Shortcuts) => void
  const inbox: Shortcut = { key: 'i', description: "open the Ory emulator's inbox", action: openInbox }
  server.bindCLIShortcuts = (options: Shortcuts = {}) => {
    const others = (options.customShortcuts ?? []).filter(({ key }) => key !== inbox.key)
    bind({ ...options, customShortcuts: [...others, inbox] })
  }
}

interface Shortcut {
  readonly key: string
  readonly description: string
  readonly action: (server: ViteServer) => Promise<void>
}

interface Shortcuts {
  readonly print?: boolean
  readonly customShortcuts?: Shortcut[]
}

async function openInbox(server: ViteServer): Promise<void> {
  const url = `${mountUrl(server)}/dev/inbox`
  server.config.logger.info(`  ➜  Inbox:   ${url}`)
  if (process.env['BROWSER'] === 'none') return // Vite's own way to say: open nothing
  const { default: open } = await import('open')
  await open(url).catch(() => {}) // no browser here: the address stands in the line above
}

/** Where Ory is; only the path where the address is not Vite's to know (middleware mode). */
function mountUrl({ resolvedUrls }: ViteServer): string {
  const first = resolvedUrls?.local[0] ?? resolvedUrls?.network[0]
  return first === undefined ? '/.ory' : `${new URL(first).origin}/.ory`
}
