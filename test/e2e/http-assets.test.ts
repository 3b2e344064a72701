import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startEchoApp } from '../_app.js'
import { undo } from '../_undo.js'
import { emptyFolder, startLocal } from '../cli/_command.js'
import { ENGINES, leafOf } from './_engines.js'

/** A dev server that only has a script, and a backend whose page loads it by its address. */
async function startBackend(): Promise<string> {
  const assets = await startEchoApp((_req, res) => {
    res.setHeader('access-control-allow-origin', '*')
    res.setHeader('content-type', 'text/javascript')
    res.end('document.body.textContent = "The script ran."')
  })
  const page = `<body>No script ran.<script src="${assets.url.replace('127.0.0.1', 'localhost')}/app.js"></script>`
  const backend = await startEchoApp((_req, res) => {
    res.setHeader('content-type', 'text/html')
    res.end(page)
  })
  undo.push(assets.close, backend.close)
  return backend.url
}

/** Why HTTP_ASSETS is said at all: should WebKit change, this fails and the diagnosis may go. */
test.for(Object.keys(ENGINES))(
  'in %s a page over https loads a script from http://localhost, but for WebKit, and the command tells',
  { timeout: 120_000 },
  async engine => {
    const home = emptyFolder()
    const command = await startLocal(await startBackend(), [], { cwd: home })
    undo.push(() => command.end())
    const authority = join(home, '.local/share/ory-proxy/ca.crt')
    const visitor = await ENGINES[engine]!({ authority, leaf: await leafOf(command.url, home) })
    undo.push(() => visitor.close())
    await visitor.open(command.url)
    expect(await visitor.text()).toBe(engine === 'webkit' ? 'No script ran.' : 'The script ran.')
    expect(command.stderr()).toContain('HTTP_ASSETS')
  },
)

test.for(Object.keys(ENGINES))(
  'in %s with --no-https the same page has its script',
  { timeout: 120_000 },
  async engine => {
    const command = await startLocal(await startBackend(), ['--no-https'])
    undo.push(() => command.end())
    const visitor = await ENGINES[engine]!()
    undo.push(() => visitor.close())
    await visitor.open(command.url)
    expect(await visitor.text()).toBe('The script ran.')
    expect(command.stderr()).not.toContain('HTTP_ASSETS')
  },
)
