import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KINDS } from '../../../src/options/kinds.js'
import { type FakeOry, startFakeOry } from '../../_fake-ory.js'
import { emptyFolder, startLocal } from '../_command.js'

let flagged: FakeOry
let inEnvironment: FakeOry
let inFile: FakeOry
beforeAll(async () => {
  ;[flagged, inEnvironment, inFile] = await Promise.all([startFakeOry(), startFakeOry(), startFakeOry()])
})
afterAll(() => Promise.all([flagged.close(), inEnvironment.close(), inFile.close()]))

/** What the command says of the Ory it talks to. */
async function chosen(
  flags: string[],
  env: Record<string, string>,
  file?: [name: string, text: string],
): Promise<string> {
  const cwd = emptyFolder()
  if (file) writeFileSync(join(cwd, file[0]), file[1])
  const command = await startLocal('9', ['--no-https', ...flags], { env, cwd })
  const [, line] = await command.until(/Ory\s+(.*), at/)
  await command.end()
  return line!
}

describe('flag, else environment, else file, else default', () => {
  test('each gives way to the one before', async () => {
    const env = { ORY_SDK_URL: inEnvironment.url }
    const file: [string, string] = ['ory-proxy.yml', `sdkUrl: ${inFile.url}\n`]
    expect(await chosen(['--sdk-url', flagged.url], env, file)).toBe(`${flagged.url} (--sdk-url)`)
    expect(await chosen([], env, file)).toBe(`${inEnvironment.url} (ORY_SDK_URL)`)
    expect(await chosen([], {}, file)).toBe(`${inFile.url} (ory-proxy.yml)`)
    expect(await chosen([], {})).toBe('embedded emulator (no other Ory is named)')
  })

  test.for([
    ['settings.yaml', (url: string) => `sdkUrl: ${url}`, ['--config', 'settings.yaml'], {}],
    ['ory-proxy.json', (url: string) => JSON.stringify({ sdkUrl: url }), [], {}],
    [
      'elsewhere.json',
      (url: string) => JSON.stringify({ sdkUrl: url }),
      [],
      { ORY_CONFIG_PATH: 'elsewhere.json' },
    ],
  ] as [string, (url: string) => string, string[], Record<string, string>][])(
    'the file %s is found',
    async ([name, text, flags, env]) => {
      expect(await chosen(flags, env, [name, text(inFile.url)])).toBe(`${inFile.url} (${name})`)
    },
  )

  test('what only the command has can stand in the file too', async () => {
    const cwd = emptyFolder()
    writeFileSync(join(cwd, 'ory-proxy.yml'), `sdkUrl: ${inFile.url}\nhttps: false\njson: true\nport: 1\n`)
    const command = await startLocal('9', [], { cwd })
    expect(command.url).toMatch(/^http:/)
    expect(command.stdout()).toContain('"type":"started"')
    await command.end()
  })

  test('what the library has too is heard by the terminal as well', async () => {
    const cwd = emptyFolder()
    writeFileSync(join(cwd, 'ory-proxy.yml'), `sdkUrl: ${inFile.url}\nhttps: false\ndebug: true\n`)
    const command = await startLocal('9', [], { cwd })
    await fetch(`${command.url}/.ory/x`)
    await command.until(/GET \/\.ory\/x: /)
    await command.end()
  })

  test('of the configuration of the Ory CLI, the selected project counts and nothing secret is read out', async () => {
    const text = JSON.stringify({
      version: 'v1',
      access_token: { access_token: 'ory_at_hidden' },
      selected_project: 'happy-ant',
      session_identity_traits: { email: 'ada@example.com' },
    })
    const cwd = emptyFolder()
    writeFileSync(join(cwd, '.ory-cloud.json'), text)
    const flags = ['--no-https', '--config', '.ory-cloud.json', '--api-endpoint', 'http://localhost:9']
    const command = await startLocal('9', flags, { cwd })
    expect(command.stderr()).toContain('http://happy-ant.projects.localhost:9 (.ory-cloud.json)')
    expect(command.stderr()).not.toContain('hidden')
    await command.end()
  })
})

describe('everything of today is taken', () => {
  test('as it is typed', async () => {
    const flags = [
      ...['--no-https', '--dev', '-q', '-y', '--workspace', 'w', '--rewrite-host', '--debug'],
      ...['--cookie-domain', 'localhost', '--default-redirect-url', 'http://localhost:9/welcome'],
      ...['--allowed-cors-origins', 'http://a.test', '--allowed-cors-origins', 'http://b.test,http://c.test'],
      ...['--additional-cors-headers', 'X-A', '--additional-cors-headers', 'X-B', '--json'],
    ]
    const command = await startLocal('9', [...flags, '--sdk-url', flagged.url])
    const ask = (origin: string): Promise<Response> =>
      fetch(`${command.url}/.ory/x`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      })
    for (const origin of ['http://a.test', 'http://b.test', 'http://c.test']) {
      const { headers } = await ask(origin)
      expect(headers.get('access-control-allow-origin')).toBe(origin)
      expect(headers.get('access-control-allow-headers')).toMatch(/X-A, X-B$/)
    }
    expect(await command.end()).toBe(0)
  })
})

describe('spans of time', () => {
  test.for([
    ['10', 10],
    ['1.5', 1.5],
    ['24h', 86_400],
    ['1h30m', 5400],
    ['250ms', 0.25],
    ['1h soon', '1h soon'],
    ['h', 'h'],
  ] as [string, unknown][])('%s', ([text, seconds]) => {
    expect(KINDS.seconds.fromText(text)).toEqual(seconds)
  })
})
