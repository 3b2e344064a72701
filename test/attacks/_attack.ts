import { decodeJwt } from 'jose'
import { type EchoApp, type Received, startEchoApp } from '../_app.js'
import type { Face } from '../_faces.js'
import { type FakeOry, startFakeOry } from '../_fake-ory.js'
import { type RawAnswer, rawBytes, rawRequest } from '../_raw.js'
import { ATTACKED } from './_faces.js'
import { startWeak } from './_weak.js'

/** One row of the table of threats: what somebody tries, and how to tell that it worked. */
export interface Attack {
  readonly threat: string
  /** Where it happened to somebody. */
  readonly precedent: string
  /** What we promise, as the title of the test. */
  readonly promise: string
  /** Where it is tried. @default everywhere */
  readonly faces?: readonly string[]
  /** What the attacker gets out of it; falsy when nothing. */
  harm(target: Target): Promise<unknown>
}

/** Something that stands in front of an app and an Ory of its own, and two people who are signed in. */
export interface Target {
  readonly url: string
  readonly ory: FakeOry
  readonly app: EchoApp
  /** A server on this machine that is nobody's business. */
  readonly bystander: FakeOry
  readonly alice: string
  readonly bob: string
  close(): Promise<void>
}

export const EVERYWHERE: readonly string[] = Object.keys(ATTACKED)

/** Where no dev server has a say in what the app gets, or answers before us. */
export const WITHOUT_DEV_SERVER: readonly string[] = [
  'connect',
  'connect over HTTP/2',
  'cli',
  'cli over TLS',
  'cli over HTTP/2',
]

/** @param kind one of the faces, or `weak` */
export async function startTarget(kind: string): Promise<Target> {
  const [ory, bystander, app] = await Promise.all([startFakeOry(), startFakeOry(), startEchoApp()])
  const face: Face = await (kind === 'weak'
    ? startWeak(app.url, ory.url)
    : ATTACKED[kind]!(app.url, { sdkUrl: ory.url }))
  return {
    url: face.url,
    ory,
    app,
    bystander,
    alice: ory.signIn('alice@example.com'),
    bob: ory.signIn('bob@example.com'),
    async close() {
      await face.close()
      await Promise.all([ory.close(), bystander.close(), app.close()])
    },
  }
}

/** What the app received of a request whose header lines are sent as they are; null when it was refused. */
export async function appSaw(target: Target, lines: readonly string[], rest = {}): Promise<Received | null> {
  return asReceived(await rawRequest(target.url, '/api/x', { headers: [...lines], ...rest }))
}

export function asReceived({ status, body }: RawAnswer): Received | null {
  if (status !== 200) return null
  const json = body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1) // past a chunk's length
  return JSON.parse(json) as Received
}

/** Whose identity arrived at the app: the `sub` of the token, what else there was, null without any. */
export function subOf(received: Received | null): string | null {
  const authorization = received?.headers.authorization
  if (!authorization?.startsWith('Bearer ey')) return authorization ?? null
  return decodeJwt(authorization.slice('Bearer '.length)).sub ?? null
}

/** As whom a cookie and some more header lines arrive at the app. */
export async function whoArrives(target: Target, cookie: string, ...lines: string[]): Promise<string | null> {
  return subOf(await appSaw(target, [`Cookie: ${cookie}`, ...lines]))
}

/** An empty close frame of a client (RFC 6455, section 5.5.1): the other side answers it and hangs up. */
const CLOSE_FRAME = '\x88\x80\0\0\0\0'

/** Opens a WebSocket and returns the headers of its handshake as the app saw them; null when refused. */
export async function socketSaw(
  { url }: Target,
  lines: readonly string[],
  host: string = new URL(url).host,
): Promise<Record<string, string> | null> {
  const handshake = [
    'GET /api/ws HTTP/1.1',
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...lines,
  ]
  const bytes = Buffer.from(`${handshake.join('\r\n')}\r\n\r\n${CLOSE_FRAME}`, 'latin1')
  const { status, body } = await rawBytes(url, bytes)
  if (status !== 101) return null
  return JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1)) as Record<string, string>
}

/** A fresh session of somebody whose identity id is their name. */
export function signInAs({ ory }: Target, name: string): string {
  return ory.signIn(`${name}@example.com`, { identity: { id: name, traits: {} } })
}

/** Runs with an answer of Ory's replaced, and puts the right one back. */
export async function withAnswer<T>(
  { ory }: Target,
  path: string,
  handler: Parameters<FakeOry['on']>[1],
  run: () => Promise<T>,
): Promise<T> {
  const undo = ory.on(path, handler)
  try {
    return await run()
  } finally {
    undo()
  }
}
