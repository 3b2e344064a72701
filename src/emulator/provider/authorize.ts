import { redirectTo } from './answers.js'
import { BadClaims, claimsOf, sentAbout } from './claims.js'
import type { Grants } from './grants.js'
import { renderEditor, renderPicker, renderProviderProblem } from './page.js'
import type { ProviderAnswer, ProviderRequest, ProviderSetup } from './types.js'

/** `GET /authorize` shows the picker, or signs in at once; `POST /authorize` is the choice made there. */
export function authorize(setup: ProviderSetup, codes: Grants, request: ProviderRequest): ProviderAnswer {
  const { query, form, method } = request
  const problem = clientProblem(setup, query)
  // RFC 6749 section 4.1.2.1: never redirect to an address that is not known to be the client's.
  if (problem) return renderProviderProblem(setup, problem)
  const back = (parameters: Record<string, string | undefined>): ProviderAnswer =>
    redirectTo(setup.redirectUri(), {
      ...parameters,
      state: query.get('state') ?? undefined,
    })
  const refusal = requestProblem(query)
  if (refusal) return back(refusal)
  if (method === 'POST') return decide(setup, codes, request, back)
  if (query.get('prompt') !== 'none') return renderPicker(setup, query)
  const hint = query.get('login_hint')
  if (!hint) return back({ error: 'login_required', error_description: 'prompt=none needs a login_hint' })
  return grant(setup, codes, query, back, hint, form.get('claims') ?? '')
}

type Back = (parameters: Record<string, string | undefined>) => ProviderAnswer

function decide(
  setup: ProviderSetup,
  codes: Grants,
  { query, form }: ProviderRequest,
  back: Back,
): ProviderAnswer {
  if (form.has('edit')) return edit(setup, query, form)
  switch (form.get('decision')) {
    case 'cancel':
      return back({ error: 'access_denied', error_description: 'The resource owner denied the request' })
    case 'fail':
      return back({ error: 'server_error', error_description: 'The provider is having a bad day' })
    default:
      return grant(setup, codes, query, back, form.get('email') ?? '', form.get('claims') ?? '')
  }
}

/** What would be sent, to be changed first: about the address that was typed, else about the first person there is. */
function edit(setup: ProviderSetup, query: URLSearchParams, form: URLSearchParams): ProviderAnswer {
  const address = form.get('email') || setup.people()[0]?.address || 'ada@example.com'
  try {
    return renderEditor(
      setup,
      query,
      JSON.stringify(sentAbout(setup, address, form.get('claims') ?? ''), undefined, 2),
    )
  } catch (error) {
    if (!(error instanceof BadClaims)) throw error
    return renderPicker(setup, query, { problem: error.message, address, extra: form.get('claims') ?? '' })
  }
}

function grant(
  setup: ProviderSetup,
  codes: Grants,
  query: URLSearchParams,
  back: Back,
  address: string,
  extra: string,
): ProviderAnswer {
  try {
    const { claims, beside } = claimsOf(setup, address, extra)
    const code = codes.issue(
      {
        claims,
        clientId: setup.clientId,
        redirectUri: setup.redirectUri(),
        scope: query.get('scope') ?? 'openid',
        nonce: query.get('nonce') ?? undefined,
        codeChallenge: query.get('code_challenge') ?? undefined,
      },
      setup.now(),
    )
    return back({ code, ...beside })
  } catch (error) {
    if (!(error instanceof BadClaims)) throw error
    // Without an address it is the whole of the claims that was sent.
    return address === '' && extra !== ''
      ? renderEditor(setup, query, extra, error.message)
      : renderPicker(setup, query, { problem: error.message, address, extra })
  }
}

function clientProblem(setup: ProviderSetup, query: URLSearchParams): string | undefined {
  if (query.get('client_id') !== setup.clientId) return 'The client is not known here.'
  // A proxy in front of us re-points the address, as it does with every URL of ours: its path is what is
  // left to compare. People are sent to the registered address in any case.
  const { pathname } = new URL(setup.redirectUri())
  const asked = query.get('redirect_uri') ?? ''
  return URL.canParse(asked) && new URL(asked).pathname.endsWith(pathname)
    ? undefined
    : 'The redirect address is not the client’s.'
}

function requestProblem(query: URLSearchParams): Record<string, string> | undefined {
  if (query.get('response_type') !== 'code')
    return { error: 'unsupported_response_type', error_description: 'Only "code" is supported' }
  if (!(query.get('scope') ?? '').split(' ').includes('openid'))
    return { error: 'invalid_scope', error_description: 'The scope "openid" is missing' }
  if (query.has('code_challenge') && query.get('code_challenge_method') !== 'S256')
    return { error: 'invalid_request', error_description: 'Only code_challenge_method=S256 is supported' }
  return undefined
}
