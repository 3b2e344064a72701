// `selfservice.methods.link.config.base_url`: where links in mails begin.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../../../src/emulator/index.js'
import { load } from './_found.js'

const asking = (base_url: string): object => ({
  selfservice: {
    methods: { link: { enabled: true, config: { base_url } } },
    flows: { recovery: { enabled: true, use: 'link' }, verification: { enabled: true } },
  },
})

async function mailOf(
  emulator: Emulator,
  kind: 'recovery' | 'verification',
  method: string,
): Promise<string> {
  const { ui } = await (await fetch(`${emulator.url}/self-service/${kind}/api`)).json()
  const body = JSON.stringify({ method, email: 'alice@example.com' })
  await fetch(ui.action, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const messages = await (await fetch(`${emulator.adminUrl}/admin/courier/messages`)).json()
  return messages.find((one: { template_type: string }) => one.template_type.startsWith(kind)).body
}

async function withFrontEnd(use: (origin: string) => Promise<void>): Promise<void> {
  const frontEnd = createServer((_, res) => void res.end())
  await new Promise<void>(done => void frontEnd.listen(0, '127.0.0.1', done))
  try {
    await use(`http://127.0.0.1:${(frontEnd.address() as AddressInfo).port}`)
  } finally {
    frontEnd.closeAllConnections()
    frontEnd.close()
  }
}

test('links lead to the front end that is named, with its path', () =>
  withFrontEnd(async origin => {
    const emulator = await startEmulator({ config: asking(`${origin}/auth/`) })
    try {
      expect(await mailOf(emulator, 'recovery', 'link')).toContain(
        `${origin}/auth/self-service/recovery?flow=`,
      )
      expect(await mailOf(emulator, 'verification', 'code')).toContain(
        `${origin}/auth/self-service/verification?code=`,
      )
    } finally {
      await emulator.close()
    }
  }))

test('where it does not answer, they lead to the emulator itself', async () => {
  const emulator = await startEmulator({ config: asking('http://127.0.0.1:9/') })
  try {
    expect(await mailOf(emulator, 'recovery', 'link')).toContain(
      `${emulator.url}/self-service/recovery?flow=`,
    )
  } finally {
    await emulator.close()
  }
})

test('in a dev server they lead to its own address, below which Ory is', async () => {
  const { at } = await load(asking('http://localhost:5173')).then(({ file }) => file)
  const baseIn = (embedded: boolean): string =>
    at({ base: 'http://localhost:5173/.ory', embedded }).selfservice.methods.link.config.base_url
  expect(baseIn(true)).toBe('http://localhost:5173/.ory')
  expect(baseIn(false)).toBe('http://localhost:5173')
})
