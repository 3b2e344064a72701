import { testingError } from './failure.js'

/** What of the state is looked at. */
interface Exported {
  readonly identities?: readonly {
    readonly id: string
    readonly credentials?: { readonly totp?: { readonly config?: { readonly totp_url?: string } } }
  }[]
  readonly flows?: readonly { readonly identity_id?: string }[]
}

/** What an authenticator app shows: that of the person, or of whoever is setting one up on a settings page. */
export async function totpOf(state: object, id: string, name: string, now: number): Promise<string> {
  const { identities = [], flows = [] } = state as Exported
  const own = identities.find(identity => identity.id === id)?.credentials?.totp?.config?.totp_url
  const url = own || offered(flows.filter(flow => flow.identity_id === id).at(-1))
  if (!url) {
    throw testingError(`${name} has no authenticator app, and no settings page is open that offers one.`)
  }
  const { URI } = await import('otpauth')
  const key = URI.parse(url)
  if (!('period' in key)) throw testingError(`The authenticator app of ${name} counts, and is not by time.`)
  return key.generate({ timestamp: now })
}

/** The key that a settings page shows, which nobody has confirmed yet. */
function offered(flow: object | undefined): string | undefined {
  const url = /"totp_url":("otpauth:[^"]+")/.exec(JSON.stringify(flow ?? {}))?.[1]
  return url && (JSON.parse(url) as string)
}
