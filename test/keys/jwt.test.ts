import { chmod, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import { createMinter, generatePrivateJwk, jwksText, signingKey } from '../../src/keys/jwt.js'
import { loadKey } from '../../src/keys/key-file.js'
import { silentLogger } from '../../src/log.js'

describe('tokens', () => {
  const sessionJson = '{"id":"s","big":9007199254740993,"b":1,"a":1.0,"identity":{"id":"ada"}}'

  test('carry the session byte for byte and verify against the set', async () => {
    const key = await signingKey(await generatePrivateJwk())
    const minter = createMinter(async () => key, 'https://ory.example', Date.now)
    const [scheme, token] = (await minter.bearer({ sub: 'ada', sessionJson })).split(' ') as [string, string]
    expect(scheme).toBe('Bearer')
    const payload = Buffer.from(token.split('.')[1]!, 'base64url').toString()
    expect(payload).toContain(`"session":${sessionJson},`)
    const { payload: claims } = await jwtVerify(
      token,
      createLocalJWKSet(JSON.parse(jwksText(key)) as JSONWebKeySet),
    )
    expect(claims).toMatchObject({ iss: 'https://ory.example', sub: 'ada' })
  })

  test('are reused until half of their life is gone, and differ from then on', async () => {
    const key = await signingKey(await generatePrivateJwk())
    let now = 1_700_000_000_000
    const minter = createMinter(
      async () => key,
      'https://ory.example',
      () => now,
    )
    const bearer = async (): Promise<string> => minter.bearer({ sub: 'ada', sessionJson })
    const first = await bearer()
    now += 29_999
    expect(await bearer()).toBe(first)
    now += 1
    const second = await bearer()
    expect(second).not.toBe(first)
    expect(decodeJwt(second).jti).not.toBe(decodeJwt(first).jti)
    now -= 3_600_000
    expect(decodeJwt(await bearer()).iat).toBe(Math.floor(now / 1000))
    expect(minter.signatures).toBe(3)
  })

  test('are signed once for parallel requests', async () => {
    const key = await signingKey(await generatePrivateJwk())
    const minter = createMinter(async () => key, 'https://ory.example', Date.now)
    const tokens = await Promise.all(
      Array.from({ length: 100 }, () => minter.bearer({ sub: 'ada', sessionJson })),
    )
    expect(new Set(tokens).size).toBe(1)
    expect(minter.signatures).toBe(1)
  })
})

describe('the key', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ory-proxy-key-'))
    await writeFile(join(folder, 'package.json'), '{}')
  })

  test('is made once per project, readable by its owner alone', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => loadKey(undefined, silentLogger, folder)))
    expect(new Set(keys.map(key => key.kid)).size).toBe(1)
    const file = join(folder, 'node_modules/.cache/ory-proxy/jwt-key.json')
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600)
    const below = join(folder, 'packages')
    expect((await loadKey(undefined, silentLogger, below)).kid).toBe(keys[0]!.kid)
  })

  test('is refused when others can read it', async () => {
    const file = join(folder, 'key.json')
    await loadKey(file, silentLogger, folder)
    await chmod(file, 0o644)
    await expect(loadKey(file, silentLogger, folder)).rejects.toMatchObject({ code: 'ORY_PROXY_KEY_FILE' })
  })

  test.for(['', '{"d":"secret-value', '{"kty":"oct","k":"secret-value"}', 'null'])(
    '%j is no key, and is not quoted',
    async text => {
      const file = join(folder, 'key.json')
      await writeFile(file, text, { mode: 0o600 })
      const error: unknown = await loadKey(file, silentLogger, folder).catch(e => e)
      expect(error).toMatchObject({ code: 'ORY_PROXY_KEY_FILE' })
      expect(error).not.toHaveProperty('cause')
      expect(String(error)).not.toContain('secret-value')
      expect(await readFile(file, 'utf8')).toBe(text)
    },
  )

  test('lives in memory where nothing can be written', async () => {
    const warnings: string[] = []
    const logger = { ...silentLogger, warn: (message: string) => warnings.push(message) }
    const key = await loadKey(join(folder, 'package.json/key.json'), logger, folder)
    expect(key.kid).toBeTruthy()
    expect(warnings).toEqual([expect.stringContaining('Cannot keep the signing key')])
  })
})
