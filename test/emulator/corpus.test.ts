// Configurations in the shapes that people have: each starts as it is, and somebody signs up, in, changes a setting
// and signs out, without one address that is not our own.
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
import '../_undo.js'
import { serveApp } from './_app.js'
import { type Person, Walker } from './_walk.js'

const corpus = (name: string): string => fileURLToPath(new URL(`./corpus/${name}`, import.meta.url))
afterEach(() => vi.unstubAllEnvs())

const ada: Person = {
  identifier: 'ada@app.example',
  answers: { 'traits.email': 'ada@app.example', 'traits.name.first': 'Ada' },
  press: ['password', 'profile'],
}

interface Found {
  readonly folder: string
  readonly files?: readonly string[]
  readonly seed?: string
  readonly env?: Readonly<Record<string, string>>
  readonly person?: Partial<Person>
  /** Parts of lines that say what was understood in another way than it is written. */
  readonly says: readonly string[]
}
const sibling = 'identity.schema.json is read instead'
const noBase = 'does not count in here: Ory is below /.ory of your own address'
const noUi = 'does not answer: the built-in pages take its place'
const elsewhere = 'is another machine, which is not asked: the built-in pages take its place'

const FOUND: readonly Found[] = [
  { folder: '01-container', says: [sibling, noBase, noUi] },
  { folder: '02-container-folders', says: ['customer.json is read instead', noUi] },
  { folder: '03-working-directory', says: [sibling, noUi] },
  { folder: '04-inline', says: [noUi] },
  { folder: '05-another-host', says: [sibling, `https://auth.app.example/, ${noBase}`, elsewhere] },
  {
    folder: '06-container-names',
    says: [
      `http://kratos:4433/, ${noBase}`,
      `http://kratos-ui:4455 (selfservice.default_browser_return_url) ${elsewhere}`,
    ],
  },
  { folder: '07-another-port', says: [sibling, noBase] },
  { folder: '08-base-with-path', says: [`http://localhost:4433/.ory/kratos/public/, ${noBase}`, noUi] },
  { folder: '09-base-without-port', says: [`http://localhost/api/v1/kratos, ${noBase}`, noUi] },
  { folder: '10-empty-sections', says: [sibling, noUi] },
  {
    folder: '11-v0.5',
    says: [
      '"identity.default_schema_url" is of Kratos v0.8 or older',
      '"selfservice.whitelisted_return_urls"',
    ],
  },
  {
    folder: '12-v0.4',
    says: [
      ...[
        '"selfservice.strategies.password" is',
        '"selfservice.strategies.recovery_token" is',
        'instead of the hook "redirect"',
      ],
      ...['"session.cookie_same_site" is', 'leave "verify" out', 'write selfservice.flows.login.lifespan'],
      'identity.traits.schema.json is read instead',
    ],
  },
  {
    folder: '13-overlays',
    files: ['kratos.yml', 'dev/kratos.dev.yaml'],
    env: {
      SELFSERVICE_METHODS_PASSWORD_CONFIG_MIN_PASSWORD_LENGTH: '16',
      SERVE_PUBLIC_BASE_URL: 'https://env.example/',
    },
    says: ['SELFSERVICE_METHODS_PASSWORD_CONFIG_MIN_PASSWORD_LENGTH', `https://env.example/, ${noBase}`],
  },
  {
    folder: '14-user-name',
    person: { identifier: 'ÄdaLovelace', answers: { 'traits.username': 'ÄdaLovelace' } },
    says: [sibling],
  },
  {
    folder: '15-phone',
    person: { identifier: '+4915112345678', answers: { 'traits.phone': '+4915112345678' } },
    says: [sibling],
  },
  { folder: '16-code-alone', person: { press: ['code', 'profile'] }, says: [sibling] },
  { folder: '17-links', says: [sibling] },
  {
    folder: '18-providers-alone',
    person: { press: ['google'] },
    says: [
      sibling,
      `https://auth.app.example (selfservice.methods.oidc.config.base_redirect_uri) ${elsewhere}`,
    ],
  },
  { folder: '19-second-factors', says: [sibling] },
  { folder: '20-security-keys', says: [sibling] },
  { folder: '21-cookies', says: [sibling, noBase] },
  { folder: '22-hooks', says: [sibling] },
  {
    folder: '23-rich-schemas',
    person: {
      answers: {
        ...ada.answers,
        'traits.site': 'https://ada.example',
        'traits.born': '1815-12-10',
        'traits.code': '1234',
        'traits.plan': 'team',
      },
    },
    says: ['customer.schema.json is read instead', 'employee.schema.json is read instead'],
  },
  {
    folder: '24-identifier-first',
    person: { press: ['password', 'identifier_first', 'profile'] },
    says: [sibling],
  },
  { folder: '25-json', files: ['kratos.json'], seed: 'seed.json', says: [] },
]

test.for(FOUND)('$folder', async ({ folder, files = ['kratos.yml'], seed, env = {}, person, says }) => {
  for (const [name, value] of Object.entries({ ORY_SDK_URL: '', ...env })) vi.stubEnv(name, value)
  const paths = files.map(file => corpus(`${folder}/${file}`))
  const config = paths.length === 1 ? paths[0]! : paths
  const { origin, said } = await serveApp({
    emulator: { config, ...(seed && { seed: corpus(`${folder}/${seed}`) }) },
  })
  const walker = new Walker(origin, { ...ada, ...person })

  await walker.signUp()
  const isIn = await walker.whoami()
  expect(isIn, 'after the sign-up').toBeDefined()
  await walker.signOut()
  expect(await walker.whoami(), 'after the sign-out').toBeUndefined()
  await walker.signIn()
  expect((await walker.whoami())?.id, 'after the sign-in').toBe(isIn?.id)
  expect((await walker.settings()).state).toBe('success')
  await walker.signOut()
  expect(await walker.whoami(), 'at the end').toBeUndefined()

  expect(walker.foreign).toEqual([])
  for (const line of says) expect(said.join('\n')).toContain(line)
})
