import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ended, freePort } from '../_faces.js'
import { undo } from '../_undo.js'
import { emptyFolder, startLocal } from '../cli/_command.js'
import { type Certificates, ENGINES, leafOf } from './_engines.js'

const APP = fileURLToPath(new URL('../fixtures/whoami-app.js', import.meta.url))

/** The command in front of an app, at a home of its own: no store of this machine is touched. */
async function startBoth(scheme: string): Promise<{ url: string; certificates?: Certificates }> {
  const home = emptyFolder()
  const port = await freePort()
  const secure = scheme === 'https'
  const flags = ['--no-open', ...(secure ? [] : ['--no-https'])]
  const command = await startLocal(`${port}`, flags, { cwd: home })
  undo.push(() => command.end())
  const authority = secure ? join(home, '.local/share/ory-proxy/ca.crt') : undefined
  const env = {
    ...process.env,
    ORY_JWKS_URL: `${command.url}/.ory/jwks.json`,
    NODE_EXTRA_CA_CERTS: authority ?? '',
  }
  const app = spawn(process.execPath, [APP, `${port}`], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  undo.push(() => ended(app))
  await once(app.stdout!, 'data')
  return secure
    ? { url: command.url, certificates: { authority: authority!, leaf: await leafOf(command.url, home) } }
    : { url: command.url }
}

test.for(Object.keys(ENGINES).flatMap(engine => ['http', 'https'].map(scheme => [engine, scheme] as const)))(
  'in %s over %s people sign in, are known to the app, change their address and sign out',
  { timeout: 120_000 },
  async ([engine, scheme]) => {
    const { url, certificates } = await startBoth(scheme)
    expect(new URL(url).protocol).toBe(`${scheme}:`)
    const visitor = await ENGINES[engine]!(certificates)
    undo.push(() => visitor.close())

    await visitor.open(url)
    expect(await visitor.text()).toContain('You are nobody.')

    await visitor.open(`${url}/.ory/init/login`)
    await visitor.fill('input[name=identifier]', 'alice@example.com')
    await visitor.fill('input[name=password]', 'ory-dev-password')
    await visitor.submit('button[name=method][value=password]')
    expect(await visitor.text()).toContain('You are alice@example.com.')

    await visitor.submit('#settings')
    await visitor.fill('input[name="traits.email"]', `${engine}@example.org`)
    await visitor.submit('button[name=method][value=profile]')
    await visitor.open(url)
    expect(await visitor.text()).toContain(`You are ${engine}@example.org.`)

    await visitor.submit('#out')
    await visitor.open(url)
    expect(await visitor.text()).toContain('You are nobody.')
  },
)
