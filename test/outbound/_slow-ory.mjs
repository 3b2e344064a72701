// An Ory that takes its time and knows everybody. A process of its own: whoever asks 700 times at once is too busy to be one.
import { createServer } from 'node:http'

const server = createServer((req, res) => {
  const id = /ory_kratos_session=([^;]+)/.exec(req.headers.cookie ?? '')?.[1]
  const session = { active: true, identity: { id }, expires_at: new Date(Date.now() + 60_000) }
  setTimeout(() => res.end(JSON.stringify(session)), 400)
})
server.listen(0, '127.0.0.1', () => process.send(`http://127.0.0.1:${server.address().port}`))
