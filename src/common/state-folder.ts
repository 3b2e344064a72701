import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** Where a user's own programs keep what they make, as the platform has it. */
export function stateFolder(): string {
  const { env, platform } = process
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'ory-proxy')
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] || join(homedir(), 'AppData', 'Local'), 'ory-proxy')
  const named = env['XDG_STATE_HOME'] // a relative one is to be ignored (XDG Base Directory Specification)
  return join(named && isAbsolute(named) ? named : join(homedir(), '.local', 'state'), 'ory-proxy')
}
