// The browsers beside Chromium that the tests drive on Linux: found, or installed with apt-get where that can be done.
import { existsSync } from 'node:fs'
import { aptInstall } from './apt.mjs'

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
  aptInstall(...PACKAGES)
  if (areThere()) return FILES
  throw new Error(
    `Firefox, WebKitGTK's driver or Xvfb is missing. Debian: apt-get install ${PACKAGES.join(' ')}`,
  )
}
