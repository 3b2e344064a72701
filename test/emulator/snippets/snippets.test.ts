// Jsonnet that a configuration names: where it is found, and what is said about one that is broken.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { type Snippet, SnippetFailed } from '../../../src/emulator/snippets/index.js'
import { directory, file, load } from '../config/_found.js'

const encoded = (text: string): string => `base64://${Buffer.from(text).toString('base64')}`

/** A configuration with one mapper and one body. */
const configOf = (mapper: string, body = encoded('function(ctx) ctx')): string =>
  JSON.stringify({
    selfservice: {
      methods: {
        oidc: {
          enabled: true,
          config: { providers: [{ id: 'one', provider: 'generic', mapper_url: mapper }] },
        },
      },
      flows: {
        login: {
          after: {
            password: {
              hooks: [{ hook: 'web_hook', config: { url: 'http://127.0.0.1:1/', method: 'POST', body } }],
            },
          },
        },
      },
    },
  })

async function mapperAt(address: string, folder = 'app'): Promise<{ snippet: Snippet; said: string[] }> {
  const { config, said } = await load(await file(`${folder}/kratos.json`, configOf(address)))
  const snippet = config.snippets.get(address)
  if (!snippet) throw new Error('the mapper was not read')
  return { snippet, said: said.filter(line => !line.includes('identity.schemas')) }
}

const failure = async (snippet: Snippet): Promise<SnippetFailed> => {
  const error: unknown = await snippet.run({ extVars: { claims: {} } }).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(SnippetFailed)
  return error as SnippetFailed
}

test('a mapper beside the configuration runs with the claims, however its path is written', async () => {
  await file('app/oidc/google.jsonnet', "{ email: std.extVar('claims').email }")
  for (const address of [
    'file://./oidc/google.jsonnet',
    'file://oidc/google.jsonnet',
    'oidc/google.jsonnet',
  ]) {
    const { snippet, said } = await mapperAt(address)
    expect(said).toEqual([])
    expect(JSON.parse(await snippet.run({ extVars: { claims: { email: 'ada@example.com' } } }))).toEqual({
      email: 'ada@example.com',
    })
  }
})

test('the path of a container is looked for here, with a line that says so', async () => {
  await file('app/oidc/github.jsonnet', '{}')
  const { snippet, said } = await mapperAt('file:///etc/config/kratos/oidc/github.jsonnet')
  expect(await snippet.run({})).toBe('{ }\n')
  expect(said).toEqual([
    expect.stringMatching(
      /^.*kratos\.json:1:\d+: \/etc\/config\/kratos\/oidc\/github\.jsonnet is not here: .* is read instead$/,
    ),
  ])
})

test('a body is a function of ctx, and may be written into the configuration', async () => {
  const body = encoded('function(ctx) { id: ctx.identity.id }')
  const { config } = await load(await file('app/kratos.json', configOf(encoded('{}'), body)))
  expect(
    JSON.parse((await config.snippets.get(body)?.run({ args: { ctx: { identity: { id: 'a' } } } })) ?? ''),
  ).toEqual({ id: 'a' })
})

test.for([
  [
    'one that does not parse',
    '{\n  identity: { traits: { email: } },\n}',
    /kratos\.json:1:\d+: .*broken\.jsonnet:2:32: /,
  ],
  [
    'one with a name that nothing has',
    'local claims = {};\nclaim.email',
    /kratos\.json:1:\d+: .*broken\.jsonnet:2:1: /,
  ],
] as const)('%s ends the start with file, line and column', async ([, text, message]) => {
  const path = await file('app/broken.jsonnet', text)
  const start = load(await file('app/kratos.json', configOf(`file://${path}`)))
  await expect(start).rejects.toMatchObject({
    code: 'ORY_PROXY_EMULATOR_CONFIG',
    message: expect.stringMatching(message),
  })
})

test('what is broken inside base64 is named by the place in the configuration', async () => {
  const start = load(await file('app/kratos.json', configOf(encoded('{'))))
  await expect(start).rejects.toThrow(/kratos\.json:1:\d+ \(decoded\):1:2: /)
  await expect(load(await file('app/kratos.json', configOf('base64://e30')))).rejects.toThrow('is not base64')
})

test('a file that is nowhere is said at the start, and fails where it is needed', async () => {
  const { snippet, said } = await mapperAt('file:///etc/kratos/nowhere.jsonnet')
  expect(said).toEqual([expect.stringMatching(/nowhere\.jsonnet.*\(what needs it fails, as in Kratos\)$/)])
  expect(await failure(snippet)).toMatchObject({
    step: 'fetch',
    message: expect.stringContaining('nowhere.jsonnet'),
  })
})

test('one that fails while it runs says where', async () => {
  await file(
    'app/throws.jsonnet',
    "local claims = std.extVar('claims');\nif 'email' in claims then {} else error 'no address'",
  )
  const { snippet } = await mapperAt('file://throws.jsonnet')
  expect(await failure(snippet)).toMatchObject({
    step: 'run',
    message: expect.stringMatching(/throws\.jsonnet:2:\d+: .*no address/),
  })
})

test('one that never ends, or makes megabytes, is stopped', async () => {
  const endless = await mapperAt(encoded('local f(n) = f(n + 1) tailstrict; f(0)'))
  expect((await failure(endless.snippet)).message).toMatch(/steps|max stack frames/)
  const large = await mapperAt(encoded("std.repeat(std.repeat('x', 1000), 1000)"))
  expect((await failure(large.snippet)).message).toContain('more than 524288 characters')
})

test('a server of this machine is asked each time; another one never', async () => {
  let source = '{ first: true }'
  const server = createServer((request, response) => {
    if (request.url === '/away') response.writeHead(302, { location: 'http://192.0.2.1/' }).end()
    else response.end(source)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  try {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { snippet, said } = await mapperAt(`${origin}/mapper.jsonnet`)
    expect(said).toEqual([])
    expect(JSON.parse(await snippet.run({}))).toEqual({ first: true })
    const fromContainer = await mapperAt(`${origin.replace('127.0.0.1', 'host.docker.internal')}/m.jsonnet`)
    expect(fromContainer.said).toEqual([])
    expect(JSON.parse(await fromContainer.snippet.run({}))).toEqual({ first: true })
    source = '{ second: true, }}'
    expect((await failure(snippet)).message).toMatch(/mapper\.jsonnet:1:18: /)
    expect((await failure((await mapperAt(`${origin}/away`)).snippet)).message).toContain('status 302')
  } finally {
    server.close()
  }
  const elsewhere = await mapperAt('https://me:secret@example.com/mapper.jsonnet?token=secret')
  expect(elsewhere.said).toEqual([
    expect.stringContaining(
      'https://example.com/mapper.jsonnet is not asked: the emulator reads from this machine only',
    ),
  ])
  expect((await failure(elsewhere.snippet)).step).toBe('fetch')
})

test('a secret in an address reaches its server and no line', async () => {
  let heard: string | undefined
  const server = createServer((request, response) => {
    heard = request.headers.authorization
    response.writeHead(heard === undefined ? 401 : 500).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const { snippet } = await mapperAt(`http://me:s3cr%20et@127.0.0.1:${port}/m.jsonnet?token=s3cret`)
  const { message } = await failure(snippet)
  server.close()
  expect(heard).toBe(`Basic ${Buffer.from('me:s3cr et').toString('base64')}`)
  expect(message).toBe(`http://127.0.0.1:${port}/m.jsonnet cannot be read: it answers with status 500`)
})

test('the files of programs are among those that are read anew when they change', async () => {
  const { readConfig } = await import('../../../src/emulator/config/read.js')
  const { silentLogger } = await import('../../../src/log.js')
  const path = await file('app/seen.jsonnet', '{}')
  const config = await readConfig(await file('app/kratos.json', configOf(`file://${path}`)), silentLogger)
  expect(config.files).toContain(path)
  expect(path.startsWith(directory)).toBe(true)
})
