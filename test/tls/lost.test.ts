import { type AddressInfo, connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSelfSigned } from '../../src/tls/certificate.js'
import { DEADLINES } from '../../src/tls/deadlines.js'
import { createSecureEntry, type Entry } from '../../src/tls/server.js'

const PIECE = Buffer.alloc(64 * 1024)
let written: number
let left: number
let entry: Entry
let port: number

beforeEach(async () => {
  ;[written, left] = [0, 0]
  const { key, cert } = await createSelfSigned({ hosts: ['localhost'], owner: 'test', now: new Date() })
  entry = createSecureEntry({
    key,
    cert,
    deadlines: { ...DEADLINES, connectionsCheckingInterval: 50 },
    onRequest(_req, res) {
      res.on('close', () => left++)
      const more = (): void => {
        written++
        if (res.write(PIECE)) setImmediate(more)
        else res.once('drain', more)
      }
      more()
    },
  })
  port = (await entry.listen(0, '127.0.0.1')).port satisfies AddressInfo['port']
})
afterEach(() => entry.close(0))

function frame(type: number, stream: number, payload: Buffer | number[], flags = 0): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, Buffer.from(payload)])
}

const MUCH = [0x7f, 0xff, 0, 0]
const GET = [0x82, 0x87, 0x84, 0x01, 9, ...Buffer.from('localhost')] // RFC 7541, appendix A

/** A request whose answer may be as long as it likes. */
const ASK = {
  'http/1.1': Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
  h2: Buffer.concat([
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    frame(4, 0, [0, 4, ...MUCH]), // SETTINGS_INITIAL_WINDOW_SIZE
    frame(8, 0, MUCH), // WINDOW_UPDATE
    frame(1, 1, GET, 5), // HEADERS, END_STREAM and END_HEADERS
  ]),
}

/** Asks, and reads nothing. */
function asking(protocol: keyof typeof ASK): Promise<{ raw: Socket; secure: TLSSocket }> {
  const raw = connectTcp(port, '127.0.0.1')
  const secure = connectTls({ socket: raw, rejectUnauthorized: false, ALPNProtocols: [protocol] })
  for (const socket of [raw, secure]) socket.on('error', () => {})
  return new Promise(resolve =>
    secure.once('secureConnect', () => {
      secure.write(ASK[protocol], () => resolve({ raw, secure }))
    }),
  )
}

/** Until as much is written as the system takes. */
async function standstill(): Promise<void> {
  for (let before = -1; before !== written || written === 0; ) {
    before = written
    await new Promise(resolve => setTimeout(resolve, 200))
  }
}

test.for(['http/1.1', 'h2'] as const)(
  'over %s a client that does not read, and is gone, has left its answer',
  async protocol => {
    const { raw } = await asking(protocol)
    await standstill()
    expect(left).toBe(0)
    raw.resetAndDestroy()
    await expect.poll(() => left, { timeout: 10_000 }).toBe(1)
  },
)
