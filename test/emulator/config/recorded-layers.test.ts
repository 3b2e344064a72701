// Several configurations and the environment over them come to what they come to in a real Kratos.
import { readFileSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import { startEmulator } from '../../../src/emulator/index.js'
import { cases, effects, ground } from '../recorded/layers.mjs'
import { file } from './_found.js'

const golden = new URL('../recorded/golden/layers/answers.json', import.meta.url)
const recorded: Record<string, object | string> = JSON.parse(readFileSync(golden, 'utf8'))

/** Kratos refuses these sections with nothing below; here they are empty ones, as `feature_flags:` is to both. */
const EMPTY_HERE = [
  'a method with nothing below',
  'one, then a method with nothing below',
  'one, then a flow with nothing below',
]

afterEach(() => vi.unstubAllEnvs())

/** Where somebody is sent: to pages of our own, as long as nobody answers at those of the configuration. */
const withoutPages = (seen: unknown): unknown =>
  JSON.parse(JSON.stringify(seen, (key, value) => (key === 'page' ? undefined : value)))

test.for(Object.entries(cases))('%s', { timeout: 60_000 }, async ([name, [files, env = {}]]) => {
  for (const [variable, value] of Object.entries(env)) vi.stubEnv(variable, value)
  const port = { serve: { public: { port: 0 }, admin: { port: 0 } } }
  const contents = [{ ...ground, ...port }, ...files]
  const config = await Promise.all(
    contents.map((content, i) => file(`layers/${name}/${i}.json`, JSON.stringify(content))),
  )
  const started = startEmulator({ config, port: 0, adminPort: 0 })
  if (EMPTY_HERE.includes(name)) {
    expect(recorded[name]).toBe('does not start')
    expect(await effects((await started).url).finally((await started).close)).toMatchObject({ login: {} })
    return
  }
  if (recorded[name] === 'does not start') {
    await expect(started).rejects.toMatchObject({ code: 'ORY_PROXY_EMULATOR_CONFIG' })
    return
  }
  const emulator = await started
  const seen = await effects(emulator.url).finally(emulator.close)
  expect(withoutPages(seen)).toEqual(withoutPages(recorded[name]))
})
