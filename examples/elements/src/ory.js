import { Configuration, FrontendApi } from '@ory/client-fetch'

/** Ory is on our own origin. Elements builds URLs from it, so it is absolute. */
export const sdkUrl = `${location.origin}/.ory`

export const frontend = new FrontendApi(
  new Configuration({ basePath: sdkUrl, credentials: 'include', headers: { Accept: 'application/json' } }),
)

/** What Elements wants to know about the project. */
export const config = {
  sdk: { url: sdkUrl },
  project: {
    name: 'Elements example',
    default_redirect_url: `${location.origin}/`,
    login_ui_url: `${location.origin}/auth/login`,
    registration_ui_url: `${location.origin}/auth/registration`,
    recovery_ui_url: `${location.origin}/auth/recovery`,
    verification_ui_url: `${location.origin}/auth/verification`,
    settings_ui_url: `${location.origin}/auth/settings`,
    error_ui_url: `${location.origin}/auth/error`,
    registration_enabled: true,
    recovery_enabled: true,
    verification_enabled: true,
    hide_ory_branding: true,
  },
}
