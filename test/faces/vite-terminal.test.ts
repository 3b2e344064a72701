import { afterEach, expect, test } from 'vitest'
import { type Place, scriptOf } from '../_ecosystem.js'
import { freePort } from '../_faces.js'
import { keyId, signIn, Terminal, whoami } from '../_terminal.js'

const VERSIONS: readonly [string, Place][] = [
  ['6', 'older'],
  ['7', 'newer'],
  ['8', 'root'],
]

const configOn = (port: number): string => `import { ory } from 'ory-proxy/vite'
export default { plugins: [ory()], server: { host: '127.0.0.1', port: ${port}, strictPort: true } }
`

let terminal: Terminal | undefined
afterEach(() => terminal?.close())

test.for(VERSIONS)(
  'the command of Vite %s: the addresses, the keys, and a restart after the configuration is edited',
  async ([_version, place]) => {
    const config = configOn(await freePort())
    const script = await scriptOf(place, 'vite/bin/vite.js')
    terminal = await Terminal.start(script, { 'vite.config.js': config })
    const [, ory = ''] = await terminal.printed(/➜ {2}Ory: +(\S+\/\.ory) \(emulator/)
    await terminal.printed(/alice@example\.com · ory-dev-password/)

    terminal.type('h')
    await terminal.printed(/press i \+ enter to open the Ory emulator's inbox/)
    terminal.type('i')
    const [, inbox = ''] = await terminal.printed(/➜ {2}Inbox: +(\S+)/)
    expect(inbox).toBe(`${ory}/dev/inbox`)
    expect((await fetch(inbox)).status).toBe(200)
    terminal.type('t')
    const [, tools = ''] = await terminal.printed(/➜ {2}Tools: +(\S+)/)
    expect(tools).toBe(`${ory}/dev`)
    expect((await fetch(tools)).status).toBe(200)

    const [token, kid] = [await signIn(ory), await keyId(ory)]
    await terminal.edit('vite.config.js', `${config}// edited\n`, /server restarted/)
    await expect.poll(() => keyId(ory)).toBe(kid)
    expect(await whoami(ory, token)).toBe(200)

    terminal.type('i')
    await terminal.printed(/➜ {2}Inbox: +\S+/)

    const wrong = config.replace('ory()', "ory({ sdkURL: 'x' })")
    const line =
      /ory-proxy ORY_PROXY_BAD_OPTION: There is no option "sdkURL"\. Did you mean "sdkUrl"\? .*\n.*restart failed/
    await terminal.edit('vite.config.js', wrong, line)
    expect(await whoami(ory, token)).toBe(200)
    await terminal.edit('vite.config.js', config, /server restarted/)
    await expect.poll(() => whoami(ory, token)).toBe(200)
  },
)
