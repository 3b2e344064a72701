// Configuration files in a directory of their own, and what is said about them.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import type { KratosConfig } from '../../../src/emulator/config/model.js'
import type { ConfigSource } from '../../../src/emulator/config/open.js'
import { type ConfigFile, readConfig } from '../../../src/emulator/config/read.js'

export const base = 'http://127.0.0.1:5000'
export const SCHEMA = JSON.stringify({
  title: 'Ours',
  properties: { traits: { type: 'object', properties: { email: { type: 'string' } } } },
})

export let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ory-proxy-found-'))
})
afterAll(() => rm(directory, { recursive: true, maxRetries: 5 }))

export async function file(name: string, text: string): Promise<string> {
  const path = join(directory, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  return path
}

export async function load(
  source: ConfigSource,
): Promise<{ config: KratosConfig; said: string[]; file: ConfigFile }> {
  const said: string[] = []
  const say = (line: string) => void said.push(line)
  const read = await readConfig(source, { info: say, warn: say, error: say, debug: () => {} })
  return { config: read.at({ base }), said, file: read }
}
export const titleOf = ({ identity }: KratosConfig): unknown => identity.schemas[0]?.schema['title']
