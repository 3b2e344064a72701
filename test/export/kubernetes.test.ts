import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { ensureNginx } from '../../scripts/ensure-nginx.mjs'
import { ensureSchemas } from '../../scripts/ensure-schemas.mjs'
import { kubernetes } from '../../src/export/kubernetes/folder.js'
import type { Gateway } from '../../src/export/settings.js'
import { newKey } from '../../src/rehearse/keys.js'

const run = promisify(execFile)
const VALIDATE = fileURLToPath(new URL('./_schemas.py', import.meta.url))

const gateway: Gateway = {
  ory: new URL('http://kratos-public.auth.svc.cluster.local'),
  app: new URL('http://web:3000'),
  publicUrl: new URL('https://app.example.com'),
  oryDomain: false,
  protect: ['/members/*', '!/members/open'],
  corsOrigins: ['https://spa.example'],
  corsHeaders: ['X-Team'],
  sessionCache: 10,
  listen: 8080,
  signerPort: 8081,
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ory-proxy-kubernetes-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))

/** The kinds that were validated; rejects with what is wrong. */
async function validated(files: Readonly<Record<string, string>>): Promise<string[]> {
  const { python, crds } = ensureSchemas()
  const names = Object.keys(files).filter(name => name.endsWith('.yaml'))
  for (const name of names) writeFileSync(join(folder, name), files[name]!)
  const args = [VALIDATE, ...names.map(name => join(folder, name)), '--', ...crds]
  return (await run(python, args)).stdout.trim().split('\n')
}

test.for<[string, Partial<Gateway>, number]>([
  ['Ory in the cluster', {}, 13],
  ['Ory Network', { ory: new URL('https://slug.projects.oryapis.com') }, 14],
  [
    'Ory on a domain of its own',
    { ory: new URL('https://auth.example.com'), oryDomain: true, corsOrigins: [] },
    13,
  ],
  ['plain http inside', { publicUrl: new URL('http://app.internal.test') }, 13],
])('every manifest is valid by the strict schemas: %s', async ([, over, kinds]) => {
  expect(await validated(kubernetes({ ...gateway, ...over }))).toHaveLength(kinds)
})

test('a misspelt field of a policy is not', async () => {
  const files = kubernetes(gateway)
  const misspelt = files['gateway.yaml']!.replace('failOpen:', 'failOpn:')
  await expect(validated({ 'gateway.yaml': misspelt })).rejects.toThrow('failOpn')
  const deployment = files['signer.yaml']!.replace('minAvailable:', 'minAvailible:')
  await expect(validated({ 'signer.yaml': deployment })).rejects.toThrow('minAvailible')
})

test("the signer's configuration is one that nginx reads", () => {
  const nginx = ensureNginx()
  const place = join(folder, 'signer')
  for (const name of ['', 'njs', 'keys', 'run', 'logs']) mkdirSync(join(place, name))
  const [config] = parseAllDocuments(
    kubernetes({ ...gateway, ory: new URL('http://127.0.0.1:4433') })['signer.yaml']!,
  )
  const { data } = config!.toJS() as { data: Record<string, string> }
  const conf = data['nginx.conf']!.replace('load_module modules/', 'load_module /usr/lib/nginx/modules/')
  writeFileSync(join(place, 'nginx.conf'), conf.replace('/dev/stderr', 'stderr'))
  for (const name of ['sign.js', 'text.js']) writeFileSync(join(place, 'njs', name), data[name]!)
  writeFileSync(join(place, 'keys/signing.pem'), newKey())
  expect(() =>
    execFileSync(nginx, ['-t', '-p', place, '-c', join(place, 'nginx.conf')], { cwd: place, stdio: 'pipe' }),
  ).not.toThrow()
})

test('no key is written, and the secret says so', () => {
  const text = Object.values(kubernetes(gateway)).join('\n')
  expect(text).toContain('REPLACE ME')
  expect(text).not.toMatch(/-----BEGIN[\s\S]*-----\n/)
})
