// Debian's Ruby on Rails, for `npm run test:ecosystem`: found, or installed with apt-get where that can be done.
import { existsSync } from 'node:fs'
import { aptInstall } from './apt.mjs'

const RAILS = '/usr/bin/rails'

/** Throws where it is missing and cannot be had. */
export function ensureRails() {
  if (existsSync(RAILS)) return
  aptInstall('ruby-rails', 'ruby-jwt', 'puma')
  if (existsSync(RAILS)) return
  throw new Error('No Rails, and it could not be installed. Debian: apt-get install ruby-rails ruby-jwt puma')
}
