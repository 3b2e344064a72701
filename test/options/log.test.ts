import { afterEach, expect, test, vi } from 'vitest'
import { createLogger } from '../../src/log.js'

afterEach(() => vi.restoreAllMocks())

test('a warning among the lines of a dev server says whose it is, once', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const { warn, error, info } = createLogger()
  warn('Cannot keep the key.')
  error('ory-proxy ORY_PROXY_BAD_URL: no address')
  info('  ➜  Ory:     /.ory')
  expect(write.mock.calls.map(([line]) => line)).toEqual([
    'ory-proxy: Cannot keep the key.\n',
    'ory-proxy ORY_PROXY_BAD_URL: no address\n',
    '  ➜  Ory:     /.ory\n',
  ])
})
