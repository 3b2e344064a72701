import type { ResolvedOptions } from '../options/resolve.js'

/** The Ory we talk to, and why it is this one. */
export interface OryTarget {
  /** Its public address, without a slash at the end of the path. */
  readonly url: URL
  /** For the banner: which option, variable or default chose it. */
  readonly why: string
  /** Sent along as `Ory-Base-URL-Rewrite-Token`: lets Ory Network's edge believe our address. */
  readonly apiKey?: string | undefined
  /** Gives back what was made for this run: a temporary API key. Never rejects. */
  readonly release?: (() => Promise<void>) | undefined
}

/** What the options name: an Ory that is elsewhere, or the emulator we bring. */
export type TargetChoice = OryTarget | 'emulator'

/** Order: an address, a project, an access token, the API endpoint alone, nothing. */
export async function chooseTarget(options: ResolvedOptions): Promise<TargetChoice> {
  const { sdkUrl, project, projectApiKey: apiKey, accessToken, apiEndpoint, apiEndpointGiven, from } = options
  if (options.apiKeyExpiry !== undefined && (sdkUrl || (project ?? accessToken) === undefined)) {
    options.logger.warn('`apiKeyExpiry` has no effect: a temporary API key is for a project of Ory Network.')
  }
  const source = (name: 'sdkUrl' | 'project'): string => from[name] ?? name
  if (sdkUrl) return { url: sdkUrl, why: source('sdkUrl'), apiKey }
  if (project !== undefined || accessToken !== undefined) {
    const { projectTarget } = await import('./project.js')
    return projectTarget(options)
  }
  if (apiEndpointGiven) return { url: apiEndpoint, why: 'apiEndpoint', apiKey }
  return 'emulator'
}
