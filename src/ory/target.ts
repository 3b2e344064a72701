/** Which Ory, and what it is asked. */
import type { ResolvedOptions } from '../options/resolve.js'
import type { OryTarget } from './types.js'

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
