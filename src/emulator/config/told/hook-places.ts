/** Which hooks Kratos knows where: it does not start with one at another place. */
import { asList, asObject } from '../../schema/fields.js'
import type { TextDocument } from '../document.js'
import { get, matches } from '../paths.js'

/** Beside web hooks, which are known everywhere. A `*` is any method. */
const KNOWN: readonly [place: string, hooks: readonly string[]][] = [
  ['registration.after.*', ['session', 'show_verification_ui', 'b2b_sso', 'organization']],
  ['login.after.oidc', ['revoke_active_sessions', 'require_verified_address', 'b2b_sso', 'organization']],
  ...['login.after.*', 'login.after'].map((place): [string, string[]] => [
    place,
    [
      ...['revoke_active_sessions', 'require_verified_address', 'verification'],
      ...['show_verification_ui', 'b2b_sso', 'organization'],
    ],
  ]),
  ['settings.after.profile', ['show_verification_ui', 'b2b_sso', 'organization']],
  ['settings.after.*', ['revoke_active_sessions']],
  ['recovery.after', ['revoke_active_sessions']],
  ['*.after', ['b2b_sso', 'organization']],
  ['*.before', ['b2b_sso', 'organization']],
]

/** One line for each that Kratos would refuse. */
export function misplacedHooks(document: TextDocument): string[] {
  const flows = get(document.value, ['selfservice', 'flows'])
  const seen = new Set<string>()
  return KNOWN.flatMap(([place, hooks]) =>
    matches(flows, place.split('.')).flatMap(({ path }) => {
      const around = ['selfservice', 'flows', ...path]
      if (seen.has(around.join('.'))) return []
      seen.add(around.join('.'))
      return refused(document, [...around, 'hooks'], ['web_hook', ...hooks])
    }),
  )
}

function refused(document: TextDocument, path: string[], known: readonly string[]): string[] {
  return [...asList(get(document.value, path)).map(asObject).entries()]
    .filter(([, { hook }]) => typeof hook === 'string' && !known.includes(hook))
    .map(
      ([i, { hook }]) =>
        `${document.at([...path, i])}: Kratos would not start: at ${path.join('.')} it knows no hook "${hook}"`,
    )
}
