import { test as base } from 'vitest'
import { type EchoApp, type Received, startEchoApp } from './_app.js'
import { type FakeOry, startFakeOry } from './_fake-ory.js'

/** A scripted Ory and an app that echoes, each on its own port, gone after the test. */
export const test = base.extend<{ ory: FakeOry; app: EchoApp }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of what a fixture needs
  ory: async ({}, use) => {
    const ory = await startFakeOry()
    await use(ory)
    await ory.close()
  },
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of what a fixture needs
  app: async ({}, use) => {
    const app = await startEchoApp()
    await use(app)
    await app.close()
  },
})

/** What the app behind `url` received of this request. */
export async function receivedBy(url: string, init: RequestInit = {}): Promise<Received> {
  const response = await fetch(url, init)
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`)
  return JSON.parse(text) as Received
}
