// The least a streaming forwarder on node:http can be: what http-proxy-middleware's own work costs.
import { Agent, createServer, request } from 'node:http'
import { pipeline } from 'node:stream'

const { app, authorization } = JSON.parse(process.argv[2])
const { hostname, port } = new URL(app)
const agent = new Agent({ keepAlive: true, maxSockets: 256 })
const server = createServer((req, res) => {
  const { method, url: path, rawHeaders } = req
  const headers = [...rawHeaders, 'Authorization', authorization, 'Connection', 'keep-alive']
  const upstream = request({ agent, hostname, port, method, path, headers, setHost: false }, answer => {
    res.writeHead(answer.statusCode, answer.rawHeaders)
    pipeline(answer, res, () => {})
  })
  upstream.on('error', () => res.writeHead(502).end())
  upstream.end()
})
server.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}` }))
