import { afterEach, expect, test } from 'vitest'
import { scriptOf } from './_ecosystem.js'
import { freePort } from './_faces.js'
import { keyId, signIn, Terminal, whoami } from './_terminal.js'

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
    // Again and again: Rsbuild sees no edit before it watches, which nothing tells us.
    let edits = 0
    const edit = (): Promise<void> =>
      terminal!.site.write('rsbuild.config.mjs', `${config}// ${restart} ${edits++}\n`)
    const editing = setInterval(edit, 2000)
    await edit()
    await terminal.printed(announced)
    clearInterval(editing)
    await expect.poll(async () => [await keyId(ory), await whoami(ory, token)]).toEqual([kid, 200])
  }
})
