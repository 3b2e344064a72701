import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type EmulatorOptions, startEmulator } from '../../../src/emulator/index.js'
import { silentLogger } from '../../../src/log.js'
import { type Client, signIn, startClient } from '../_emulator.js'

/** A busy machine tells about a changed file late. */
const WITHIN = 15_000

let directory: string
let clients: Client[]
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ory-proxy-state-'))
  clients = []
})
afterEach(async () => {
  vi.restoreAllMocks()
  await Promise.all(clients.map(client => client.emulator.close()))
  await rm(directory, { recursive: true, maxRetries: 5 })
})

async function start(options: EmulatorOptions = {}): Promise<Client> {
  const client = await startClient(options)
  clients.push(client)
  return client
}

const inDirectory = (name: string): string => join(directory, name)
const person = (email: string, more: object = {}): object => ({
  traits: { email },
  credentials: { password: { config: { password: `password of ${email}` } } },
  ...more,
})
const emails = async (client: Client): Promise<string[]> => {
  const { body } = await client.admin('GET', '/admin/identities')
  return body.map((identity: { traits: { email: string } }) => identity.traits.email).sort()
}

describe('people', () => {
  test('are alice and bob, with the same ids everywhere, when nothing is said', async () => {
    const [one, two] = [await start(), await start()]
    expect(await emails(one)).toEqual(['alice@example.com', 'bob@example.com'])
    const ids = async (client: Client) =>
      (await client.admin('GET', '/admin/identities')).body.map((i: { id: string }) => i.id)
    expect(await ids(one)).toEqual(await ids(two))
    expect(one.emulator.people[0]).toEqual({ email: 'alice@example.com', password: 'ory-dev-password' })
    expect((await signIn(one, 'bob@example.com', 'ory-dev-password')).status).toBe(200)
  })

  test('who do not fit the identity schema are left out, if nobody asked for them', async () => {
    const schema = {
      type: 'object',
      properties: {
        traits: { type: 'object', properties: { nick: { type: 'string' } }, required: ['nick'] },
      },
    }
    const url = `base64://${Buffer.from(JSON.stringify(schema)).toString('base64')}`
    const client = await start({ config: { identity: { schemas: [{ id: 'default', url }] } } })
    expect(await emails(client)).toEqual([])
    expect(client.emulator.people).toEqual([])
  })

  test('of a file are made anew when it is edited; broken edits change nothing', async () => {
    const file = inDirectory('people.json')
    const lines: string[] = []
    const log = (line: string): void => void lines.push(line)
    await writeFile(file, JSON.stringify([person('ada@example.com'), person('bob@example.com')]))
    const client = await start({ seed: file, logger: { ...silentLogger, info: log, error: log } })
    const { body } = await signIn(client, 'ada@example.com', 'password of ada@example.com')
    await client.admin('POST', '/admin/identities', {
      schema_id: 'default',
      traits: { email: 'by.hand@example.com' },
    })

    await writeFile(file, JSON.stringify([person('ada@example.com'), person('cleo@example.com')]))
    await vi.waitFor(
      async () =>
        expect(await emails(client)).toEqual(['ada@example.com', 'by.hand@example.com', 'cleo@example.com']),
      WITHIN,
    )
    const whoami = await client.call('GET', '/sessions/whoami', undefined, {
      'x-session-token': body.session_token,
    })
    expect(whoami.status).toBe(200)
    expect(client.emulator.people.map(one => one.email)).toEqual(['ada@example.com', 'cleo@example.com'])

    for (const [text, message] of [
      ['[{"traits": ', /people\.json:1:\d+: /],
      [
        JSON.stringify([person('not an address')]),
        /people\.json:1:2: number 1 \(not an address\): traits\.email: Enter a valid email address/,
      ],
      [
        JSON.stringify([person('by.hand@example.com')]),
        /people\.json:1:2: number 1 \(by\.hand@example\.com\): somebody else/,
      ],
    ] as const) {
      lines.length = 0
      await writeFile(file, text)
      await vi.waitFor(() => expect(lines).toEqual([expect.stringMatching(message)]), WITHIN)
      expect(await emails(client)).toEqual(['ada@example.com', 'by.hand@example.com', 'cleo@example.com'])
    }
  })

  test('are alice and bob again when the file that was found is gone', async () => {
    vi.spyOn(process, 'cwd').mockReturnValue(directory)
    const file = inDirectory('ory.seed.json')
    await writeFile(file, JSON.stringify([person('ada@example.com')]))
    const lines: string[] = []
    const client = await start({ logger: { ...silentLogger, info: line => void lines.push(line) } })
    expect(await emails(client)).toEqual(['ada@example.com'])
    await rm(file)
    await vi.waitFor(
      () => expect(lines).toEqual(['ory.seed.json is gone: alice@example.com and bob@example.com are back']),
      WITHIN,
    )
    expect(await emails(client)).toEqual(['alice@example.com', 'bob@example.com'])
  })

  test('swap their addresses in one edit', async () => {
    const file = inDirectory('people.json')
    const [a, b] = ['aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000002']
    await writeFile(
      file,
      JSON.stringify([person('ada@example.com', { id: a }), person('bob@example.com', { id: b })]),
    )
    const client = await start({ seed: file })
    await writeFile(
      file,
      JSON.stringify([person('bob@example.com', { id: a }), person('ada@example.com', { id: b })]),
    )
    const emailOf = async (id: string): Promise<string> =>
      (await client.admin('GET', `/admin/identities/${id}`)).body.traits.email
    await vi.waitFor(
      async () =>
        expect([await emailOf(a), await emailOf(b)]).toEqual(['bob@example.com', 'ada@example.com']),
      WITHIN,
    )
  })

  test('of a seed that breaks the schema stop the start, with the place', async () => {
    const file = inDirectory('people.json')
    await writeFile(file, `[\n  ${JSON.stringify(person('ada@example.com'))},\n  {"traits": {}}\n]`)
    await expect(start({ seed: file })).rejects.toThrow(
      /people\.json:3:3: number 2: traits\.email: Property email is missing\./,
    )
    await expect(start({ seed: inDirectory('nowhere.json') })).rejects.toThrow(
      /nowhere\.json: there is no such file/,
    )
  })
})

describe('the state', () => {
  async function busy(options: EmulatorOptions = {}): Promise<Client> {
    const client = await start(options)
    await signIn(client, 'alice@example.com', 'ory-dev-password')
    await client.call('GET', '/self-service/login/browser')
    const flow = await client.call('GET', '/self-service/recovery/api')
    await client.call('POST', `/self-service/recovery?flow=${flow.body.id}`, {
      method: 'code',
      email: 'bob@example.com',
    })
    return client
  }

  test('comes back byte for byte, and works', async () => {
    const one = await busy()
    const token = (await signIn(one, 'alice@example.com', 'ory-dev-password')).body.session_token
    const text = one.emulator.exportState()
    const two = await start({ seed: [] })
    await two.emulator.importState(text)
    expect(two.emulator.exportState()).toBe(text)
    expect((await two.call('GET', '/sessions/whoami', undefined, { 'x-session-token': token })).status).toBe(
      200,
    )
    expect((await two.call('POST', '/dev/import', text)).status).toBe(200)
    expect(await (await fetch(`${two.emulator.url}/dev/export`)).text()).toBe(text)
  })

  test('is written at the end and read at the start', async () => {
    const file = inDirectory('state.json')
    const one = await busy({ import: file, export: file })
    const text = one.emulator.exportState()
    await one.emulator.close()
    expect(await readFile(file, 'utf8')).toBe(text)
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readdir(directory)).toEqual(['state.json'])
    const two = await start({ import: file })
    expect(two.emulator.exportState()).toBe(text)
  })

  const damage: [string, (text: string) => string, RegExp][] = [
    ['cut off', text => text.slice(0, 500), /:\d+:\d+: unexpected EOF/],
    ['another file', () => '{"hello": 1}', /:1:1: this is not an exported state/],
    [
      'a newer version',
      text => text.replace('"version": 1', '"version": 2'),
      /:3:2: this state has version 2/,
    ],
    ['something behind it', text => `${text}x`, /: something follows the state/],
    [
      'a number for a text',
      text => text.replace(/"schema_id": "default"/, '"schema_id": 7'),
      /"schema_id" of number 1 of "identities" must be a text/,
    ],
    [
      'an unknown schema',
      text => text.replace('"schema_id": "default"', '"schema_id": "gone"'),
      /no identity schema "gone"/,
    ],
    [
      'a session of nobody',
      text => text.replace(/"identity_id": "[^"]+"/, '"identity_id": "gone"'),
      /there is nobody with the id "gone"/,
    ],
    [
      'one address for two',
      text => text.replaceAll('bob@example.com', 'alice@example.com'),
      /"alice@example.com" belongs to two people/,
    ],
  ]
  test.for(damage)('that is damaged, %s, is refused whole', async ([, harm, message]) => {
    const client = await busy()
    const text = client.emulator.exportState()
    const harmed = harm(text)
    expect(harmed).not.toBe(text)
    await expect(client.emulator.importState(harmed)).rejects.toThrow(message)
    await expect(client.emulator.importState(harmed)).rejects.toMatchObject({
      code: 'ORY_PROXY_EMULATOR_STATE',
    })
    expect((await client.call('POST', '/dev/import', harmed)).status).toBe(400)
    expect(client.emulator.exportState()).toBe(text)
  })

  test('that could not be written at the end stops the start', async () => {
    for (const file of [inDirectory('nowhere/state.json'), directory])
      await expect(startEmulator({ export: file })).rejects.toMatchObject({
        code: 'ORY_PROXY_EMULATOR_STATE',
        message: expect.stringContaining(file),
      })
  })

  test('that is missing or damaged stops the start', async () => {
    await expect(startEmulator({ import: inDirectory('nowhere.json') })).rejects.toThrow(
      /nowhere\.json: there is no such file/,
    )
    const file = inDirectory('state.json')
    await writeFile(file, '{"format": ')
    await expect(startEmulator({ import: file, export: file })).rejects.toThrow(
      /state\.json:1:12: unexpected EOF/,
    )
    expect(await readFile(file, 'utf8')).toBe('{"format": ')
  })
})

test.for([
  [{ prt: 4433 }, 'There is no option "prt". Did you mean "port"?'],
  [{ seeds: [] }, 'There is no option "seeds". Did you mean "seed"?'],
  ['kratos.yml', 'The options must be an object, not string.'],
] as const)('%j is no start with something left out', async ([given, message]) => {
  await expect(startEmulator(given as EmulatorOptions)).rejects.toMatchObject({
    code: 'ORY_PROXY_BAD_OPTION',
    message,
  })
})
