// An Ory that knows everybody whose cookie is `ory_kratos_session=user-…`, and can be told to misbehave.
import { createServer } from 'node:http'

let mode = 'ok'
let asked = 0

/** A session of usual size, as Kratos writes it. */
function session(user) {
  const at = new Date(Date.now() - 60_000).toISOString()
  return JSON.stringify({
    id: 'c1e2a5d0-6f58-4d5a-9a3e-2f1f5f7d6a10',
    active: true,
    expires_at: new Date(Date.now() + 86_400_000).toISOString(),
    authenticated_at: at,
    authenticator_assurance_level: 'aal1',
    authentication_methods: [{ method: 'password', aal: 'aal1', completed_at: at }],
    issued_at: at,
    identity: {
      id: user,
      schema_id: 'default',
      schema_url: 'http://127.0.0.1:4433/schemas/ZGVmYXVsdA',
      state: 'active',
      state_changed_at: at,
      traits: { email: `${user}@example.com`, name: { first: 'Ada', last: 'Lovelace' } },
      verifiable_addresses: [
        {
          id: '5c36a1f1-5a5a-4bb0-b0ea-5f27a2a8ee95',
          value: `${user}@example.com`,
          verified: true,
          via: 'email',
          status: 'completed',
          created_at: at,
          updated_at: at,
        },
      ],
      recovery_addresses: [
        {
          id: '1b0a6a6e-0b1c-46b2-9c3b-bf3f4ae6c0dd',
          value: `${user}@example.com`,
          via: 'email',
          created_at: at,
          updated_at: at,
        },
      ],
      metadata_public: null,
      created_at: at,
      updated_at: at,
      organization_id: null,
    },
    devices: [
      {
        id: 'aa1f3a86-2bb5-4bb1-9ddf-56ce7f0e7f6e',
        ip_address: '127.0.0.1',
        user_agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
        location: '',
      },
    ],
  })
}

const moods = {
  hang: () => {},
  reset: (_req, res) => res.socket.resetAndDestroy(),
  429: (_req, res) => answer(res, 429, '{"error":{"code":429}}'),
  503: (_req, res) => answer(res, 503, '{"error":{"code":503}}'),
  ok: (req, res) => {
    const user = /ory_kratos_session=(user-\w+)/.exec(req.headers.cookie ?? '')?.[1]
    if (user) answer(res, 200, session(user))
    else answer(res, 401, '{"error":{"code":401,"status":"Unauthorized"}}')
  },
}

function answer(res, status, body) {
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  res.end(body)
}

const server = createServer({ keepAliveTimeout: 60_000 }, (req, res) => {
  if (req.url.startsWith('/sessions/whoami')) asked++
  moods[mode](req, res)
})
process.on('message', message => {
  if (message.mode) mode = message.mode
  process.send({ asked })
  asked = 0
})
server.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}` }))
