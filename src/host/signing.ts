import type { SigningKey } from '../keys/jwt.js'
import { type KeyKind, loadKey } from '../keys/key-file.js'
import type { ResolvedOptions } from '../options/resolve.js'
import type { OryClient } from '../ory/client.js'
import { isEmulated } from '../ory/emulated.js'

/** The project's keys, each read or made when it is first wanted. */
export type Keys = (kind: KeyKind) => Promise<SigningKey>

/** @param root of the project */
export function keysOf({ keyFile, logger }: ResolvedOptions, root: string | undefined): Keys {
  const load = (kind: KeyKind): (() => Promise<SigningKey>) =>
    lazily(() => loadKey(keyFile, logger, root, kind))
  const keys = { ory: load('ory'), emulator: load('emulator') }
  return kind => keys[kind]()
}

/**
 * The key for people of the Ory that answers. One that `sdkUrl` names may be an emulator of ours that runs alone: it is
 * asked once, before the first signature. While it does not answer, nobody is signed in there.
 */
export function keyFor(keys: Keys, client: OryClient, known?: KeyKind): () => Promise<SigningKey> {
  if (known !== undefined) return () => keys(known)
  const kind = lazily(async (): Promise<KeyKind> => ((await isEmulated(client)) ? 'emulator' : 'ory'))
  return async () => keys(await kind().catch(() => 'ory' as const))
}

/** Computed at the first call and then kept; a failure is not kept. */
function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make().catch(error => {
      made = undefined
      throw error
    })
    return made
  }
}
