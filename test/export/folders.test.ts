import { expect, test } from 'vitest'
import { ENGINES } from '../../src/export/index.js'
import type { Gateway } from '../../src/export/settings.js'

const gateway: Gateway = {
  ory: new URL('https://slug.projects.oryapis.com'),
  app: new URL('http://web:3000'),
  publicUrl: new URL('https://app.example.com'),
  oryDomain: false,
  protect: ['/members/*', '!/members/open', '/teams/*/edit'],
  corsOrigins: ['https://*.spa.example'],
  corsHeaders: ['X-Team'],
  sessionCache: 7,
  listen: 8080,
  signerPort: 8081,
}

test.for(Object.keys(ENGINES))('the folder for %s explains itself, and has no key in it', engine => {
  const files = ENGINES[engine]!(gateway)
  const readme = files['README.md']!
  for (const said of ['**Key**', '**Start**', '**reload**', '7 s', 'at once', 'ory-proxy check'])
    expect([said, readme.includes(said)]).toEqual([said, true])
  expect(readme.split('\n').filter(line => /^\d+\. /.test(line)).length).toBeLessThanOrEqual(14)
  expect(readme).not.toMatch(/undefined|\[object/)
  expect(files['.gitignore']).toContain('keys/')
  const text = Object.values(files).join('\n')
  expect(text).not.toMatch(/PRIVATE KEY-----\n|"d":/)
  // Ory Network has many names behind one address, and a certificate that is looked at.
  expect(text).toContain('slug.projects.oryapis.com')
  for (const said of ['X-Team', 'members', 'spa']) expect([said, text.includes(said)]).toEqual([said, true])
})

test.for(Object.keys(ENGINES))('the folder for %s is the same for the same settings', engine => {
  expect(ENGINES[engine]!(gateway)).toEqual(ENGINES[engine]!(gateway))
})
