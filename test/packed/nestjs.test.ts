import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { type PackedProject, packedProject, TARBALLS } from './_packed.js'
import { expectKnown, startPair } from './_signed-in.js'

const NESTJS = fileURLToPath(new URL('../stacks/nestjs', import.meta.url))

describe('NestJS, with a guard', () => {
  let project: PackedProject
  beforeAll(async () => {
    project = await packedProject({})
    await cp(join(NESTJS, 'app'), project.folder, { recursive: true })
    for (const file of ['package-lock.json', 'package.json'])
      await cp(join(NESTJS, file), join(project.folder, file))
    await project.run('npm', 'ci', '--prefer-offline', '--no-audit', '--no-fund')
    const tarballs = Object.values(TARBALLS)
    await project.run(
      'npm',
      'install',
      '--no-save',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      ...tarballs,
    )
    await project.run('npm', 'pkg', 'set', 'type=module')
    await project.run(process.execPath, 'node_modules/typescript/bin/tsc', '-p', '.')
  }, 300_000)
  afterAll(() => project?.remove())

  test('knows who is signed in behind the command, and believes no header of a client', async () => {
    const command = join(project.folder, 'node_modules/.bin/ory-proxy')
    const front = (port: number, backend: string) =>
      [command, 'local', backend, '--no-https', '--no-open', '--port', `${port}`] as const
    await expectKnown(await startPair(project, [process.execPath, 'dist/main.js'], front, ''))
  })
})
