import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { silentLogger } from '../../src/log.js'
import { type EchoApp, startEchoApp } from '../_app.js'
import { announced, ended, FACES } from '../_faces.js'

interface Told {
  readonly url: string
  lines(): string
  close(): Promise<void>
}

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

/** Where a developer reads: the logger of a dev server, the terminal of the command. */
const PLACES: Readonly<Record<string, (app: string) => Promise<Told>>> = {
  ...Object.fromEntries(['connect', 'vite', 'webpack'].map(name => [name, app => inLogger(name, app)])),
  async cli(app) {
    const args = ['local', app, '--port', '0', '--no-https', '--no-open']
    const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (text += chunk))
    return { url: await announced(child), lines: () => text, close: () => ended(child) }
  },
}

async function inLogger(name: string, app: string): Promise<Told> {
  const lines: string[] = []
  const info = (line: string): void => void lines.push(line)
  const { url, close } = await FACES[name]!(app, { logger: { ...silentLogger, info } })
  return { url, close, lines: () => lines.join('\n') }
}

describe.each(Object.keys(PLACES))('the line about a mail behind %s', name => {
  let app: EchoApp
  let face: Told
  beforeAll(async () => {
    app = await startEchoApp()
    face = await PLACES[name]!(app.url)
  })
  afterAll(async () => {
    await face?.close()
    await app.close()
  })

  test("links to the app's own origin, where the link works", async () => {
    const ory = `${face.url}/.ory/self-service/verification`
    const headers = { accept: 'application/json', 'content-type': 'application/json' }
    const { id } = (await (await fetch(`${ory}/api`, { headers })).json()) as { id: string }
    const body = JSON.stringify({ method: 'code', email: 'alice@example.com' })
    await fetch(`${ory}?flow=${id}`, { method: 'POST', headers, body })
    await expect.poll(face.lines).toMatch(/\[mail\] to alice@example\.com: .* open https?:/)
    const link = /\[mail\].* open (https?:\S+)/.exec(face.lines())![1]!
    expect(link.startsWith(`${face.url}/.ory/self-service/verification?`), link).toBe(true)
    const { status, headers: answered } = await fetch(link, { redirect: 'manual' })
    expect([status, answered.get('location')]).toEqual([303, expect.stringContaining(`${face.url}/.ory/`)])
  })
})
