// The app behind every proxy.
import { createServer } from 'node:http'

const MEBIBYTE = Buffer.alloc(1024 * 1024, 'x')

/** What it answers, by path. */
const routes = {
  '/headers': (req, res) => send(res, JSON.stringify(req.headers)),
  '/who': (req, res) => send(res, subject(req.headers.authorization)),
  '/events': (_req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    res.write('data: first\n\n')
    const timer = setInterval(() => res.write('data: more\n\n'), 10)
    res.on('close', () => clearInterval(timer))
  },
  '/upload': (req, res) => {
    let bytes = 0
    req.on('data', chunk => {
      bytes += chunk.length
    })
    req.on('end', () => send(res, String(bytes)))
  },
  '/download': (_req, res) => {
    let left = 64
    res.writeHead(200, { 'content-length': left * MEBIBYTE.length })
    const more = () => {
      while (left > 0) {
        left--
        if (!res.write(MEBIBYTE)) return void res.once('drain', more)
      }
      res.end()
    }
    more()
  },
}

function send(res, text) {
  res.writeHead(200, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(text) })
  res.end(text)
}

/** Whom the JWT names, unverified: `nobody` without one. */
function subject(authorization) {
  if (!authorization?.startsWith('Bearer ')) return 'nobody'
  return JSON.parse(Buffer.from(authorization.split('.')[1], 'base64url')).sub
}

const server = createServer({ keepAliveTimeout: 60_000 }, (req, res) => {
  const route = routes[req.url]
  if (route) route(req, res)
  else send(res, 'ok')
})
server.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}` }))
