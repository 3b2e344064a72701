import { expect } from 'vitest'
import type { Met, OddServer, Route } from './_odd-server.js'
import { type Asked, ask, type Protocol } from './_protocols.js'
import type { Front } from './_weak-front.js'

/** Where a harm is tried. */
export interface Place {
  readonly front: Front
  readonly protocol: Protocol
  /** What is put before a path to get there. */
  readonly base: '' | '/.ory'
  /** Whom the front passes it on to. */
  readonly server: OddServer
  /** Answers whoami in another way, until the returned function is called. */
  answerWhoami(route: Route): () => void
}

/** Long enough for what comes at all, on a busy machine too. */
const PATIENCE = 4000

const soon = (isSo: () => boolean): Promise<void> => expect.poll(isSo, { timeout: PATIENCE }).toBe(true)

/** Whether it does not become so, however long one waits. */
const never = (isSo: () => boolean): Promise<boolean> =>
  soon(isSo).then(
    () => false,
    () => true,
  )

export const asking = ({ front, protocol, base }: Place, path: string, options = {}): Asked =>
  ask(protocol, front.origin, base + path, options)

export const met = ({ server }: Place, path: string): Met | undefined => server.met.get(path)

/** Whether a request that has nothing to do with anything is not answered as it should be. */
async function isSpoilt(place: Place, path: string): Promise<boolean> {
  const asked = asking(place, path)
  const spoilt = await never(() => asked.heard.whole && asked.heard.body === path)
  asked.leave()
  return spoilt
}

async function spoilsTheNext(place: Place): Promise<boolean> {
  for (let i = 0; i < 3; i++) if (await isSpoilt(place, `/next-${i}`)) return true
  return false
}

export async function isLeftWaiting(place: Place): Promise<boolean> {
  const asked = asking(place, '/silent')
  await soon(() => met(place, '/silent') !== undefined)
  asked.leave()
  return never(() => met(place, '/silent')!.over)
}

/** As many as there are connections. */
const FEW = [1, 2, 3, 4]

export async function isFilledByCancelled(place: Place): Promise<boolean> {
  const all = FEW.map(i => asking(place, `/silent?${i}`))
  await soon(() => FEW.every(i => met(place, `/silent?${i}`) !== undefined))
  for (const one of all) one.leave()
  return isSpoilt(place, '/behind')
}

export async function isFilledByStreams(place: Place): Promise<boolean> {
  const streams = FEW.map(i => asking(place, `/events?${i}`))
  await soon(() => streams.every(({ heard }) => heard.status === 200))
  const harmed = await isSpoilt(place, '/behind')
  for (const stream of streams) stream.leave()
  return harmed
}

/** Half an upload that says it is longer. */
const HALF = { method: 'POST', headers: { 'content-length': '5000' } }

export async function owesAfterWhoami(place: Place): Promise<boolean> {
  let asked = false
  let release = (): void => {}
  const undo = place.answerWhoami((_req, res) => {
    asked = true
    release = () => void res.writeHead(401).end('{}')
  })
  const headers = { ...HALF.headers, cookie: `a=${Math.random()}` }
  const leaving = asking(place, '/early-and-kept', { ...HALF, headers })
  leaving.upload.write('half')
  await soon(() => asked)
  leaving.leave()
  await leaving.over
  release()
  undo()
  return spoilsTheNext(place)
}

export async function owesAfterAnAnswer(place: Place): Promise<boolean> {
  const leaving = asking(place, '/early-and-kept', HALF)
  leaving.upload.write('half')
  await soon(() => leaving.heard.status === 401)
  leaving.leave()
  await leaving.over
  return spoilsTheNext(place)
}

/** Whether a header that is for the front alone goes on. */
export const reaches =
  (name: string, headers: Record<string, string>) =>
  async (place: Place): Promise<boolean> => {
    await asking(place, '/plain', { headers: { [name]: 'x', ...headers } }).over
    return name in met(place, '/plain')!.headers
  }

/** Whether a header of the server's own connection reaches the client. */
export const comesBack =
  (name: string) =>
  async (place: Place): Promise<boolean> =>
    name in (await asking(place, '/hop').over).headers

export async function losesAnEarlyAnswer(place: Place): Promise<boolean> {
  const body = Buffer.alloc(8 << 20, 'x')
  for (let i = 0; i < 6; i++) {
    const asked = asking(place, '/early', { method: 'POST', body })
    if (await never(() => asked.heard.status !== 0)) return true
    if (asked.heard.status !== 413) return true
    asked.leave()
  }
  return false
}

const session = (id: string): string =>
  JSON.stringify({ active: true, identity: { id, traits: { email: `${id}@example.com` } } })

const isAnonymous = (asked: OddServer, path: string): boolean =>
  asked.met.get(path)?.headers.authorization === undefined

/** @param server the app; what fills the way to Ory is `base` */
export async function isAnonymousBehindHalves(place: Place): Promise<boolean> {
  const undo = place.answerWhoami((_req, res) => void res.end(session('ada')))
  const stuck = Array.from({ length: 8 }, () => ask(place.protocol, place.front.origin, '/.ory/half', HALF))
  for (const { upload } of stuck) upload.write('half')
  await new Promise(resolve => setTimeout(resolve, 300)) // so that they come first
  await asking(place, '/me', { headers: { cookie: `halves=${Math.random()}` } }).over
  for (const one of stuck) one.leave()
  undo()
  return isAnonymous(place.server, '/me')
}

export async function isAnonymousInACrowd(place: Place): Promise<boolean> {
  const undo = place.answerWhoami((_req, res) => void setTimeout(() => res.end(session('ada')), 400))
  const paths = Array.from({ length: 40 }, (_, i) => `/crowd-${i}`)
  const all = paths.map(path => asking(place, path, { headers: { cookie: `crowd=${path}${Math.random()}` } }))
  await Promise.all(all.map(({ over }) => over))
  undo()
  return paths.some(path => isAnonymous(place.server, path))
}

/** Whether one status comes with other words than it had. */
export async function losesItsReason(place: Place): Promise<boolean> {
  const [gone, same] = [await asking(place, '/gone').over, await asking(place, '/same').over]
  expect([gone.status, same.status]).toEqual([204, 304])
  return gone.reason !== 'Gone Fishing' || same.reason !== 'Same As Ever'
}

const ofTheBody = ({ heard: { headers } }: Asked): string => `${headers['content-length']} ${headers['etag']}`

/** Whether HEAD speaks of other bytes than GET sends: a cache would take one for news of the other. */
export async function speaksOfOtherBytes(place: Place): Promise<boolean> {
  const get = asking(place, '/flow')
  const head = asking(place, '/flow', { method: 'HEAD' })
  await Promise.all([get.over, head.over])
  expect([get.heard.status, head.heard.status]).toEqual([200, 200])
  const { headers } = head.heard
  const otherLength =
    headers['content-length'] !== undefined && Number(headers['content-length']) !== get.heard.body.length
  return otherLength || headers['etag'] !== get.heard.headers['etag'] || ofTheBody(get).includes('"strong"')
}
