// What a mapper makes of somebody, and what is said about one that fails; test/emulator/recorded holds Kratos' answers.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { atProvider, CONFIG, HTML, hint, lines, mappedBy, ory, start, through, visitor } from '../_social.js'

beforeEach(() => {
  lines.length = 0
})
afterEach(() => start())

interface Person {
  identity: { traits: object; metadata_public: object; verifiable_addresses: { verified: boolean }[] }
}
const me = async (): Promise<Person> => (await visitor.whoami()).body as unknown as Person

async function arrive(claims?: object): Promise<{ status: number; location: string }> {
  const flow = await visitor.open('registration')
  const choice = claims && { claims: JSON.stringify(claims) }
  return through(visitor, flow, { provider: 'mock', ...(!claims && hint('ada@example.com')) }, choice)
}

test('traits, metadata and verified addresses are what the mapper says, and nothing beside it', async () => {
  await start({
    config: mappedBy(`local claims = std.extVar('claims');
      { identity: {
        traits: { email: 'mapped.' + claims.email },
        metadata_public: { groups: claims.raw_claims.groups },
        metadata_admin: { from: claims.iss },
        verified_addresses: [{ via: 'email', value: 'mapped.' + claims.email }],
      } }`),
  })
  await arrive({ sub: '1', email: 'ada@example.com', given_name: 'Ada', groups: ['dev'] })
  const { identity } = await me()
  expect(identity).toMatchObject({
    traits: { email: 'mapped.ada@example.com' },
    metadata_public: { groups: ['dev'] },
    verifiable_addresses: [{ verified: true }],
  })
  expect(identity).not.toHaveProperty('metadata_admin')
})

test('a claim that is empty or false is not there, so that a mapper has to ask for it', async () => {
  await start({
    config: mappedBy(`local claims = { email_verified: 'absent' } + std.extVar('claims');
      { identity: { traits: { email: claims.email }, metadata_public: { v: claims.email_verified } } }`),
  })
  await arrive({ sub: '1', email: 'ada@example.com', email_verified: false })
  expect((await me()).identity.metadata_public).toEqual({ v: 'absent' })
})

test.for([
  [
    'that throws',
    "error 'no ' + std.extVar('claims').email",
    'the mapper failed: config.selfservice.methods.oidc.config.providers.0.mapper_url (decoded):1:1: no ada@example.com',
  ],
  ['that gives nothing', '{}', 'it did not return an object for key identity.traits.'],
] as const)('one %s is an error, with the reason in the log', async ([, program, reason]) => {
  await start({ config: mappedBy(program) })
  const { status, location } = await arrive()
  expect([status, location]).toEqual([303, expect.stringContaining('/ui/error?id=')])
  expect((await visitor.whoami()).status).toBe(401)
  expect(lines).toContainEqual(expect.stringContaining(`social sign-in with "mock": the mapper`))
  expect(lines).toContainEqual(expect.stringContaining(reason))
})

test('a mapper in a file counts as soon as it is saved', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ory-proxy-mapper-'))
  try {
    const mapper = join(folder, 'mapper.jsonnet')
    const program = (first: string): string =>
      `{ identity: { traits: { email: std.extVar('claims').email, name: { first: '${first}' } } } }`
    await writeFile(mapper, program('Old'))
    const config = structuredClone(CONFIG)
    config.selfservice.methods.oidc.config.providers[0]!.mapper_url = pathToFileURL(mapper).href
    await writeFile(join(folder, 'kratos.yml'), stringify(config))
    await start({ config: join(folder, 'kratos.yml') })
    await writeFile(mapper, program('New'))
    await expect.poll(() => lines.some(line => line.includes('taken over')), { timeout: 10_000 }).toBe(true)
    await arrive()
    expect((await me()).identity.traits).toMatchObject({ name: { first: 'New' } })
  } finally {
    await start()
    await rm(folder, { recursive: true, maxRetries: 5 })
  }
})

test('Apple names people beside the token, where the browser carries it', async () => {
  const config = structuredClone(CONFIG)
  Object.assign(config.selfservice.methods.oidc.config.providers[0]!, { provider: 'apple' })
  await start({ config })
  const flow = await visitor.open('registration')
  const sent = await visitor.submit(flow, { method: 'oidc', provider: 'mock', ...hint('ada@example.com') })
  const back = await atProvider(sent.body.redirect_browser_to)
  expect(new URL(back).searchParams.get('user')).toContain('"firstName":"Ada"')
  await visitor.go(back, HTML)
  expect((await me()).identity.traits).toEqual({ email: 'ada@example.com', name: { first: 'Ada' } })
  expect(ory.url).toBeTruthy()
})
