import { announcement } from '../host/announcement.js'
import type { Ory } from '../host/start.js'
import { MOUNT } from '../middleware/mount.js'
import type { ViteServer } from './server.js'

/** One more line below Vite's own addresses, and the people to sign in as. */
export function announce(server: ViteServer, ory: Ory): void {
  const { info } = server.config.logger
  ory.announcedAt(() => originOf(server))
  const print = server.printUrls.bind(server)
  const say = (): void => {
    announced.add(ory)
    ory.announcedAt(() => originOf(server)) // known by now
    for (const line of announcement(ory, mountUrl(server), COLUMN)) info(line)
  }
  server.printUrls = () => {
    print()
    say()
  }
  const sayUnlessSaid = (): void => {
    if (!announced.has(ory)) say()
  }
  if (server.httpServer)
    server.httpServer.once('listening', () => setTimeout(sayUnlessSaid, PATIENCE).unref())
  else sayUnlessSaid()
}

/** Where Vite's own addresses begin. */
const COLUMN = 14

/** Frameworks with a terminal of their own (Astro, Nuxt) never ask Vite for its addresses. */
const announced = new WeakSet<Ory>()

/** Milliseconds from listening until nobody is going to ask any more. */
const PATIENCE = 500

/** Keys beside Vite's own (`h` lists them): the tools, and the emulator's mail, which is not sent anywhere. */
export function bindKeys(server: ViteServer, { emulator }: Ory): void {
  const bind = server.bindCLIShortcuts.bind(server) as (options?: Shortcuts) => void
  const tools: Shortcut = { key: 't', description: 'open the Ory tools', action: opens('Tools', '/dev') }
  const inbox: Shortcut = {
    key: 'i',
    description: "open the Ory emulator's inbox",
    action: opens('Inbox', '/dev/inbox'),
  }
  const ours = emulator ? [inbox, tools] : [tools]
  server.bindCLIShortcuts = (options: Shortcuts = {}) => {
    const others = (options.customShortcuts ?? []).filter(({ key }) => ours.every(own => own.key !== key))
    bind({ ...options, customShortcuts: [...others, ...ours] })
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

const opens =
  (name: string, path: string): Shortcut['action'] =>
  async server => {
    const url = `${mountUrl(server)}${path}`
    server.config.logger.info(`  ➜  ${`${name}:`.padEnd(9)}${url}`)
    if (process.env['BROWSER'] === 'none') return // Vite's own way to say: open nothing
    const { default: open } = await import('open')
    await open(url).catch(() => {}) // no browser here: the address stands in the line above
  }

/** Where Ory is; only the path where the address is not Vite's to know (middleware mode). */
const mountUrl = (server: ViteServer): string => (originOf(server) ?? '') + MOUNT

function originOf({ resolvedUrls }: ViteServer): string | undefined {
  const first = resolvedUrls?.local[0] ?? resolvedUrls?.network[0]
  return first && new URL(first).origin
}
