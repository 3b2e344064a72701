import { afterEach, expect, test } from 'vitest'
import { scriptOf } from '../_ecosystem.js'
import { freePort } from '../_faces.js'
import { keyId, signIn, Terminal, whoami } from '../_terminal.js'

let terminal: Terminal | undefined
afterEach(() => terminal?.close())

test("Rsbuild's own command: an edit of the configuration signs nobody out", async () => {
  const config = `import { ory } from 'ory-proxy/rsbuild'
export default {
  source: { entry: { index: './main.js' } },
  plugins: [ory()],
  server: { host: '127.0.0.1', port: ${await freePort()}, strictPort: true },
}
`
  const script = await scriptOf('newer', '@rsbuild/core/bin/rsbuild.js')
  terminal = await Terminal.start(script, { 'rsbuild.config.mjs': config })
  const announced = /➜ {2}Ory: +(\S+\/\.ory) \(emulator/
  const [, ory = ''] = await terminal.printed(announced)
  const [token, kid] = [await signIn(ory), await keyId(ory)]
  for (const restart of ['first', 'second']) {
    await terminal.edit('rsbuild.config.mjs', `${config}// ${restart}\n`, announced)
    await expect.poll(async () => [await keyId(ory), await whoami(ory, token)]).toEqual([kid, 200])
  }
})
