// The browsers beside Chromium that the tests drive on Linux: found, or installed with apt-get where that can be done.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const FILES = {
  firefox: '/usr/bin/firefox-esr',
  webkitDriver: '/usr/bin/WebKitWebDriver',
  xvfb: '/usr/bin/Xvfb',
}
const PACKAGES = ['firefox-esr', 'webkit2gtk-driver', 'xvfb']
const areThere = () => Object.values(FILES).every(file => existsSync(file))

/** Where they are; throws where one is missing and cannot be had. */
export function ensureDesktopBrowsers() {
  if (areThere()) return FILES
  console.error(`Installing ${PACKAGES.join(', ')} with apt-get for the browser tests …`)
  const options = ['-q', '-o', 'DPkg::Lock::Timeout=300']
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...PACKAGES]]) {
    spawnSync('apt-get', [...options, ...args], { stdio: ['ignore', 2, 2], env })
  }
  if (areThere()) return FILES
  throw new Error(
    `Firefox, WebKitGTK's driver or Xvfb is missing. Debian: apt-get install ${PACKAGES.join(' ')}`,
  )
}
