import { expect, test } from 'vitest'
import { startEmulator } from '../../../src/emulator/index.js'
import { rawRequest } from '../../_raw.js'

/** As a Kratos v26.2.0 answered; what clients make of a bare `?` differs, so it is sent as it is. */
test.for(['/self-service/login/api', '/self-service/login/api?', '/self-service/login/api?&'])(
  'the request_url of a flow begun at %s has its query as it was sent',
  async target => {
    const emulator = await startEmulator()
    try {
      const { body } = await rawRequest(emulator.url, target)
      expect(JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1)).request_url).toBe(
        emulator.url + target,
      )
    } finally {
      await emulator.close()
    }
  },
)
