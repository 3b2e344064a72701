import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import {
  type ClientHttp2Session,
  connect,
  createServer as createHttp2Server,
  type Http2Server,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerError } from '../../src/middleware/answer.js'
import { lengthStage } from '../../src/middleware/length.js'
import { chain } from '../../src/middleware/pipeline.js'

/** What an app behind us read, by path. */
const read = new Map<string, string>()

const stages = chain([lengthStage()], ({ req, res }, error) => answerError(req, res, error))
const onRequest = (req: IncomingMessage, res: ServerResponse): void =>
  stages(req, res, () => {
    let text = ''
    req.on('data', chunk => {
      text += chunk
    })
    req.on('end', () => {
      read.set(req.url!, text)
      res.end(`read ${text}`)
    })
  })

const servers: Record<string, Server | Http2Server> = {
  'HTTP/1.1': createServer(onRequest),
  'HTTP/2': createHttp2Server(onRequest as never),
}
let session: ClientHttp2Session

const portOf = (protocol: string): number => (servers[protocol]!.address() as AddressInfo).port

beforeAll(async () => {
  for (const server of Object.values(servers)) await once(server.listen(0, '127.0.0.1'), 'listening')
  session = connect(`http://127.0.0.1:${portOf('HTTP/2')}`)
})
afterAll(() => {
  session.destroy()
  for (const server of Object.values(servers)) server.close()
})

interface Answer {
  readonly status: number
  readonly text: string
}

/** A request without a length, whose body comes a while after its headers. */
type Send = (method: string, path: string, body: string) => Promise<Answer>

const SEND: Record<string, Send> = {
  'HTTP/1.1': async (method, path, body) => {
    const headers = { 'transfer-encoding': 'chunked' }
    const sent = request({ port: portOf('HTTP/1.1'), host: '127.0.0.1', method, path, headers })
    sent.flushHeaders()
    const answered = once(sent, 'response')
    setTimeout(() => sent.end(body), 50)
    const [answer] = (await answered) as [IncomingMessage]
    return { status: answer.statusCode!, text: await textOf(answer) }
  },
  'HTTP/2': async (method, path, body) => {
    const stream = session.request({ ':method': method, ':path': path }, { endStream: false })
    const answered = once(stream, 'response')
    setTimeout(() => stream.end(body), 50)
    const [headers] = (await answered) as [Record<string, unknown>]
    return { status: Number(headers[':status']), text: await textOf(stream) }
  },
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

describe.each(Object.keys(SEND))('over %s', protocol => {
  const send = SEND[protocol]!

  test.for(['DELETE', 'OPTIONS'])('a %s that brings bytes without their length is refused', async method => {
    const { status, text } = await send(method, `/${method}-bytes`, 'GET /hidden HTTP/1.1')
    expect(status).toBe(411)
    expect(text).toContain('ory-proxy')
    expect(read.has(`/${method}-bytes`)).toBe(false)
  })

  test.for(['DELETE', 'OPTIONS'])(
    'a %s that turns out to have none reaches the app, to its end',
    async method => {
      expect(await send(method, `/${method}-empty`, '')).toEqual({ status: 200, text: 'read ' })
    },
  )

  test('a POST is as it was', async () => {
    expect(await send('POST', '/post', 'text')).toEqual({ status: 200, text: 'read text' })
  })
})
