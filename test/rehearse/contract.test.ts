import { expect, test } from 'vitest'
import { startEmulator } from '../../src/emulator/index.js'
import { freePort } from '../_faces.js'
import { asked, expectAllYes, LISTED } from '../check/_asked.js'
import { ENGINES, rehearsed } from './_engines.js'

const contract = async (engine: string, workers: number): Promise<void> => {
  const port = await freePort()
  const ory = await startEmulator({ publicUrl: `http://localhost:${port}/.ory` })
  try {
    const verdicts = await asked(
      app =>
        rehearsed(engine, {
          port,
          workers,
          settings: { ory: new URL(ory.url), app: new URL(app.url), corsOrigins: [LISTED] },
        }),
      { sessionCache: 2 },
    )
    expectAllYes(verdicts)
  } finally {
    await ory.close()
  }
}

test.for(ENGINES)('%s answers every question with yes', engine => contract(engine, 1))

test.for(ENGINES)('two of %s behind one port, with one key set, do so too', engine => contract(engine, 2))

test('a program that is not there is one line that says how it is had', async () => {
  const { find } = await import('../../src/rehearse/programs.js')
  const program = { name: 'no-such-engine', args: [], folder: '.', install: 'apt-get install it' }
  expect(() => find(program)).toThrow('no-such-engine is not on this machine: apt-get install it.')
})
