import type { Ory } from '../setup.js'

/** What the first lines are made of. */
export interface Started {
  readonly url: string
  readonly app: URL
  readonly ory: Ory
}

/** At most eight lines: which Ory and why, the address, whom to sign in as, the keys. */
export function banner({ url, app, ory }: Started): string {
  const { target, emulator } = ory
  const which = emulator ? 'embedded emulator' : target.url.origin
  const people = emulator?.people.map(({ email, password }) => `${email} / ${password}`) ?? []
  return [
    '',
    `  Open     ${url}`,
    `  App      ${app.origin}`,
    `  Ory      ${which} (${target.why}), at ${url}/.ory`,
    ...(people.length > 0 ? [`  Sign in  ${people.slice(0, 2).join('  or  ')}`] : []),
    `  Keys     ${url}/.ory/jwks.json`,
    '',
  ].join('\n')
}
