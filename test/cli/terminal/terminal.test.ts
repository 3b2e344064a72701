import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Passed } from '../../../src/cli/terminal/report.js'
import { createRequestLines } from '../../../src/cli/terminal/terminal.js'
import { type EchoApp, startEchoApp } from '../../_app.js'
import { type FakeOry, startFakeOry } from '../../_fake-ory.js'
import { rawRequest } from '../../_raw.js'
import { run, startLocal } from '../_command.js'

let ory: FakeOry
let app: EchoApp
beforeAll(async () => {
  ;[ory, app] = await Promise.all([startFakeOry(), startEchoApp()])
})
afterAll(() => Promise.all([ory.close(), app.close()]))

const flags = (...more: string[]): string[] => ['--no-https', '--sdk-url', ory.url, ...more]

describe('the banner', () => {
  test('says in at most eight lines where, which Ory and why, whom to sign in as, the keys, the next step', async () => {
    const command = await startLocal(app.url, ['--no-https'])
    await command.until(/Next.*\n\n/)
    const lines = command.stderr().split('\n').slice(0, -1)
    expect(lines.length).toBeLessThanOrEqual(8)
    const text = lines.join('\n')
    expect(text).toContain(`Open     ${command.url}\n`)
    expect(text).toContain(`App      ${app.url}\n`)
    expect(text).toContain('Ory      embedded emulator (no other Ory is named)')
    expect(text).toContain('alice@example.com or bob@example.com, password ory-dev-password')
    expect(text).toContain(`${command.url}/.ory/jwks.json`)
    expect(text).toContain(`${command.url}/.ory/init/login`)
    expect(command.stdout()).toBe('')
    expect(await command.end()).toBe(0)
  })

  test('keeps a password that stands in an address', async () => {
    const withPassword = ory.url.replace('http://', 'http://me:hidden@')
    const command = await startLocal(app.url, ['--no-https', '--sdk-url', withPassword])
    await command.until(/Next.*\n/)
    expect(command.stderr()).toContain(`Ory      ${ory.url} (--sdk-url)`)
    expect(command.stderr()).not.toContain('hidden')
    await command.end()
  })

  test('has no escape codes where nobody looks', async () => {
    const command = await startLocal(app.url, flags(), { env: { FORCE_COLOR: '1' } })
    expect(command.stderr()).not.toContain('\u001b')
    await command.end()
  })
})

describe('request lines', () => {
  const passed = (more: Partial<Passed>): Passed => ({
    at: new Date(2026, 0, 2, 12, 1, 7).getTime(),
    method: 'GET',
    path: '/todos',
    status: 200,
    ms: 4.04,
    asset: false,
    cut: false,
    ...more,
  })

  test('say when, what, how it went, how long it took and who it was', () => {
    const lines: string[] = []
    createRequestLines(line => lines.push(line)).passed(passed({ who: 'ada@example.com' }))
    expect(lines).toEqual(['12:01:07 GET /todos 200 4 ms ada@example.com'])
  })

  test('fold the parts of a page into a count', () => {
    const lines: string[] = []
    const requests = createRequestLines(line => lines.push(line))
    requests.passed(passed({ path: '/' }))
    for (let i = 0; i < 312; i++) requests.passed(passed({ path: `/module-${i}.js`, asset: true }))
    requests.passed(passed({ path: '/missing.js', asset: true, status: 404 }))
    requests.flush()
    expect(lines.map(line => line.slice(9))).toEqual(
      ['GET / 200 4 ms', '312 assets', 'GET /missing.js 404 4 ms'].map((l, i) =>
        i === 1 ? expect.stringMatching(l) : l,
      ),
    )
  })

  test('fold what a load test sends, but for what went wrong', () => {
    const lines: string[] = []
    const requests = createRequestLines(line => lines.push(line))
    for (let i = 0; i < 5000; i++) requests.passed(passed({ path: `/todos/${i}` }))
    requests.passed(passed({ path: '/bad', status: 500 }))
    requests.passed(passed({ path: '/left', cut: true }))
    requests.passed(passed({ at: passed({}).at + 1000 }))
    expect(lines).toHaveLength(204)
    expect(lines.slice(-5).map(line => line.slice(9))).toEqual([
      'GET /todos/199 200 4 ms',
      '4800 more requests',
      'GET /bad 500 4 ms',
      'GET /left 200 4 ms broken off',
      'GET /todos 200 4 ms',
    ])
  })

  test('cannot be forged', () => {
    const lines: string[] = []
    createRequestLines(line => lines.push(line)).passed(
      passed({ path: '/\u001b[2J\n12:00:00 GET /fake', who: 'a\rb' }),
    )
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^[\x20-\x7e]+$/)
  })

  test('appear as requests come, without their queries', async () => {
    const command = await startLocal(app.url, flags())
    const cookie = ory.signIn('ada@example.com')
    await fetch(`${command.url}/todos?code=123456`, { headers: { cookie } })
    await command.until(/\d\d:\d\d:\d\d GET \/todos 200 [\d.]+ ms ada@example\.com/)
    await fetch(`${command.url}/app.css`)
    await fetch(`${command.url}/style.css`)
    await fetch(`${command.url}/.ory/self-service/recovery?token=abcdef`)
    await command.until(/2 assets\n.*GET \/\.ory\/self-service\/recovery 200/)
    expect(command.stderr()).not.toMatch(/123456|abcdef/)
    await command.end()
  })
})

describe('--debug', () => {
  test('says why a request is who it is and what was rewritten, and keeps every secret', async () => {
    const command = await startLocal(app.url, flags('--debug'))
    const cookie = ory.signIn('ada@example.com')
    const secret = cookie.split('=')[1]!
    ory.on('/rewritten', (_req, res) => {
      const headers = {
        location: `${ory.url}/ui/login`,
        'set-cookie': 'csrf=hidden-value; Domain=ory.example',
      }
      res
        .writeHead(303, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify({ url: ory.url }))
    })
    await fetch(`${command.url}/a?code=hidden-code`)
    await command.until(/GET \/a\?code=…: anonymous \(it carries no Cookie/)
    const headers = {
      cookie: `${cookie}; theme=dark`,
      authorization: 'Bearer hidden-token',
      'x-session-token': 'hidden-st',
    }
    await fetch(`${command.url}/b`, { headers })
    await command.until(
      /GET \/b: .*asked Ory, cache miss; carries cookie ory_kratos_session, cookie theme, authorization, x-session-token/,
    )
    await fetch(`${command.url}/c`, { headers })
    await command.until(/GET \/c: .*cache hit/)
    await fetch(`${command.url}/.ory/rewritten`, { redirect: 'manual' })
    await command.until(/GET \/\.ory\/rewritten: rewrote Location, cookie csrf, body/)
    const forged = { host: new URL(command.url).host, headers: ['Cookie: \u001b[31mx=1; a\u009b=2'] }
    await rawRequest(command.url, '/d\u001b[2J', forged)
    await command.end()
    expect(command.stderr()).not.toMatch(/hidden/)
    expect(command.stderr()).not.toContain(secret)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the point
    expect(command.stderr()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  })
})

describe('--quiet', () => {
  test('says nothing while all is well', async () => {
    const command = await startLocal(app.url, flags('--json'))
    const port = new URL(command.url).port
    await command.end()
    const quiet = await startQuiet(
      ['local', app.url, '--port', port, ...flags('-q', '-y')],
      `http://localhost:${port}`,
    )
    expect(quiet).toBe('')
  })
})

describe('--json', () => {
  test('prints facts and requests as one object a line on standard output', async () => {
    const command = await startLocal(app.url, flags('--json'))
    await fetch(`${command.url}/todos?x=1`, { headers: { cookie: ory.signIn('ada@example.com') } })
    await command.until(/"type":"request"/)
    expect(await command.end()).toBe(0)
    const lines = command
      .stdout()
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>)
    expect(lines[0]).toEqual({
      type: 'started',
      url: command.url,
      app: app.url,
      ory: ory.url,
      why: 'sdkUrl',
      people: [],
      oryUrl: `${command.url}/.ory`,
      jwksUrl: `${command.url}/.ory/jwks.json`,
    })
    expect(lines[1]).toMatchObject({
      type: 'request',
      method: 'GET',
      path: '/todos',
      status: 200,
      who: 'ada@example.com',
      cut: false,
    })
    expect(command.stderr()).toBe('')
  })
})

describe('a port that is taken', () => {
  test('is told with who holds it and which is free, and ends with 1', async () => {
    const command = await startLocal(app.url, flags())
    const port = Number(new URL(command.url).port)
    const { code, stderr } = await run(['local', app.url, '--port', String(port), ...flags()])
    expect(stderr).toMatch(new RegExp(`^ory-proxy ORY_PROXY_PORT_TAKEN: Port ${port} is taken`))
    expect(stderr).toMatch(/Port (\d+) is free: --port \1\. Choose another port\.\n$/)
    if (process.platform === 'linux') expect(stderr).toContain(`(process ${command.pid})`)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(code).toBe(1)
    await command.end()
  })

  test.for(['local', 'tunnel'])('can be that of the app of %s itself', async command => {
    const { code, stderr } = await run([command, '4000', ...flags()])
    expect(stderr).toContain(
      'The app cannot be at http://localhost:4000: that is where ory-proxy is going to listen (by default).',
    )
    expect(code).toBe(1)
  })
})

describe('shutting down', () => {
  test.for([
    ['SIGINT'],
    ['SIGTERM'],
    ['SIGINT', 'SIGTERM'], // of one Ctrl-C: from the terminal, and from who started it
  ] as const)('%s lets an open answer end and exits 0 (%#)', async ([signal, again]) => {
    let finish = (): void => {}
    const slow = await startEchoApp((_req, res) => {
      res.write('first ')
      finish = () => res.end('last')
    })
    const command = await startLocal(slow.url, flags())
    const response = await fetch(`${command.url}/slow`)
    const reader = response.body!.getReader()
    const first = await reader.read()
    const ending = command.end(signal)
    if (again) process.kill(command.pid, again)
    await expect
      .poll(() =>
        fetch(`${command.url}/.ory/jwks.json`).then(
          response => response.text().then(() => 'up'),
          () => 'down',
        ),
      )
      .toBe('down')
    finish()
    const last = await reader.read()
    expect(Buffer.concat([first.value!, last.value!]).toString()).toBe('first last')
    expect(await ending).toBe(0)
    await slow.close()
  })

  test('a second Ctrl-C, once the first is seen to wait, ends at once', async () => {
    const slow = await startEchoApp((_req, res) => void res.write('first '))
    const command = await startLocal(slow.url, flags())
    const response = await fetch(`${command.url}/slow`)
    const ending = command.end('SIGINT')
    await command.until(/Letting open answers end/)
    process.kill(command.pid, 'SIGINT')
    await expect(response.text()).rejects.toThrow()
    expect(await ending).toBe(0)
    await slow.close()
  })
})

describe('an app that is not there yet', () => {
  test('is waited for by a page that looks again, and named once', async () => {
    const placeholder = createServer()
    await new Promise<void>(resolve => placeholder.listen(0, '127.0.0.1', resolve))
    const { port } = placeholder.address() as AddressInfo
    await new Promise(resolve => placeholder.close(resolve))
    const command = await startLocal(`127.0.0.1:${port}`, flags())
    const page = await fetch(`${command.url}/x`, { headers: { accept: 'text/html' } })
    expect([page.status, page.headers.get('retry-after')]).toEqual([502, '2'])
    expect(await page.text()).toContain('<meta http-equiv="refresh" content="2">')
    const program = await fetch(`${command.url}/x`)
    expect([program.status, await program.json()]).toEqual([
      502,
      { error: expect.objectContaining({ id: 'ORY_PROXY_APP_UNREACHABLE' }) },
    ])
    const late = createServer((_req, res) => res.end('here'))
    await new Promise<void>(resolve => late.listen(port, '127.0.0.1', resolve))
    expect(await (await fetch(`${command.url}/x`)).text()).toBe('here')
    await command.until(/answers again/)
    await command.end()
    expect(command.stderr().match(/does not answer/g)).toHaveLength(1)
    late.closeAllConnections()
    await new Promise(resolve => late.close(resolve))
  })
})

/** Runs a command that says nothing, uses it once, and returns what it said after all. */
async function startQuiet(args: string[], url: string): Promise<string> {
  const { start } = await import('../_command.js')
  const command = start(args)
  await expect
    .poll(
      () =>
        fetch(url).then(
          r => r.status,
          () => 0,
        ),
      { timeout: 10_000 },
    )
    .toBe(200)
  await command.end()
  return command.stdout() + command.stderr()
}
