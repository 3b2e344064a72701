import type { ProviderAnswer } from './types.js'

export function jsonAnswer(
  status: number,
  value: object,
  headers: Record<string, string> = {},
): ProviderAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(value),
  }
}

/** RFC 6749 section 5.2. */
export function oauthError(
  status: number,
  error: string,
  description: string,
  headers: Record<string, string> = {},
): ProviderAnswer {
  return jsonAnswer(status, { error, error_description: description }, headers)
}

/** Back to the client, with parameters added to what its address has already. */
export function redirectTo(address: string, parameters: Record<string, string | undefined>): ProviderAnswer {
  const location = new URL(address)
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) location.searchParams.set(name, value)
  return { status: 303, headers: { location: location.href, 'cache-control': 'no-store' }, body: '' }
}
