import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readEnvFiles } from '../../src/options/env-files.js'
import { resolveOptions } from '../../src/options/resolve.js'
import { project } from '../_ecosystem.js'
import { undo } from '../_undo.js'

async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const made = await project(files)
  undo.push(made.remove)
  return made.root
}

test('an Ory that is named in .env counts, behind the environment and in front of the settings file', async () => {
  const root = await folder({
    '.env': 'PORT=3000\nORY_SDK_URL=http://127.0.0.1:4433 # one for all apps\n',
    'ory-proxy.yml': 'sdkUrl: https://file.example\nproject: from-the-file\n',
  })
  const { sdkUrl, project: named, from } = resolveOptions({}, {}, { root })
  expect(sdkUrl?.href).toBe('http://127.0.0.1:4433/')
  expect(named).toBe('from-the-file')
  expect(from).toMatchObject({ sdkUrl: 'ORY_SDK_URL in .env' })
  const env = { ORY_SDK_URL: 'https://env.example' }
  expect(resolveOptions({}, env, { root }).from['sdkUrl']).toBe('ORY_SDK_URL')
  expect(resolveOptions({ sdkUrl: 'https://option.example' }, {}, { root }).sdkUrl?.host).toBe(
    'option.example',
  )
})

test('a wrong address is blamed on its file', async () => {
  const root = await folder({ '.env.local': 'ORY_SDK_URL=nonsense\n' })
  expect(() => resolveOptions({}, {}, { root })).toThrow('ORY_SDK_URL in .env.local must be an address')
})

test('later files win, in the order of Vite; what is not about Ory stays with the app', async () => {
  const root = await folder({
    '.env': 'ORY_PROJECT=a\nPORT=1\nDATABASE_URL=postgres://x',
    '.env.local': 'ORY_PROJECT=b',
    '.env.development': 'ORY_PROJECT=c',
    '.env.production': 'ORY_PROJECT=d',
  })
  expect(readEnvFiles(root, 'development')).toEqual({ ORY_PROJECT: { value: 'c', file: '.env.development' } })
  expect(readEnvFiles(root, 'production')['ORY_PROJECT']?.value).toBe('d')
  expect(readEnvFiles(root, 'staging')['ORY_PROJECT']?.value).toBe('b')
})

test.for([
  ['line ends of Windows', 'ORY_PROJECT=happy-ant\r\nORY_ACCESS_TOKEN=t\r\n'],
  ['a byte order mark', '\uFEFFORY_PROJECT=happy-ant\nORY_ACCESS_TOKEN=t'],
  ['quotes and export', 'export ORY_PROJECT="happy-ant"\nORY_ACCESS_TOKEN=\'t\''],
])('with %s it is read as it is meant', async ([, text]) => {
  const read = readEnvFiles(await folder({ '.env': text! }), 'development')
  expect([read['ORY_PROJECT']?.value, read['ORY_ACCESS_TOKEN']?.value]).toEqual(['happy-ant', 't'])
})

test("a folder of that name, as Python's virtual environments have it, is no file of ours", async () => {
  const root = await folder({})
  await mkdir(join(root, '.env'))
  await writeFile(join(root, '.env', 'pyvenv.cfg'), '')
  expect(readEnvFiles(root)).toEqual({})
})
