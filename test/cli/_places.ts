import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { exportJWK, generateKeyPair } from 'jose'
import { mountCaseInsensitive } from '../../scripts/ensure-case-insensitive.mjs'

/** A folder in which projects lie as people's do, and how to give it back. */
interface OddPlace {
  readonly folder: string
  release(): void
}

const folderCalled = (name: string) => (): OddPlace => {
  const above = mkdtempSync(join(tmpdir(), 'ory-proxy-place-'))
  return {
    folder: join(above, name),
    release: () => rmSync(above, { recursive: true, force: true, maxRetries: 5 }),
  }
}

/**
 * Where projects lie. A file system without upper and lower case is Linux' own for nobody: it is mounted where that is
 * allowed; on Windows and macOS the first two places have one.
 */
export const PLACES: Readonly<Record<string, () => OddPlace | undefined>> = {
  'a path with spaces, umlauts, # and %': folderCalled('Meine Projekte #1 (100%25) für später'),
  // A backslash is a letter of names here, and parts folders on Windows.
  'a path with backslashes': folderCalled('back\\slash'),
  'a file system that takes A and a for the same': mountCaseInsensitive,
}

const CONFIG = `identity:
  default_schema_id: person
  schemas:
    - id: person
      url: file://./Person.schema.json
session:
  whoami:
    tokenizer:
      templates:
        backend:
          ttl: 5m
          jwks_url: file://./keys.json
          claims_mapper_url: file://./claims.jsonnet
`

const SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: {
    traits: {
      type: 'object',
      properties: {
        email: {
          type: 'string',
          format: 'email',
          'ory.sh/kratos': { credentials: { password: { identifier: true } } },
        },
      },
      required: ['email'],
    },
  },
}

const PEOPLE = [
  {
    schema_id: 'person',
    traits: { email: 'carol@example.com' },
    credentials: { password: { config: { password: 'ory-dev-password' } } },
  },
]

/** A project with a file of every kind that we read, all of them with the line ends of Windows. */
export async function writeProject(folder: string): Promise<void> {
  const pair = await generateKeyPair('ES256', { extractable: true })
  const key = { ...(await exportJWK(pair.privateKey)), alg: 'ES256', use: 'sig', kid: 'theirs' }
  const json = (value: unknown): string => JSON.stringify(value, null, 2)
  await writeWindowsFiles(folder, {
    'package.json': json({
      name: 'shop',
      type: 'module',
      scripts: { dev: 'vite' },
      devDependencies: { vite: '^8' },
    }),
    'vite.config.js':
      "import { defineConfig } from 'vite'\n\nexport default defineConfig({\n  plugins: [],\n})\n",
    'ory-proxy.yml': 'emulator:\n  config: conf/kratos.yml\n  seed: conf/people.json\n',
    '.env': 'PORT=1\nORY_WORKSPACE=of-nobody\n',
    'conf/kratos.yml': CONFIG,
    'conf/Person.schema.json': json(SCHEMA),
    'conf/people.json': json(PEOPLE),
    'conf/keys.json': json({ keys: [key] }),
    'conf/claims.jsonnet':
      "local session = std.extVar('session');\n{ claims: {\n  mail: session.identity.traits.email, // theirs\n} }\n",
  })
  await mkdir(join(folder, 'node_modules'))
}

async function writeWindowsFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text.replaceAll('\n', '\r\n'))
  }
}
