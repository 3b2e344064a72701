import { rawLeaving, rawRequest } from '../_raw.js'
import { type Attack, signInAs, type Target, whoArrives, withAnswer } from './_attack.js'

const CACHE = 'Oathkeeper GHSA-4mq7-pvjg-xp2r, CVE-2021-32701; heimdall#3452; LiteLLM CVE-2026-35030'

/** An Ory that looks at a token before it looks at a cookie, as Kratos does. */
const tokenFirst = <T>(target: Target, run: () => Promise<T>): Promise<T> =>
  withAnswer(
    target,
    '/sessions/whoami',
    (req, res) => {
      const { authorization, 'x-session-token': token } = req.headers
      const id = token ? `by ${token}` : authorization ? `by ${authorization}` : 'by cookie'
      res.setHeader('content-type', 'application/json')
      res.end(JSON.stringify({ active: true, identity: { id } }))
    },
    run,
  )

const confusion: Attack[] = [
  {
    threat: 'the cache leaves out a credential',
    precedent: `${CACHE}; ory/kratos#2122`,
    promise: 'two cookies of one name are not one of them',
    harm: async target => {
      const [alice, bob] = [signInAs(target, 'alice'), signInAs(target, 'bob')]
      const both = [
        await whoArrives(target, `${alice}; ${bob}`),
        await whoArrives(target, `${bob}; ${alice}`),
      ]
      const alone = [await whoArrives(target, alice), await whoArrives(target, bob)]
      return JSON.stringify([both, alone]) !== '[["alice","bob"],["alice","bob"]]'
    },
  },
  ...[
    ['X-Session-Token: mine', 'by mine'],
    ['Authorization: Bearer ory_st_mine', 'by Bearer ory_st_mine'],
  ].map(([line = '', who]) => ({
    threat: 'the cache leaves out a credential',
    precedent: CACHE,
    promise: `a cookie with "${line}" is another question than the cookie alone`,
    harm: (target: Target) =>
      tokenFirst(target, async () => {
        const cookie = signInAs(target, 'alice')
        await whoArrives(target, cookie)
        return (await whoArrives(target, cookie, line)) !== who
      }),
  })),
  {
    threat: 'questions under way are joined too widely',
    precedent: CACHE,
    promise: 'one cookie with twenty tokens at once is twenty people',
    harm: target =>
      tokenFirst(target, async () => {
        const cookie = signInAs(target, 'alice')
        const tokens = Array.from({ length: 20 }, (_, i) => `t${i}`)
        const who = await Promise.all(tokens.map(t => whoArrives(target, cookie, `X-Session-Token: ${t}`)))
        return who.join() !== tokens.map(t => `by ${t}`).join()
      }),
  },
]

/** Whoever asks, the session of `cookie` is over once Ory has answered. */
const endings = [
  ['signing out by a link', 'GET', '/self-service/logout?token=x', ''],
  [
    'signing out by the API, the token in the body',
    'DELETE',
    '/self-service/logout/api',
    '{"session_token":"x"}',
  ],
  ['ending the session from another device', 'DELETE', '/sessions/0f3e', ''],
  ['ending all other sessions', 'DELETE', '/sessions', ''],
  ['changing the password in settings', 'POST', '/self-service/settings?flow=x', '{"method":"password"}'],
  [
    "signing out with a header that names some test's namespace",
    'GET',
    '/self-service/logout?token=x',
    '',
    'Ory-Dev-Namespace: another',
  ],
] as const

const revoked: Attack[] = endings.map(([what, method, path, body, ...more]) => ({
  threat: 'a session that was ended lives on',
  precedent: 'session caches that outlive a sign-out',
  promise: `${what} takes effect with the next request`,
  harm: async target => {
    const cookie = signInAs(target, 'alice')
    if ((await whoArrives(target, cookie)) !== 'alice') return 'never signed in'
    const end = withAnswer(
      target,
      path.split('?')[0]!,
      (_req, res) => {
        target.ory.signOut(cookie)
        res.writeHead(204).end()
      },
      () =>
        rawRequest(target.url, `/.ory${path}`, {
          method,
          headers: [`Content-Length: ${body.length}`, ...more],
          body,
        }),
    )
    await end
    return whoArrives(target, cookie)
  },
}))

/** A sign-out that Ory takes its time for; `during` runs before it ends. */
async function whileSigningOut(
  target: Target,
  cookie: string,
  endsAt: 'the start' | 'the end',
  during: () => Promise<unknown>,
): Promise<void> {
  const path = '/self-service/logout'
  let answer = (): void => {}
  let asked = (): void => {}
  const arrived = new Promise<void>(resolve => {
    asked = resolve
  })
  await withAnswer(
    target,
    path,
    (_req, res) => {
      if (endsAt === 'the start') target.ory.signOut(cookie)
      answer = () => {
        target.ory.signOut(cookie)
        res.writeHead(204).end()
      }
      asked()
    },
    async () => {
      const signedOut = rawRequest(target.url, `/.ory${path}?token=x`)
      await Promise.race([arrived, signedOut])
      await during()
      answer()
      await signedOut
    },
  )
}

/** Tries of a page to load, each a round trip: what is remembered for ten seconds outlasts them all. */
const TRIES = 50

const left: Attack = {
  threat: 'a session that was ended lives on',
  precedent: 'found here: a client that left after 100 ms, an Ory that took 300',
  promise: 'a sign-out whose client goes away takes effect all the same',
  harm: async target => {
    const cookie = signInAs(target, 'alice')
    let asked = (): void => {}
    const arrived = new Promise<void>(resolve => {
      asked = resolve
    })
    let answer = (): void => {}
    const handler: Parameters<typeof withAnswer>[2] = (_req, res) => {
      let isCut = false
      res.on('close', () => {
        isCut ||= !res.writableEnded
      })
      answer = () => {
        if (!isCut) target.ory.signOut(cookie) // what nobody waits for any more, Kratos does not do
        res.writeHead(204).end()
      }
      asked()
    }
    await withAnswer(target, '/self-service/logout', handler, async () => {
      const leave = rawLeaving(target.url, '/.ory/self-service/logout?token=x', { cookie })
      await arrived
      leave()
      await whoArrives(target, cookie) // a page that loads meanwhile, and is remembered
      await whoArrives(target, cookie)
      answer()
    })
    let who: string | null = 'alice'
    for (let i = 0; i < TRIES && who !== null; i++) who = await whoArrives(target, cookie)
    return who
  },
}

const races: Attack[] = [
  left,
  {
    threat: 'a session that was ended lives on',
    precedent: 'race between a cache and its flush',
    promise: 'a sign-out that Ory is not yet done with takes effect',
    harm: async target => {
      const cookie = signInAs(target, 'alice')
      await whoArrives(target, cookie)
      let who: string | null = null
      await whileSigningOut(target, cookie, 'the start', async () => {
        who = await whoArrives(target, cookie)
      })
      return who
    },
  },
  {
    threat: 'an answer that is older than a sign-out is kept',
    precedent: 'race between a cache and its flush',
    promise: 'what was asked during a sign-out is not remembered after it',
    harm: async target => {
      const cookie = signInAs(target, 'alice')
      await whileSigningOut(target, cookie, 'the end', () => whoArrives(target, cookie))
      return whoArrives(target, cookie)
    },
  },
  {
    threat: 'an answer that is older than a sign-out is kept',
    precedent: 'race between a cache and its flush',
    promise: 'what was asked before a sign-out is not remembered after it',
    harm: async target => {
      const cookie = signInAs(target, 'alice')
      let release = (): void => {}
      const held = new Promise<void>(resolve => {
        release = resolve
      })
      let asked = (): void => {}
      const arrived = new Promise<void>(resolve => {
        asked = resolve
      })
      await withAnswer(
        target,
        '/sessions/whoami',
        (_req, res) => {
          asked()
          void held.then(() => res.end('{"active":true,"identity":{"id":"alice"}}'))
        },
        async () => {
          const before = whoArrives(target, cookie)
          await arrived
          target.ory.signOut(cookie)
          await rawRequest(target.url, '/.ory/self-service/logout?token=x')
          release()
          await before
        },
      )
      return whoArrives(target, cookie)
    },
  },
  {
    threat: '"nobody" is remembered over a sign-in',
    precedent: 'negative caching',
    promise: 'signing in takes effect with the next request, even with the same cookie',
    harm: async target => {
      const cookie = signInAs(target, 'alice')
      await withAnswer(
        target,
        '/sessions/whoami',
        (_req, res) => void res.writeHead(401).end('{}'),
        () => whoArrives(target, cookie),
      )
      await rawRequest(target.url, '/.ory/self-service/login?flow=x', { method: 'POST' })
      return (await whoArrives(target, cookie)) === null
    },
  },
]

/** What is remembered, and when it is forgotten. */
export const SESSIONS: readonly Attack[] = [...confusion, ...revoked, ...races]
