import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { startEmulator } from '../../../src/emulator/index.js'
import { FACES, freePort } from '../../_faces.js'
import { compareProfile, configOf } from '../../conformance-profile.mjs'

/** The same configuration, told that people reach it, and its pages, at this address. */
function withAddress(file: string, address: string): object {
  const folder = new URL('../../conformance/', import.meta.url).href
  const text = readFileSync(file, 'utf8').replaceAll('file://./', folder)
  return parse(text.replaceAll('http://127.0.0.1:4433', address)) as object
}

/**
 * The admin API answers past any proxy and with our whole address, which is right and not in the recording.
 * Seconds of a cookie that are gone on a busy machine are nobody's mistake.
 */
const EXPECTED = /^\.body\.recovery_link|Max-Age=863\d\d;.* got .*Max-Age=863\d\d;/

test.for(['connect', 'cli'])(
  'a Kratos that knows its address is ours already answers the same, through %s',
  { timeout: 60_000 },
  async name => {
    const port = await freePort()
    const ours = `http://localhost:${port}/.ory`
    const kratos = await startEmulator({ config: withAddress(configOf('default'), ours) })
    const options = { sdkUrl: kratos.url, defaultRedirectUrl: `${ours}/ui/welcome` }
    const face = await FACES[name]!('http://localhost:1', options, port)
    try {
      const rows = await compareProfile('default', ours, kratos.adminUrl!)
      expect(rows.length).toBeGreaterThan(100)
      expect(rows.flatMap(row => row.differences).filter(line => !EXPECTED.test(line))).toEqual([])
    } finally {
      await face.close()
      await kratos.close()
    }
  },
)
