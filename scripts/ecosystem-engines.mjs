// Gateways that `ory-proxy export` writes for: rows of docs/compatibility.md.
import { spawnSync } from 'node:child_process'

/** Tests that run on every engine. */
export const ENGINE_TESTS = ['rehearse/contract', 'rehearse/rotation', 'rehearse/faults', 'export/kubernetes']

/** By the engine's name in the tests: how people call it, and what says its version. */
const ENGINES = [
  ['nginx', 'nginx with njs', '/usr/sbin/nginx', ['-v']],
  ['envoy', 'Envoy, Lua', 'node_modules/.cache/engines/envoy/bin/envoy', ['--version']],
  ['envoy-ext-authz', 'Envoy, ext_authz', 'node_modules/.cache/engines/envoy/bin/envoy', ['--version']],
  ['haproxy', 'HAProxy', '/usr/sbin/haproxy', ['-v']],
  ['oathkeeper', 'Oathkeeper behind nginx', 'oathkeeper', ['version']],
]

function versionOf(command, args) {
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  return /\d+\.\d+\.\d+/.exec(`${stdout}${stderr}`)?.[0] ?? '?'
}

/** The table, from the tests whose titles begin with an engine's name. */
export function engineTable(tests) {
  const tried = ENGINES.filter(([engine]) => tests.some(({ title }) => title.startsWith(engine)))
  const rows = tried.map(([engine, name, command, args]) => {
    const own = tests.filter(({ title }) => new RegExp(`(^|of )${engine}[ :]`).test(title))
    const passed = own.filter(({ status }) => status === 'passed').length
    const works = own.length > 0 && passed === own.length ? 'works' : '**does not**'
    return `| ${name} | ${versionOf(command, args)} | ${works} | ${passed} of ${own.length} |`
  })
  return `| gateway of \`ory-proxy export\` | version | result | tests passed |
|---|---|---|---|
${rows.join('\n')}`
}
