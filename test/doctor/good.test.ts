import { cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EchoApp, startEchoApp } from '../_app.js'
import { FACES } from '../_faces.js'
import { startExample } from '../e2e/_example.js'
import { doctor, place, project, root } from './_doctor.js'

let app: EchoApp
beforeAll(async () => {
  app = await startEchoApp()
})
afterAll(async () => {
  await app.close()
  rmSync(place, { recursive: true, force: true, maxRetries: 5 })
})

/** A set-up that is as it should be: the folder to look at, and the server that runs, where one does. */
interface SetUp {
  readonly folder: string
  readonly url?: string
  close?(): Promise<void>
}

const at = (folder: string) => async (): Promise<SetUp> => ({ folder: join(root, folder) })

/** In a place of its own: where it lies, it belongs to our own package, and what other tests start there is its server. */
const copyOf = (folder: string) => async (): Promise<SetUp> => {
  const copy = project({})
  cpSync(join(root, folder), copy, { recursive: true })
  return { folder: copy }
}

/** The code of a recipe, as somebody has it who follows it. */
const recipe = (name: string) => async (): Promise<SetUp> => {
  const text = readFileSync(join(root, `docs/recipes/${name}.md`), 'utf8')
  const code = [...text.matchAll(/^```(?:js|ts)\n(.*?)^```/gms)].map(([, block]) => block).join('\n')
  expect(code).not.toBe('')
  return {
    folder: project({
      'server.js': code,
      '.env': 'VITE_ORY_SDK_URL=/.ory\n',
      'package.json': '{"type":"module"}',
    }),
  }
}

/** A person signs in at the emulator, with a mistake on the way, looks around, and signs out. */
async function live(url: string, page = '/api/x'): Promise<void> {
  const jar = new Map<string, string>()
  const go = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { accept: 'application/json', 'sec-fetch-site': 'same-origin', ...init.headers, cookie }
    const answer = await fetch(new URL(path, url), { redirect: 'manual', ...init, headers })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line)!
      if (/max-age=0|1970/i.test(line)) jar.delete(name)
      else jar.set(name, value)
    }
    return answer
  }
  const flow = (await (await go('/.ory/self-service/login/browser')).json()) as {
    id: string
    ui: { nodes: { attributes: { name: string; value: string } }[] }
  }
  const csrf_token = flow.ui.nodes.find(({ attributes }) => attributes.name === 'csrf_token')!.attributes
    .value
  const sent = (password: string): Promise<Response> =>
    go(`/.ory/self-service/login?flow=${flow.id}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ method: 'password', identifier: 'alice@example.com', password, csrf_token }),
    })
  expect((await sent('wrong')).status).toBe(400)
  expect((await sent('ory-dev-password')).status).toBe(200)
  expect((await go('/.ory/sessions/whoami')).status).toBe(200)
  await go(page)
  const { logout_url } = (await (await go('/.ory/self-service/logout/browser')).json()) as {
    logout_url: string
  }
  expect((await go(logout_url, { headers: { accept: 'text/html' } })).status).toBe(303)
  await go(page)
  expect((await go('/.ory/sessions/whoami')).status).toBe(401)
}

const RIGHT =
  'serve:\n  public:\n    base_url: <url>/.ory\nselfservice:\n  allowed_return_urls: [<url>]\ncookies:\n  same_site: Lax\n'

const face = (name: string) => async (): Promise<SetUp> => {
  const { url, close } = await FACES[name]!(app.url, {})
  await live(url)
  const files = {
    '.env': 'VITE_ORY_SDK_URL=/.ory\nORY_JWKS_URL=<url>/.ory/jwks.json\n',
    'kratos.yml': RIGHT,
    'package.json': '{"dependencies":{"@ory/client-fetch":"^1.22.0","@ory/elements-react":"^1.1.0"}}',
  }
  const filled = Object.entries(files).map(([file, text]) => [file, text.replaceAll('<url>', url)])
  return { folder: project(Object.fromEntries(filled)), url, close }
}

const example = (name: string) => async (): Promise<SetUp> => {
  const { url, close } = await startExample(name)
  await live(url, '/')
  return { folder: join(root, 'examples', name), url, close }
}

const SET_UPS: Readonly<Record<string, () => Promise<SetUp>>> = {
  ...Object.fromEntries(
    ['cli', 'vite-react', 'webpack', 'elements', 'testing'].map(name => [
      `the files of examples/${name}`,
      at(`examples/${name}`),
    ]),
  ),
  'a plain site': copyOf('test/fixtures/site'),
  ...Object.fromEntries(
    ['astro', 'next', 'nuxt', 'react-router', 'solidstart', 'sveltekit', 'tanstack-start'].map(name => [
      name,
      at(`test/frameworks/${name}`),
    ]),
  ),
  ...Object.fromEntries(['express', 'fastify', 'hono'].map(name => [`the recipe for ${name}`, recipe(name)])),
  ...Object.fromEntries(Object.keys(FACES).map(name => [`${name}, running and used`, face(name)])),
  ...Object.fromEntries(
    ['cli', 'vite-react', 'webpack'].map(name => [`examples/${name}, running and used`, example(name)]),
  ),
}

test('there are twenty of them at least', () => {
  expect(Object.keys(SET_UPS).length).toBeGreaterThanOrEqual(20)
})

test.for(Object.entries(SET_UPS))('no alarm, and not a warning: %s', async ([, make]) => {
  const { folder, url, close } = await make()
  const { code, stdout } = await doctor(folder, ['--json', '--strict', ...(url === undefined ? [] : [url])])
  await close?.()
  const { server, checks } = JSON.parse(stdout) as { server: { url: string } | null; checks: object[] }
  expect([code, checks]).toEqual([0, []])
  if (url !== undefined) expect(server?.url).toBe(url)
})
