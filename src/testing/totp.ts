import { testingError } from './failure.js'

/** What of the state is looked at. */
interface Exported {
  readonly identities?: readonly {
    readonly id: string
    readonly credentials?: { readonly totp?: { readonly config?: { readonly totp_url?: string } } }
  }[]
  readonly flows?: readonly { readonly identity_id?: string; readonly kind?: string }[]
}

/** What an authenticator app shows: that of the person, or of whoever is setting one up in a settings flow. */
export async function totpOf(state: object, id: string, name: string, now: number): Promise<string> {
  const { identities = [], flows = [] } = state as Exported
  const own = identities.find(identity => identity.id === id)?.credentials?.totp?.config?.totp_url
  const { TOTP, URI } = await import('otpauth')
  if (own) return (URI.parse(own) as InstanceType<typeof TOTP>).generate({ timestamp: now })
  const pending = flows.filter(flow => flow.kind === 'settings' && flow.identity_id === id).at(-1)
  const secret = pending && shownSecret(pending)
  if (secret) return new TOTP({ secret }).generate({ timestamp: now })
  throw testingError(`${name} has no authenticator app, and no settings page is open that offers one.`)
}

/** The key that the settings page shows as text, beside its picture. */
function shownSecret(flow: object): string | undefined {
  return /"id":"totp_secret_key".*?"secret":"([A-Z2-7]+)"/.exec(JSON.stringify(flow))?.[1]
}
