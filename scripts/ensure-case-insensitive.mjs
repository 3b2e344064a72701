// A file system that takes upper and lower case for the same, as those of Windows and macOS do, where Linux lets us have
// one: NTFS in a file, with the modes that macOS has, by lowntfs-3g. ext4's casefold and vfat want kernels that many containers do not have.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aptInstall } from './apt.mjs'

const isThere = () => ['mkntfs', 'lowntfs-3g'].every(name => spawnSync('which', [name]).status === 0)

/** A folder on one, and how to give it back; undefined where the system is not Linux or mounts nothing for us. */
export function mountCaseInsensitive() {
  if (process.platform !== 'linux' || process.getuid() !== 0 || !existsSync('/dev/fuse')) return undefined
  if (!isThere()) aptInstall('ntfs-3g')
  if (!isThere()) return undefined
  const home = mkdtempSync(join(tmpdir(), 'ory-proxy-ntfs-'))
  const [image, folder] = [join(home, 'image'), join(home, 'mounted')]
  mkdirSync(folder)
  writeFileSync(image, '')
  truncateSync(image, 64 * 1024 * 1024)
  execFileSync('mkntfs', ['-q', '-F', image], { stdio: 'ignore' })
  if (
    spawnSync('lowntfs-3g', ['-o', 'ignore_case,permissions', image, folder], { stdio: 'ignore' }).status !==
    0
  )
    return undefined
  const release = () => {
    spawnSync('umount', [folder])
    rmSync(home, { recursive: true, force: true })
  }
  return { folder, release }
}
