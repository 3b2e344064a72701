import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { certInstall, certUninstall } from '../../src/tls/commands.js'
import { dataDirectory } from '../../src/tls/files.js'
import { readAnchor } from '../../src/tls/stores/find.js'
import { installInSystem, systemStatus, uninstallFromSystem } from '../../src/tls/stores/system-wide.js'
import { currentSystem, type RunResult, type System } from '../../src/tls/system.js'
import { test } from './_fixtures.js'

/** Notes what would be run; `answer` says how it ends. */
function recording(answer: (line: string, earlier: readonly string[]) => number) {
  const calls: string[] = []
  const run = async (command: string, args: readonly string[]): Promise<RunResult> => {
    const line = [command, ...args].join(' ')
    const code = answer(line, calls)
    calls.push(line)
    return { code, output: '' }
  }
  return { calls, run }
}

/** A keychain or Windows store that has what was added to it. */
const remembering = (check: string, add: string) =>
  recording((line, earlier) => (!line.includes(check) || earlier.some(call => call.includes(add)) ? 0 : 1))

interface Platform {
  readonly name: string
  readonly system: Partial<System>
  readonly check: string
  readonly add: string
  readonly remove: string
  /** What would be run, with FILE and SHA1 for what differs. */
  readonly expected: { readonly trust: readonly string[]; readonly untrust: readonly string[] }
}

const KEYCHAIN = join('HOME', 'Library', 'Keychains', 'login.keychain-db')
const CERTUTIL = 'C:\\Windows\\System32\\certutil.exe'
const PLATFORMS: Platform[] = [
  {
    name: 'macOS',
    system: { platform: 'darwin' },
    check: 'verify-cert',
    add: 'add-trusted-cert',
    remove: 'delete-certificate',
    expected: {
      trust: [
        'security verify-cert -c FILE -p ssl -l -L -q',
        `security add-trusted-cert -r trustRoot -p ssl -k ${KEYCHAIN} FILE`,
      ],
      untrust: [`security delete-certificate -Z SHA1 -t ${KEYCHAIN}`],
    },
  },
  {
    name: 'Windows',
    system: { platform: 'win32' },
    check: '-store',
    add: '-addstore',
    remove: '-delstore',
    expected: {
      trust: [`${CERTUTIL} -user -store Root SHA1`, `${CERTUTIL} -user -addstore Root FILE`],
      untrust: [`${CERTUTIL} -user -delstore Root SHA1`],
    },
  },
]

describe.each(PLATFORMS)('$name', ({ system, check, add, remove, expected }) => {
  const named = (line: string, home: string, file: string, sha1: string): string =>
    line.replaceAll(file, 'FILE').replaceAll(sha1, 'SHA1').replaceAll(home, 'HOME')

  test('asks for trust when somebody is there, once', async ({ user }) => {
    const { calls, run } = remembering(check, add)
    const { files } = await user.ensure({ system: { ...system, run, isInteractive: true } })
    const { sha1 } = (await readAnchor(files?.anchor ?? '')) ?? { sha1: '' }
    expect(calls.map(line => named(line, user.home, files?.anchor ?? '', sha1))).toEqual(expected.trust)
    expect(user.lines).toEqual([expect.stringContaining('and trusted it in: ')])
    await user.ensure({ system: { ...system, run, isInteractive: true } })
    expect(calls).toHaveLength(3)
  })

  test('asks nothing without a terminal, and says so', async ({ user }) => {
    const { calls, run } = remembering(check, add)
    await user.ensure({ system: { ...system, run, isInteractive: false } })
    expect(calls.filter(line => line.includes(add))).toEqual([])
    expect(user.lines).toEqual([
      'Created a certificate for localhost, 127.0.0.1, ::1.',
      'Skipped the certificate store: no terminal to confirm in. Run "npx ory-proxy cert install" once.',
    ])
  })

  test('does not ask again who declined, until they ask for it', async ({ user }) => {
    const { calls, run } = recording(() => 1)
    const declining = { ...system, run, isInteractive: true }
    const asked = (): number => calls.filter(line => line.includes(add)).length
    await user.ensure({ system: declining })
    await user.ensure({ system: declining })
    expect(asked()).toBe(1)
    expect(user.lines.at(-1)).toContain('Run "npx ory-proxy cert install" to be asked again.')
    const { exitCode } = await certInstall({ system: false, on: { ...user, system: declining } })
    expect({ exitCode, asked: asked() }).toEqual({ exitCode: 1, asked: 2 })
  })

  test('is rid of it after an uninstall', async ({ user }) => {
    const { calls, run } = recording((line, earlier) => {
      if (!line.includes(check)) return 0
      return earlier.findLast(call => call.includes(add) || call.includes(remove))?.includes(add) ? 0 : 1
    })
    const on = { ...user, system: { ...system, run, isInteractive: true } }
    const { files } = await user.ensure(on)
    const anchor = await readAnchor(files?.anchor ?? '')
    calls.length = 0
    expect(await certUninstall({ on })).toEqual({
      text: 'Removed the certificate and its trust. Restart open browsers.',
      exitCode: 0,
    })
    const untrust = calls.map(line => named(line, user.home, anchor?.file ?? '', anchor?.sha1 ?? ''))
    expect(untrust.slice(0, 1)).toEqual(expected.untrust)
    expect(await readdir(user.home, { recursive: true })).not.toContain('ory-proxy')
  })
})

test.for<[string, Partial<System>, string]>([
  ['Linux', { platform: 'linux', env: {} }, '/home/ada/.local/share/ory-proxy'],
  ['Linux with XDG_DATA_HOME', { platform: 'linux', env: { XDG_DATA_HOME: '/data' } }, '/data/ory-proxy'],
  [
    'Linux with a relative one',
    { platform: 'linux', env: { XDG_DATA_HOME: 'data' } },
    '/home/ada/.local/share/ory-proxy',
  ],
  ['macOS', { platform: 'darwin', env: {} }, '/home/ada/Library/Application Support/ory-proxy'],
  ['Windows', { platform: 'win32', env: { LOCALAPPDATA: '/local' } }, '/local/ory-proxy'],
  ['Windows without LOCALAPPDATA', { platform: 'win32', env: {} }, '/home/ada/AppData/Local/ory-proxy'],
])('%s keeps certificates where its users expect them', ([, system, directory]) => {
  const place = dataDirectory(currentSystem({ home: '/home/ada', ...system }))
  expect(place.replaceAll('\\', '/')).toBe(directory)
})

describe('the system-wide store', () => {
  const linux = { platform: 'linux' as const }

  test('is written by root and by nobody else', async ({ user }) => {
    const directory = await mkdtemp(join(tmpdir(), 'ory-proxy-system-'))
    const stores = [{ directory, add: ['update-it'], remove: ['update-it', '--fresh'] }]
    const { files } = await user.ensure()
    const anchor = (await readAnchor(files?.anchor ?? '')) ?? { file: '', name: '', sha1: '' }
    const target = join(directory, 'ory-proxy-ca.crt')

    const { calls, run } = recording(() => 0)
    const plain = currentSystem({ ...linux, run, isRoot: false })
    expect(await installInSystem(plain, anchor, stores)).toEqual({
      done: false,
      text: `The system-wide store takes root. Run: sudo install -m 644 '${anchor.file}' ${target} && sudo update-it`,
    })
    expect({ calls, files: await readdir(directory) }).toEqual({ calls: [], files: [] })

    const root = currentSystem({ ...linux, run, isRoot: true })
    expect(await systemStatus(plain, anchor, stores)).toMatch(
      /^Not trusted in the whole system .*cert install --system$/,
    )
    expect((await installInSystem(root, anchor, stores)).done).toBe(true)
    expect(await systemStatus(plain, anchor, stores)).toMatch(
      /^Trusted in {4}the whole system .*ory-proxy-ca\.crt$/,
    )
    expect(await readFile(target, 'utf8')).toBe(await readFile(anchor.file, 'utf8'))
    expect(await uninstallFromSystem(plain, stores)).toBe(
      `Left system-wide. Run: sudo rm ${target} && sudo update-it --fresh`,
    )
    expect(await uninstallFromSystem(root, stores)).toBe('Removed system-wide.')
    expect({ calls, files: await readdir(directory) }).toEqual({
      calls: ['update-it', 'update-it --fresh'],
      files: [],
    })
    expect(await uninstallFromSystem(root, stores)).toBeUndefined()
    await rm(directory, { recursive: true, maxRetries: 5 })
  })

  test('is not there: said, not guessed', async ({ user }) => {
    const { files } = await user.ensure()
    const anchor = (await readAnchor(files?.anchor ?? '')) ?? { file: '', name: '', sha1: '' }
    const none = [{ directory: join(user.home, 'none'), add: ['x'], remove: ['x'] }]
    const expected = { done: false, text: 'There is no system-wide store here that we know.' }
    expect(await installInSystem(currentSystem(linux), anchor, none)).toEqual(expected)
    await mkdir(join(user.home, 'none'))
    expect(await installInSystem(currentSystem({ platform: 'win32' }), anchor, none)).toEqual(expected)
  })
})
