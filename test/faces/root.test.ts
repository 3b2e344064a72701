import { expect, test } from 'vitest'
import type { Logger } from '../../src/index.js'
import { ory } from '../../src/vite-plugin.js'
import { load, project, SITE } from '../_ecosystem.js'
import { freePort } from '../_faces.js'
import { undo } from '../_undo.js'

const person = (email: string): string =>
  JSON.stringify([
    {
      schema_id: 'default',
      traits: { email },
      credentials: { password: { config: { password: 'a-good-password' } } },
    },
  ])

/** A Vite whose root is not where it was started. */
async function addressOf(files: Record<string, string>, lines: string[] = []): Promise<string> {
  const { createServer } = await load<typeof import('vite')>('root', 'vite')
  const made = await project({ ...SITE, 'package.json': '{"name":"elsewhere"}', ...files })
  undo.push(made.remove)
  const note = (line: string): void => void lines.push(line)
  const logger: Logger = { debug: () => {}, info: note, warn: note, error: note }
  const vite = await createServer({
    root: made.root,
    configFile: false,
    logLevel: 'silent',
    server: { port: await freePort(), host: 'localhost' },
    plugins: [ory({ logger })],
  })
  undo.push(() => vite.close())
  await vite.listen()
  return vite.resolvedUrls!.local[0]!
}

/** Everybody the emulator knows, once. */
const emails = async (url: string): Promise<string[]> => {
  const answer = await fetch(`${url}.ory/dev/users`, { headers: { accept: 'application/json' } })
  return [...new Set((await answer.text()).match(/[a-z]+@example\.com/g))]
}

test("the seed of the dev server's root counts, not the working directory's", async () => {
  expect(await emails(await addressOf({ 'ory.seed.json': person('carol@example.com') }))).toEqual([
    'carol@example.com',
  ])
})

test('files that a settings file names lie beside it', async () => {
  const url = await addressOf({
    'ory-proxy.yml': 'emulator:\n  seed: people.json\n  config: kratos.yml\n',
    'people.json': person('dave@example.com'),
    'kratos.yml':
      'session:\n  cookie:\n    name: own_name\nidentity:\n  schemas:\n    - { id: default, url: "file://./person.json" }\n',
    'person.json': JSON.stringify({
      type: 'object',
      properties: {
        traits: {
          type: 'object',
          properties: {
            email: {
              type: 'string',
              format: 'email',
              'ory.sh/kratos': { credentials: { password: { identifier: true } } },
            },
          },
        },
      },
    }),
  })
  expect(await emails(url)).toEqual(['dave@example.com'])
})

test('a file that is missing there is named with its folder', async () => {
  const failed = addressOf({ 'ory-proxy.yml': 'emulator: { seed: nobody.json }\n' })
  await expect(failed).rejects.toThrow(/ory-proxy-[^/\\]+[/\\]nobody\.json: there is no such file/)
})

test("an Ory that is named in the root's .env counts", async () => {
  const url = await addressOf({ '.env': 'ORY_SDK_URL=http://127.0.0.1:9\n' })
  expect(await (await fetch(`${url}.ory/health/alive`)).json()).toMatchObject({
    error: { id: 'ORY_PROXY_UNREACHABLE' },
  })
})
