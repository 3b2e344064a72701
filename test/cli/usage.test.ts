import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { flagOf, OPTIONS, type OptionName } from '../../src/option-table.js'
import { emptyFolder, run } from './_command.js'

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
    ['--project', '', /--project must be "happy-ant-x1y2z3", not ""/],
    ['--host', '', /--host must be "127\.0\.0\.1", not ""/],
    ['--host', 'no.such.host.invalid', /--host no\.such\.host\.invalid is no address of this machine/],
    ['--key-file', '', /--key-file must be "jwt-key\.json", not ""/],
    ['--seed', 'missing.json', /missing\.json/],
    ['--config', 'missing.yml', /--config missing\.yml cannot be read \(ENOENT\)/],
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
    [['local', APP, 'not an address'], /"not an address" is no address/],
    [['local', APP, APP, 'more'], /too many arguments/],
    [['locl', APP], /unknown command 'locl' \(Did you mean local\?\)/],
    [['emulator', '--port', 'x'], /--port must be a number from 0 to 65535 like 4000, not "x"/],
    [['tunnel', 'ftp://x'], /is no address of an app/],
  ] as [string[], RegExp][])('%j', async ([args, message]) => {
    const { code, stderr } = await run(args)
    expect(stderr).toMatch(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(code).toBe(2)
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
    ['- a', /ory-proxy\.yml holds no settings/],
    ['a: [', /ory-proxy\.yml cannot be read/],
    ['emulator: { sed: x }', /no option "emulator\.sed"\. Did you mean "emulator\.seed"/],
  ] as [string, RegExp][])('%s', async ([text, message]) => {
    const { code, stderr } = await run(['local', APP, '--no-https'], { cwd: inFolder('ory-proxy.yml', text) })
    expect(stderr).toMatch(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(code).toBe(2)
  })
})

describe('--help', () => {
  const commands = ['local', 'tunnel', 'emulator', 'cert']
  test.for(commands)('of %s fits a screen and has an example', async command => {
    const { code, stdout } = await run([command, '--help'])
    const lines = stdout.split('\n')
    expect(lines.length).toBeLessThanOrEqual(60)
    expect(lines.filter(line => line.length > 110)).toEqual([])
    expect(stdout).toContain(`Example:\n  $ ory-proxy ${command}`)
    expect(code).toBe(0)
  })

  test('of local names every setting that can be a flag', async () => {
    const { stdout } = await run(['proxy', '--help'])
    const flags = Object.entries(OPTIONS).filter(([name, row]) => !row.noFlag && name !== 'publicUrl')
    expect(flags.length).toBeGreaterThan(25)
    for (const [name, row] of flags) {
      expect(stdout).toContain(row.on ? flagOf(name).replace('--', '--no-') : flagOf(name as OptionName))
    }
  })

  test('without a command says what there is', async () => {
    const { code, stderr } = await run([])
    expect(stderr).toMatch(/local\|proxy.*\n.*tunnel.*\n.*emulator.*\n.*cert/)
    expect(code).toBe(2)
  })
})
