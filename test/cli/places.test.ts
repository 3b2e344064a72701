import { existsSync, readFileSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run, start, startLocal } from './_command.js'
import { PLACES, writeProject } from './_places.js'

const opened = Object.entries(PLACES).map(([name, open]) => ({ name, place: open() }))
afterAll(() => {
  for (const { place } of opened) place?.release()
})

const post = (url: string, body: object): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

/** Signs in as an app does. */
async function signIn(ory: string): Promise<string> {
  const flow = await (await fetch(`${ory}/self-service/login/api`)).json()
  const credentials = { method: 'password', identifier: 'carol@example.com', password: 'ory-dev-password' }
  return (await (await post(flow.ui.action, credentials)).json()).session_token
}

const kidAt = async (url: string): Promise<string> =>
  (await (await fetch(`${url}/.ory/jwks.json`)).json()).keys[0].kid

describe.each(opened.filter(({ place }) => place))('in $name', ({ place }) => {
  const cwd = join(place!.folder, 'app')
  beforeAll(() => writeProject(cwd))

  test('every file with the line ends of Windows is read, and the key is there after a restart', async () => {
    const kids = []
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      const command = await startLocal('http://127.0.0.1:9', ['--no-https'], { cwd })
      const token = await signIn(`${command.url}/.ory`)
      const whoami = await fetch(`${command.url}/.ory/sessions/whoami?tokenize_as=backend`, {
        headers: { 'x-session-token': token },
      })
      expect(decodeJwt((await whoami.json()).tokenized)).toMatchObject({ mail: 'carol@example.com' })
      kids.push(await kidAt(command.url))
      expect(await command.end(signal)).toBe(0)
      expect(command.stderr()).not.toContain('tokens will not verify after a restart')
    }
    expect(new Set(kids).size).toBe(1)
  })

  test('the certificate is made once, and cert path names a file', async () => {
    const certificates = []
    for (let times = 0; times < 2; times++) {
      const command = await startLocal('http://127.0.0.1:9', [], { cwd })
      const { stdout, code } = await run(['cert', 'path'], { cwd })
      expect([code, existsSync(stdout.trim())]).toEqual([0, true])
      certificates.push(readFileSync(stdout.trim(), 'utf8'))
      expect(await command.end()).toBe(0)
    }
    expect(certificates[1]).toBe(certificates[0])
  })

  test('what the emulator knows is saved at the end, and there again', async () => {
    const files = ['--config', 'conf/kratos.yml', '--seed', 'conf/people.json']
    const ports = ['--port', '0', '--admin-port', '0']
    const first = start(['emulator', ...files, ...ports, '--export', 'state of today.json'], { cwd })
    const [, url] = await first.until(/(http:\/\/127\.0\.0\.1:\d+)/)
    const token = await signIn(url!)
    expect(await first.end()).toBe(0)
    const config = ['--config', 'conf/kratos.yml']
    const second = start(['emulator', ...config, ...ports, '--import', 'state of today.json'], { cwd })
    const [, again] = await second.until(/(http:\/\/127\.0\.0\.1:\d+)/)
    const whoami = await fetch(`${again}/sessions/whoami`, { headers: { 'x-session-token': token } })
    expect((await whoami.json()).identity.traits.email).toBe('carol@example.com')
    expect(await second.end()).toBe(0)
  })

  test('init writes its line with the line ends that are there, once', async () => {
    const { code, stdout, stderr } = await run(['init', '--write'], { cwd })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('vite.config.js')
    const text = readFileSync(join(cwd, 'vite.config.js'), 'utf8')
    expect(text).toContain('plugins: [ory()],\r\n')
    expect(text.replaceAll('\r\n', '')).not.toContain('\n')
    expect((await run(['init', '--write'], { cwd })).stdout).toContain('has it already')
    expect(readFileSync(join(cwd, 'vite.config.js'), 'utf8')).toBe(text)
  })

  test('doctor and jsonnet read what is there', async () => {
    const ctx = { session: { identity: { traits: { email: 'dave@example.com' } } } }
    await writeFile(join(cwd, 'a ctx.json'), JSON.stringify(ctx, null, 2).replaceAll('\n', '\r\n'))
    const jsonnet = await run(['jsonnet', 'conf/claims.jsonnet', '--ctx', 'a ctx.json'], { cwd })
    expect(jsonnet).toMatchObject({ code: 0, stdout: expect.stringContaining('dave@example.com') })
    expect((await run(['doctor'], { cwd })).stdout).toContain('Nothing wrong was found')
  })
})

test('a project is the same one, however its path is typed', async ({ annotate }) => {
  const folder = opened.at(-1)!.place?.folder
  await annotate(folder ? 'mounted' : 'this system mounts no such file system for us')
  if (folder === undefined) return expect(opened.length).toBe(3)
  const kid = async (name: string): Promise<string> => {
    const command = await startLocal('http://127.0.0.1:9', ['--no-https'], { cwd: join(folder, name) })
    const found = await kidAt(command.url)
    await command.end()
    return found
  }
  expect(await kid('APP')).toBe(await kid('app'))
  expect(await readdir(folder)).not.toContain('APP')
})
