import { connect as connectTcp } from 'node:net'
import { connect as connectTls, TLSSocket } from 'node:tls'
import { afterEach, expect, test } from 'vitest'
import { createSelfSigned } from '../../src/tls/certificate.js'
import { createPlainEntry, createSecureEntry, type Entry } from '../../src/tls/server.js'

const LARGE = 16 << 20 // more than the system takes from nobody who reads
const UPLOAD = 'x'.repeat(40_000)
const RECORD = 512 // bytes: Go's client begins with small ones, and many are read at once

const onRequest: Parameters<typeof createPlainEntry>[0]['onRequest'] = (req, res) => {
  if (req.method === 'GET') return void res.end(Buffer.alloc(LARGE, 'y'))
  let size = 0
  req.on('data', chunk => {
    size += chunk.length
  })
  req.on('end', () => res.end(`${size} came`))
}

const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
const POST = `POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${UPLOAD.length}\r\n\r\n`

let entry: Entry
afterEach(() => entry.close(0))

/** Over HTTP/2 requests have streams of their own. */
test.for(['http', 'https'])(
  'over %s an upload behind an answer that is not read yet arrives whole',
  async scheme => {
    const { key, cert } = await createSelfSigned({ hosts: ['localhost'], owner: 'test', now: new Date() })
    entry = scheme === 'http' ? createPlainEntry({ onRequest }) : createSecureEntry({ key, cert, onRequest })
    const to = {
      port: (await entry.listen(0, '127.0.0.1')).port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
    }
    const socket = scheme === 'http' ? connectTcp(to) : connectTls({ ...to, ALPNProtocols: ['http/1.1'] })
    let [size, end] = [0, '']
    socket.setEncoding('latin1').on('data', chunk => {
      size += chunk.length
      end = (end + chunk).slice(-100)
    })
    const closed = new Promise(resolve => socket.on('error', () => {}).on('close', resolve))
    await new Promise(resolve => socket.once(scheme === 'http' ? 'connect' : 'secureConnect', resolve))
    if (socket instanceof TLSSocket) socket.setMaxSendFragment(RECORD)
    socket.pause().write(GET + POST)
    socket.write(UPLOAD)
    setTimeout(() => socket.resume(), 300)
    await closed
    expect(size).toBeGreaterThan(LARGE)
    expect(end).toContain(`${UPLOAD.length} came`)
  },
)
