import { expect } from 'vitest'
import { type CheckApp, startCheckApp } from '../../src/check/app.js'
import { check } from '../../src/check/index.js'
import type { Verdict } from '../../src/check/types.js'
import type { Face } from '../_faces.js'

/** An origin whose pages may read answers, in every gateway that is asked. */
export const LISTED = 'https://spa.example'

const person = (name: string) => ({ identifier: `${name}@example.com`, password: 'ory-dev-password' })

/** Starts a gateway in front of the app that the check plays, asks everything, and ends both. */
export async function asked(
  start: (app: CheckApp) => Promise<Face>,
  { prefix = '', sessionCache = 10 } = {},
): Promise<readonly Verdict[]> {
  const app = await startCheckApp(0, '127.0.0.1')
  try {
    const gateway = await start(app)
    try {
      return await check({
        base: new URL(gateway.url),
        app,
        prefix,
        sessionCache,
        user: person('alice'),
        secondUser: person('bob'),
        protect: `${prefix}/members`,
        cors: LISTED,
      })
    } finally {
      await gateway.close()
    }
  } finally {
    await app.close()
  }
}

/** All yes, and a good number of them. */
export function expectAllYes(verdicts: readonly Verdict[]): void {
  expect(verdicts.filter(({ result }) => result !== 'yes')).toEqual([])
  expect(verdicts.length).toBeGreaterThan(90)
}
