import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { QUESTIONS } from '../../../src/check/index.js'
import { FACES, freePort } from '../../_faces.js'
import { start } from '../_command.js'

const env = { ORY_PROXY_CHECK_PASSWORD: 'ory-dev-password' }

async function checked(args: readonly string[], where: { env?: Record<string, string> } = {}) {
  const command = start(['check', ...args], where)
  const exit = await command.exit
  return { exit, stdout: command.stdout(), stderr: command.stderr() }
}

test('it plays the app itself, asks everything, and says so in a line each', {
  timeout: 60_000,
}, async () => {
  const port = await freePort()
  const face = await FACES['cli']!(`http://127.0.0.1:${port}`, { protect: ['/members/*'] })
  try {
    const { exit, stdout } = await checked([face.url, '--app-port', String(port), '--protect', '/members'], {
      env,
    })
    expect([exit, /\d+ questions: (\d+) yes, 0 no, 5 not asked\./.exec(stdout)?.[1]]).toEqual([
      0,
      String(QUESTIONS.length - 5),
    ])
    expect(stdout).toContain('needs --cors-origin')
    expect(stdout).not.toContain('ory-dev-password')
  } finally {
    await face.close()
  }
})

test('one no is exit code 1, with what came instead and why it matters; --json says it to scripts', {
  timeout: 60_000,
}, async () => {
  const port = await freePort()
  const face = await FACES['cli']!(`http://127.0.0.1:${port}`, {})
  try {
    const args = [face.url, '--app-port', String(port), '--protect', '/nowhere']
    const words = await checked(args, { env })
    expect(words.exit).toBe(1)
    expect(words.stdout).toMatch(/no {3}A program gets 401.*\n +Instead: it gave 200\.\n +A fetch that is/)
    const { stdout } = await checked([...args, '--json'], { env })
    const report = JSON.parse(stdout) as { ok: boolean; questions: { id: string; result: string }[] }
    expect(report.ok).toBe(false)
    expect(report.questions.find(({ id }) => id === 'gate.program')?.result).toBe('no')
  } finally {
    await face.close()
  }
})

test('without an app to look into, what is seen from outside is asked, and the rest is named', {
  timeout: 60_000,
}, async () => {
  const face = await FACES['cli']!('http://127.0.0.1:9', {})
  try {
    const { stdout } = await checked([face.url], { env })
    expect(stdout).toMatch(/yes {2}No key there has a private member\./)
    expect(stdout).toMatch(/jwt\.verifies: needs --app-port or --echo/)
  } finally {
    await face.close()
  }
})

test('nobody there, and nobody’s password, are one line each', async () => {
  const gone = await checked([`http://127.0.0.1:${await freePort()}`])
  expect([gone.exit, gone.stderr.split('\n').length]).toEqual([2, 2])
  expect(gone.stderr).toMatch(/could not be asked: no answer/)
  const mute = await checked(['https://staging.example', '--user', 'probe@staging.example'])
  expect([mute.exit, mute.stderr.split('\n').length]).toEqual([2, 2])
  expect(mute.stderr).toMatch(/set ORY_PROXY_CHECK_PASSWORD/)
})

test('a port that the app still has, and one that the gateway does not lead to, are one line each and no verdict', async () => {
  const app = createServer((_req, res) => res.end('mine'))
  await new Promise<void>(resolve => app.listen(0, '127.0.0.1', resolve))
  const { port } = app.address() as AddressInfo
  const face = await FACES['cli']!(`http://127.0.0.1:${port}`, {})
  try {
    for (const [appPort, why] of [
      [port, /ORY_PROXY_PORT_TAKEN: Port \d+ is taken: the check plays the app there, so end your own/],
      [
        await freePort(),
        /ORY_PROXY_CHECK: \S+ does not lead to port \d+, .*: \/check gave 200, and nothing arrived there/,
      ],
    ] as const) {
      const { stdout, stderr } = await checked([face.url, '--app-port', String(appPort)], { env })
      expect(stderr).toMatch(why)
      expect([stderr.split('\n').length, stdout]).toEqual([2, ''])
    }
  } finally {
    await face.close()
    await new Promise(resolve => app.close(resolve))
  }
})
