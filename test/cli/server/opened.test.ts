import { networkInterfaces } from 'node:os'
import { expect, test } from 'vitest'
import { rawRequest } from '../../_raw.js'
import { start } from '../_command.js'

const others = Object.values(networkInterfaces())
  .flatMap(all => all ?? [])
  .filter(({ internal, family }) => !internal && family === 'IPv4')
  .map(({ address }) => address)

const alone = ['emulator', '--port', '0', '--admin-port', '0']

test('the emulator says what --host opens, and its admin API stays on this machine', async () => {
  const emulator = start([...alone, '--host', '0.0.0.0'])
  const [, port, admin] = await emulator.until(
    /Public API\s+http:\/\/127\.0\.0\.1:(\d+)[\s\S]*Admin API\s+(\S+)/,
  )
  expect(emulator.stderr()).toMatch(/^--host 0\.0\.0\.0 lets everybody in this network in: .*--admin-host/m)
  expect(admin).toMatch(/^http:\/\/127\.0\.0\.1:/)
  for (const address of others) {
    expect(emulator.stderr()).toContain(`http://${address}:${port}`)
    expect((await rawRequest(`http://${address}:${port}`, '/health/alive')).status).toBe(200)
    await expect(rawRequest(admin!.replace('127.0.0.1', address), '/admin/health/alive')).rejects.toThrow(
      'REFUSED',
    )
  }
  expect(await emulator.end()).toBe(0)
})

test('--admin-host lets the admin API out, and says so', async () => {
  const emulator = start([...alone, '--admin-host', '0.0.0.0'])
  const [, admin] = await emulator.until(/Admin API\s+http:\/\/127\.0\.0\.1:(\d+)/)
  expect(emulator.stderr()).toMatch(
    /^--admin-host 0\.0\.0\.0 lets everybody in this network in: its admin API asks nobody/m,
  )
  for (const address of others) {
    expect((await rawRequest(`http://${address}:${admin}`, '/admin/health/alive')).status).toBe(200)
  }
  expect(await emulator.end()).toBe(0)
})

test('so does the command: one line, and the addresses it is at', async () => {
  const local = start(['local', '3999', '--port', '0', '--no-open', '--no-https', '--host', '0.0.0.0'])
  const [, port] = await local.until(/Open\s+http:\/\/localhost:(\d+)[\s\S]*Next/)
  expect(local.stderr().match(/lets everybody in/g)).toHaveLength(1)
  for (const address of others) {
    const url = `http://${address}:${port}`
    expect(local.stderr()).toContain(url)
    expect((await rawRequest(url, '/.ory/ui/welcome')).status).toBe(200)
    expect((await rawRequest(url, '/.ory/dev/users')).status).toBe(403)
  }
  expect(await local.end()).toBe(0)
})
