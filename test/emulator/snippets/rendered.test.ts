// A configuration that is a Jsonnet program.
import { expect, test } from 'vitest'
import { file, load, SCHEMA, titleOf } from '../config/_found.js'

const program = (traits: string): string => `
local own = 'https://app.example';
local flow(name) = { ui_url: own + '/' + name };
{
  selfservice: { default_browser_return_url: own + '/home', flows: { login: flow('login'), registration: flow('sign-up') } },
  identity: { schemas: [{ id: 'default', url: ${traits} }] },
}`

test('what it comes to counts, files beside it too, and one line says that Kratos does not read it', async () => {
  await file('rendered/person.schema.json', SCHEMA)
  const path = await file('rendered/kratos.jsonnet', program("'file://person.schema.json'"))
  const { config, said } = await load(path)
  expect(config.selfservice.flows.registration.ui_url).toBe('https://app.example/sign-up')
  expect(titleOf(config)).toBe('Ours')
  expect(said.filter(line => line.includes('render it there'))).toHaveLength(1)
})

test.for([
  ['does not parse', '{ selfservice: }', /kratos\.jsonnet:1:16: /],
  ['fails', "{\n  dsn: std.extVar('DSN') }", /kratos\.jsonnet:2:8: .*DSN/],
  ['is no configuration', '5', /kratos\.jsonnet: this is not a configuration of Kratos/],
  ['has a value of the wrong kind', '{ session: { lifespan: 5 } }', /kratos\.jsonnet: session\.lifespan: /],
] as const)('one that %s ends the start with its place', async ([, text, message]) => {
  const start = load(await file('broken/kratos.jsonnet', text))
  await expect(start).rejects.toMatchObject({
    code: 'ORY_PROXY_EMULATOR_CONFIG',
    message: expect.stringMatching(message),
  })
})

test('it may be laid over another file', async () => {
  const base = await file(
    'laid/kratos.yml',
    'session: {lifespan: 1h}\nselfservice: {default_browser_return_url: /a}',
  )
  const over = await file('laid/over.jsonnet', '{ session: { lifespan: "%dm" % (5 * 6) } }')
  const { config } = await load([base, over])
  expect([config.session.lifespan, config.selfservice.default_browser_return_url]).toEqual([
    1_800_000,
    'http://127.0.0.1:5000/a',
  ])
})
