import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { OPERATIONS, type Operation } from '../../../scripts/kratos-api.mjs'
import { startEmulator } from '../../../src/emulator/index.js'
import { answersTo, type Step, stepsIn } from '../../conformance-profile.mjs'
import { type Client, startClient } from '../_emulator.js'
import { configFor } from '../recorded/_configuration.js'
import { Specification } from './_specification.js'

const inTests = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** Scenarios, what a real Kratos answered to them, and the configuration. */
const JOURNEYS: readonly (readonly [string, string, string])[] = [
  ['conformance/scenarios.mjs#scenarios', 'conformance/golden/default', 'default'],
  ['emulator/recorded/journeys.mjs#scenarios', 'emulator/recorded/golden/journeys', 'default'],
  ['emulator/recorded/admin.mjs#scenarios', 'emulator/recorded/golden/admin', 'default'],
  ['emulator/recorded/social.mjs#scenarios', 'emulator/recorded/golden/social', 'social'],
  ['emulator/recorded/links.mjs#scenarios', 'emulator/recorded/golden/links', 'link'],
  ['conformance/passwordless.mjs#scenarios', 'conformance/golden/passwordless', 'passwordless'],
]

/** No recording has a success of these: a script, the version, a token after social sign-in, and what is in no open source. */
const UNASKED = [
  'createFedcmFlow',
  'exchangeSessionToken',
  'getWebAuthnJavaScript',
  'updateFedcmFlow',
  'getVersion',
]

const patternOf = ({ path }: Operation): RegExp => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`)

function operationOf({ request }: Step): Operation | undefined {
  const path = request.path.replace('ADMIN ', '').replace(/\?.*/, '')
  return OPERATIONS.find(one => one.method === request.method && patternOf(one).test(path))
}

const isRedirect = ({ response }: Step): boolean => response.status >= 300 && response.status < 400

/** Operations that succeeded, and what answers say that the description does not. */
function look(specification: Specification, steps: readonly Step[]) {
  const succeeded = new Set<string>()
  const mistakes = new Map<string, string>()
  let answers = 0
  for (const step of steps) {
    const operation = operationOf(step)
    if (!operation) continue
    const { status, body, text } = step.response
    if (status < 400) succeeded.add(operation.id)
    if (isRedirect(step)) continue
    answers++
    for (const mistake of specification.mistakes(operation, status, body ?? text))
      mistakes.set(`${operation.id}${status < 300 ? '' : ', refused'}: ${mistake}`, step.step)
  }
  return { succeeded, mistakes, answers }
}

describe('Kratos’ own description of its API', { timeout: 180_000 }, () => {
  const ours: Step[] = []
  const theirs: Step[] = []
  let specification: Specification
  beforeAll(async () => {
    specification = new Specification()
    for (const [set, golden, profile] of JOURNEYS) {
      const emulator = await startEmulator({ config: configFor(profile) })
      const answers = answersTo(inTests(set), emulator.url, emulator.adminUrl ?? '')
      ours.push(...(await answers.finally(emulator.close)))
      theirs.push(...stepsIn(inTests(golden)))
    }
  }, 180_000)

  test('says all that the emulator answers on a long journey, but for what a real Kratos answers against it', () => {
    const [own, real] = [look(specification, ours), look(specification, theirs)]
    expect(own.answers).toBeGreaterThan(700)
    expect(OPERATIONS.map(({ id }) => id).filter(id => !own.succeeded.has(id))).toEqual(UNASKED)
    expect([...own.mistakes].filter(([mistake]) => !real.mistakes.has(mistake))).toEqual([])
  })

  test('finds what is missing, of another type or more than there should be', () => {
    const whoami = OPERATIONS.find(({ id }) => id === 'toSession')!
    const of = (body: unknown): string[] => specification.mistakes(whoami, 200, body)
    expect(of({ id: 'x', active: true })).toEqual([])
    expect(of({ active: 'yes' })).toEqual([" must have required property 'id'", '/active must be boolean'])
    expect(of({ id: 'x', actif: true })).toEqual([' must NOT have additional properties (actif)'])
    expect(specification.mistakes(whoami, 401, { message: 'no' })).not.toEqual([])
  })
})

const NO_SUCH_PATH = '404 page not found\n'

describe('every operation of Kratos’ API', () => {
  let client: Client
  beforeAll(async () => {
    client = await startClient({ seed: [] })
    return () => client.emulator.close()
  })

  test('is told from a path that Kratos has not', async () => {
    expect(await client.call('GET', '/self-service/nothing')).toMatchObject({
      status: 404,
      body: NO_SUCH_PATH,
    })
  })

  test.for(OPERATIONS.map(one => [one.id, one] as const))(
    '%s is there, or a 501 that names it',
    async ([, one]) => {
      const path = one.path.replace(/\{\w+\}/g, '3e9b2a6c-3c0f-4a39-9d8e-0c4d9a3f0c11')
      const onAdminPort = path.startsWith('/admin/') || path === '/version'
      const ask = onAdminPort ? client.admin : client.call
      const { status, body } = await ask(one.method, path)
      if (status === 501) expect(body.error.id).toBe('emulator_not_implemented')
      else expect(body).not.toEqual(NO_SUCH_PATH)
      expect(status).not.toBe(405)
    },
  )
})
