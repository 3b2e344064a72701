// Compiles src to dist: scripts without comments, types with them, and the command executable.
import { spawnSync } from 'node:child_process'
import { chmodSync, rmSync } from 'node:fs'

rmSync('dist', { recursive: true, force: true })
const passes = [
  ['--declaration', 'false', '--isolatedDeclarations', 'false', '--removeComments', 'true'],
  ['--emitDeclarationOnly'],
]
for (const pass of passes) {
  const args = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', ...pass]
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
chmodSync('dist/cli.js', 0o755)
