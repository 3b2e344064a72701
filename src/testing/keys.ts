import type { TestOry } from './types.js'

/** What we have written ourselves, for an Ory of another file of tests in the same process. */
const OURS = 'ORY_PROXY_TEST_JWKS_URL'

/** Where the backend under test finds the keys. What is said already stays: a run may mean other ones, and then knows. */
export function sayWhereKeysAre({ jwksUrl }: Pick<TestOry, 'jwksUrl'>): void {
  const { ORY_JWKS_URL: given, [OURS]: ours } = process.env
  if (given && given !== ours) {
    process.stderr.write(
      `ory-proxy: ORY_JWKS_URL is ${given}, where the keys of these tests are not. Unset it, or hand \`ory.jwksUrl\` to the backend.\n`,
    )
    return
  }
  process.env['ORY_JWKS_URL'] = process.env[OURS] = jwksUrl
}
