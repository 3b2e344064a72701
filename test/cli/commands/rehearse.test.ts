import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ensureNginx } from '../../../scripts/ensure-nginx.mjs'
import { freePort } from '../../_faces.js'
import { start } from '../_command.js'

test('two real gateways in front of the emulator answer on one port, and are gone with their keys at the end', async () => {
  ensureNginx()
  const port = await freePort()
  const command = start([
    'rehearse',
    'nginx',
    '--port',
    String(port),
    '--workers',
    '2',
    '--protect',
    '/members/*',
  ])
  const [, folders = ''] = await command.until(/Folder\s+(\S+ \S+)\n/)
  await command.until(/Next/)
  const check = start(['check', `http://localhost:${port}`, '--echo', '/x', '--protect', '/members'])
  expect(await check.exit).toBe(0)
  expect(check.stdout()).toMatch(/7\d questions: 7\d yes, 0 no/)
  expect(folders.split(' ').map(folder => existsSync(folder))).toEqual([true, true])
  expect(await command.end()).toBe(0)
  expect(folders.split(' ').map(folder => existsSync(folder))).toEqual([false, false])
})

test.for<[string, string[], string, number]>([
  ['an engine that is none', ['apache'], 'There is no rehearsal on "apache": nginx, ', 2],
  ['a program that is missing', ['oathkeeper', '3000'], 'oathkeeper is not on this machine: ', 1],
  [
    'workers that are no number',
    ['nginx', '--workers', 'many'],
    '--workers must be a number from 1 to 16.',
    2,
  ],
])('%s is one line', async ([, args, line, code]) => {
  const command = start(['rehearse', ...args, '--port', String(await freePort())], {
    env: { PATH: '/nowhere' },
  })
  expect(await command.exit).toBe(code)
  expect(command.stderr()).toContain(line)
  expect(command.stderr().trim().split('\n')).toHaveLength(1)
})
