import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { flagOf, OPTIONS } from '../../../src/options/table.js'
import { cli, emptyFolder, run } from '../_command.js'

const EXAMPLES: Readonly<Record<string, string>> = {
  local: 'local http://localhost:3000',
  proxy: 'local http://localhost:3000',
  tunnel: 'tunnel http://localhost:3000',
  emulator: 'emulator --config kratos.yml',
  cert: 'cert status',
  'cert install': 'cert install',
}

const APP = 'http://localhost:9'

const isAboutTls = (flag: string): boolean => /^--(?:tls|cert)-/.test(flag)

describe('a wrong value is answered with the value, a right one, and exit code 2', () => {
  const values: [string, string, RegExp][] = [
    ['--port', 'abc', /--port must be a number from 0 to 65535 like 4000, not "abc"/],
    ['--port', '65536', /not 65536/],
    ['--port', '-1', /not "-1"/],
    ['--port', '', /--port must be .* not ""/],
    ['--session-cache', 'x', /--session-cache must be a number of seconds like 10, not "x"/],
    ['--session-cache', '-1', /not "-1"/],
    [
      '--api-key-expiry',
      'tomorrow',
      /--api-key-expiry must be "24h" or a number of seconds like 3600, not "tomorrow"/,
    ],
    [
      '--sdk-url',
      'ory.example',
      /--sdk-url must be an address like "https:\/\/slug\.projects\.oryapis\.com", not "ory\.example"/,
    ],
    ['--sdk-url', 'ftp://ory.example', /not "ftp:\/\/ory\.example"/],
    ['--sdk-url', 'ftp://me:secret@ory.example', /^(?!.*secret).*not "ftp:\/\/…@ory\.example"/],
    ['--api-endpoint', 'x', /--api-endpoint must be an address like "https:\/\/oryapis\.com", not "x"/],
    ['--console-api-endpoint', 'x', /like "https:\/\/api\.console\.ory\.sh", not "x"/],
    ['--default-redirect-url', '/welcome', /like "http:\/\/localhost:3000\/welcome", not "\/welcome"/],
    ['--cookie-domain', 'a b', /--cookie-domain must be a domain like "app\.test", not "a b"/],
    ['--cookie-domain', 'a; Path=/x', /must be a domain/],
    [
      '--allowed-hosts',
      'http://app.test',
      /host names without port like "app\.test", not "http:\/\/app\.test"/,
    ],
    ['--allowed-hosts', 'app.test:80', /not "app\.test:80"/],
    ['--allowed-cors-origins', '*', /a list of origins like .* not "\*"/],
    ['--allowed-cors-origins', 'app.test', /not "app\.test"/],
    ['--allowed-cors-origins', 'https://app.test/path', /not "https:\/\/app\.test\/path"/],
    ['--additional-cors-headers', 'X Tenant', /header names like "X-Tenant", not "X Tenant"/],
    ['--project', '', /--project must be a slug or id like "happy-ant-x1y2z3", not ""/],
    ['--project', 'a/../b', /--project must be a slug or id like .* not "a\/\.\.\/b"/],
    ['--host', '', /--host must be an address like "127\.0\.0\.1", not ""/],
    ['--host', 'no.such.host.invalid', /--host no\.such\.host\.invalid is no address of this machine/],
    ['--key-file', '', /--key-file must be a file like "jwt-key\.json", not ""/],
    ['--seed', 'missing.json', /missing\.json/],
    ['--config', 'missing.yml', /settings file missing\.yml cannot be read \(ENOENT\)/],
    ['--cert-provider', 'mkcert', /--cert-provider must be "own" or "devcert", not "mkcert"/],
    ['--tls-cert', 'cert.pem', /--tls-cert needs --tls-key beside it, like --tls-key key\.pem/],
    ['--tls-key', 'key.pem', /--tls-key needs --tls-cert beside it/],
    ['--prot', '4000', /unknown option '--prot' \(Did you mean --port\?\)/],
    ['--no-htps', '', /unknown option '--no-htps' \(Did you mean --no-https\?\)/],
    ['--sdkUrl', 'x', /unknown option '--sdkUrl'/],
  ]
  test.for(values)('%s %j', async ([flag, value, message]) => {
    const { code, stderr, stdout } = await run([
      'local',
      APP,
      '--port',
      '0',
      ...(isAboutTls(flag) ? [] : ['--no-https']),
      flag,
      value,
    ])
    expect(stderr).toMatch(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  test.for([
    [['local'], /Where is your app\? Say it like: ory-proxy local http:\/\/localhost:3000/],
    [['local', '99999'], /"99999" is no address of an app\. Give it like http:\/\/localhost:3000/],
    [['local', 'ftp://x'], /"ftp:\/\/x" is no address/],
    [['local', 'http://me:secret@localhost:3000'], /^(?!.*secret).*is no address/],
    [['local', 'http://'], /is no address/],
    [
      ['local', APP, 'app.test'],
      /publish-url must be an address like "https:\/\/app\.example", not "app\.test"/,
    ],
    [['tunnel', APP, 'app.test'], /publish-url must be an address/],
    [['local', APP, '--port'], /--port needs a value: a number from 0 to 65535 like 4000\./],
    [['local', APP, '--sdk-url'], /--sdk-url needs a value: an address like "https:/],
    [['emulator', '--export'], /'--export <file>' argument missing/],
    [['local', APP, APP, 'more'], /too many arguments .*\(see: ory-proxy local --help\)$/m],
    [['check'], /missing required argument 'url' \(see: ory-proxy check --help\)$/m],
    [['cert', 'foo'], /unknown command 'foo' \(see: ory-proxy cert --help\)$/m],
    [['3000'], /unknown command '3000' \(Did you mean: ory-proxy local 3000\)$/m],
    [['locl', APP], /unknown command 'locl' \(Did you mean local\?\)/],
    [['emulator', '--port', 'x'], /--port must be a number from 0 to 65535 like 4000, not "x"/],
    [['tunnel', 'ftp://x'], /is no address of an app/],
  ] as [string[], RegExp][])('%j', async ([args, message]) => {
    const { code, stderr } = await run(args)
    expect(stderr).toMatch(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(code).toBe(2)
  })

  test('a file that holds no key is told before anything is served', async () => {
    const cwd = emptyFolder()
    writeFileSync(join(cwd, 'key.json'), '{"kty":"RSA"}', { mode: 0o600 })
    const { code, stderr } = await run(
      ['local', APP, '--port', '0', '--no-https', '--key-file', 'key.json'],
      { cwd },
    )
    expect(stderr).toMatch(
      /^ory-proxy ORY_PROXY_KEY_FILE: .*key\.json holds no private P-256 key .*--key-file.*\n$/,
    )
    expect(code).toBe(1)
  })

  test('a variable is named by its own name', async () => {
    const { code, stderr } = await run(['local', APP], { env: { PORT: 'http' } })
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('PORT must be a number from 0 to 65535 like 4000, not "http"'),
    ])
  })
})

describe('the settings file', () => {
  const inFolder = (name: string, text: string): string => {
    const cwd = emptyFolder()
    mkdirSync(cwd, { recursive: true })
    writeFileSync(join(cwd, name), text)
    return cwd
  }

  test.for([
    ['port: http', /"port" in ory-proxy\.yml must be a number from 0 to 65535 like 4000, not "http"/],
    ['sdkURL: https://x.example', /ory-proxy\.yml: There is no option "sdkURL"\. Did you mean "sdkUrl"\?/],
    [
      'sessionCache: soon',
      /"sessionCache" in ory-proxy\.yml must be a number of seconds like 10, not "soon"/,
    ],
    ['rubbish: 1', /There is no option "rubbish"\. All options/],
    ['- a', /ory-proxy\.yml holds no settings/],
    ['a: [', /ory-proxy\.yml cannot be read: .*[^:]\. All options/],
    ['emulator: { sed: x }', /no option "emulator\.sed"\. Did you mean "emulator\.seed"/],
  ] as [string, RegExp][])('%s', async ([text, message]) => {
    const { code, stderr } = await run(['local', APP, '--no-https'], { cwd: inFolder('ory-proxy.yml', text) })
    expect(stderr).toMatch(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(code).toBe(2)
  })
})

describe('--help', () => {
  const commands = ['local', 'proxy', 'tunnel', 'emulator', 'cert', 'cert install']
  test.for(commands)('of %s fits a screen of 24 lines and has an example', async command => {
    const { code, stdout } = await run([...command.split(' '), '--help'])
    const lines = stdout.split('\n').slice(0, -1)
    expect(lines.length).toBeLessThanOrEqual(24)
    expect(lines.filter(line => line.length > 80)).toEqual([])
    expect(lines.at(-1)).toBe(`Example: ory-proxy ${EXAMPLES[command]}`)
    expect(code).toBe(0)
  })

  const isForAnApp = /^(?:jwt|tokenizeAs|sessionCache|protect|passAuthorization|keyFile|rewriteHost|open)$/
  test.for([
    ['local', /^$/],
    ['tunnel', isForAnApp],
  ] as [string, RegExp][])('of %s names every setting, `help` explains it', async ([command, without]) => {
    const named = (await run([command, '--help'])).stdout
    const explained = (await run(['help', command])).stdout
    const flags = Object.entries(OPTIONS).filter(
      ([name, row]) => !row.noFlag && name !== 'publicUrl' && !without.test(name),
    )
    expect(flags.length).toBeGreaterThan(20)
    for (const [name, row] of flags) {
      const flag = row.on ? flagOf(name).replace('--', '--no-') : flagOf(name)
      expect(named).toMatch(new RegExp(`[ ,]${flag}[ \\n]`))
      expect(explained).toMatch(new RegExp(`[ ,]${flag}[ \\n]`))
      expect(explained).toContain(row.help)
    }
    expect(explained.split('\n').filter(line => line.length > 110)).toEqual([])
  })

  test('of what is no command names those there are', async () => {
    const { code, stderr } = await run(['help', 'locl'])
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(
        'init, local, proxy, tunnel, emulator, export, rehearse, check, cert, doctor, jsonnet',
      ),
    ])
  })

  test('may be read to its first line only, as by `head`', async () => {
    const child = spawn(process.execPath, [cli, 'help', 'local'], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.destroy()
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
    expect([code, said]).toEqual([0, ''])
  })

  test('without a command says what there is', async () => {
    const { code, stderr } = await run([])
    expect(stderr).toMatch(/local\|proxy.*\n.*tunnel.*\n.*emulator.*\n(?:.*\n)*?.*cert/)
    expect(code).toBe(2)
  })
})

test('a Node that is too old is told in one line, before anything is imported that it lacks', async () => {
  const older =
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.8' } })"
  const { code, stdout, stderr } = await run(['local', APP], {
    env: { NODE_OPTIONS: `--import="data:text/javascript,${encodeURIComponent(older)}"` },
  })
  expect([code, stdout, stderr]).toEqual([2, '', 'ory-proxy needs Node 20.19 or later; this is 18.20.8.\n'])
  expect(readFileSync(cli, 'utf8')).not.toMatch(/^import /m)
})
