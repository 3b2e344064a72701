// The app, and `ory-proxy local` in front of it: the two terminals of a developer in one. Flags go to the command.
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const flags = process.argv.slice(2)
const { values } = parseArgs({ args: flags, options: { port: { type: 'string' } }, strict: false })
const port = values.port ?? (process.env.PORT || '4000')
const appPort = process.env.APP_PORT ?? String(await freePort())
const here = dirname(fileURLToPath(import.meta.url))
const command = join(dirname(fileURLToPath(import.meta.resolve('ory-proxy/package.json'))), 'dist/cli.js')

const run = (file, args, env = {}, stdio = 'inherit') =>
  spawn(process.execPath, [file, ...args], { env: { ...process.env, ...env }, stdio })
const quiet = ['ignore', 'ignore', 'inherit'] // the command says where the app is
const jwksUrl = `http://localhost:${port}/.ory/jwks.json`

const children = [
  run(join(here, 'app.js'), [], { APP_PORT: appPort, JWKS_URL: jwksUrl }, quiet),
  run(command, [
    'local',
    `http://localhost:${appPort}`,
    '--port',
    port,
    '--no-https',
    '--protect',
    '/members',
    ...flags,
  ]),
]
for (const child of children) {
  child.on('exit', code => {
    for (const other of children) if (other.exitCode === null) other.kill()
    process.exitCode ||= code ?? 0
  })
}
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    for (const child of children) child.kill(signal)
  })

/** The app hides behind the command, so any port does. */
function freePort() {
  const probe = createServer()
  return new Promise(resolve => {
    probe.listen(0, 'localhost', () => {
      const { port: free } = probe.address()
      probe.close(() => resolve(free))
    })
  })
}
