// Sessions as tokens. Keys are those of RFC 7515, appendix A, and RFC 8037, appendix A; tokenizer.jwks.json belongs to these tests alone.
import { readFileSync } from 'node:fs';
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import { registerSpa } from '../../conformance/scenarios.mjs';
import { signIn, signInNatively } from './steps.mjs';

const ES256 = { kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0', d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI', alg: 'ES256', kid: 'es256' };
const ED = { kty: 'OKP', crv: 'Ed25519', d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', alg: 'EdDSA', kid: 'ed' };
const HS256 = { kty: 'oct', k: 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow', alg: 'HS256', kid: 'hs256' };
const [RSA, ES512] = JSON.parse(readFileSync(new URL('tokenizer.jwks.json', import.meta.url))).keys;
const { d: _, ...PUBLIC } = ES256, { alg: __, ...NO_ALG } = ES256, { kid: ___, ...NO_KID } = ES256;

const base64 = text => 'base64://' + Buffer.from(text).toString('base64');
const set = (...keys) => base64(JSON.stringify({ keys }));
const mapped = (program, more) => ({ jwks_url: set(ES256), claims_mapper_url: base64(program), ...more });
export const templates = {
  plain: { jwks_url: set(ES256) }, 'from-file': { jwks_url: 'file://./tokenizer.jwks.json', ttl: '1h30m' },
  es512: { jwks_url: set(ES512) }, ed: { jwks_url: set(ED) }, hs256: { jwks_url: set(HS256) }, ps256: { jwks_url: set({ ...RSA, alg: 'PS256' }) },
  two: { jwks_url: set(ED, ES256) }, bare: { jwks_url: base64(JSON.stringify(ES256)) }, 'no-kid': { jwks_url: set(NO_KID) }, 'no-alg': { jwks_url: set(NO_ALG) },
  'odd-alg': { jwks_url: set({ ...ES256, alg: 'ES384' }) }, 'wrong-alg': { jwks_url: set({ ...ES256, alg: 'RS256' }) }, 'nonsense-alg': { jwks_url: set({ ...ES256, alg: 'nope' }) }, public: { jwks_url: set(PUBLIC) },
  none: { jwks_url: set({ ...ES256, alg: 'none' }) }, empty: { jwks_url: set() }, 'no-json': { jwks_url: base64('nope') }, 'no-set': { jwks_url: base64('{}') }, 'not-here': { jwks_url: 'file:///nowhere/jwks.json' },
  short: { jwks_url: set(ES256), ttl: '2000ms' }, 'no-time': { jwks_url: set(ES256), ttl: '0s' },
  external: { jwks_url: set(ES256), subject_source: 'external_id' },
  shown: mapped("local s = std.extVar('session'); { claims: { of: s.identity.id, mail: s.identity.traits.email, schema: s.identity.schema_id, state: s.identity.state, aal: s.authenticator_assurance_level, fields: std.objectFields(s), identity: std.objectFields(s.identity), told: std.objectFields(std.extVar('claims')), public: std.get(s.identity, 'metadata_public'), admin: std.get(s.identity, 'metadata_admin', 'not told') } }"),
  overrides: mapped("{ claims: { iss: 'me', sub: 'me', jti: 'me', sid: 'me', aud: ['a', 'b'], exp: std.extVar('claims').iat + 10, nbf: null, deep: { a: [1, 2.5, 1e3, 'ü<&>'] } }, more: 1 }"),
  'external-mapped': mapped("{ claims: { sub: 'me', told: std.get(std.extVar('claims'), 'sub') } }", { subject_source: 'external_id' }),
  // A mapper that gives no claims is not here: Kratos v26.2.0 drops the connection.
  'empty-claims': mapped('{ claims: {} }'), throws: mapped("error 'no claims'"), 'a-function': mapped('function(ctx) { claims: {} }'),
  'mapper-not-here': { jwks_url: set(ES256), claims_mapper_url: 'file:///nowhere/claims.jsonnet' },
  'with.dot': { jwks_url: set(ES256) }, 'with-dash_9': { jwks_url: set(ES256) },
};

const KEYS = { es256: ES256, es512: ES512, ed: ED, hs256: HS256, [RSA.kid]: RSA };
/** What is in a token, as far as it is no chance; whether it is signed with the key that it names. */
async function shown(token) {
  const header = decodeProtectedHeader(token), { iat, nbf, exp, ...claims } = decodeJwt(token);
  const { d, p, q, dp, dq, qi, alg, ...key } = KEYS[header.kid] ?? ES256;
  const verified = await jwtVerify(token, await importJWK(key, header.alg), { clockTolerance: 10 }).then(() => true, error => error.code);
  const now = typeof iat === 'number' && Math.abs(Date.now() / 1000 - iat) < 10;
  return { header, claims, now, nbf: typeof nbf === 'number' ? nbf - iat : nbf, lasts: exp - iat, verified };
}
async function ask(s, query, options) {
  await s.step(`whoami ${query}`, `/sessions/whoami${query}`, options);
  const { body } = s.steps.at(-1).response;
  // The last step was written down already: its token is read from there.
  if (body?.tokenized) body.tokenized = s.norm(await shown(body.tokenized));
  if (body?.error?.message) body.error.message = body.error.message.split('\n')[0];
}
export const scenarios = {
  async 'tokenized'(s) {
    await registerSpa(s, s.email());
    for (const name of Object.keys(templates)) if (!name.startsWith('external')) await ask(s, `?tokenize_as=${name}`);
    for (const query of ['?tokenize_as=', '?tokenize_as=nope', '?tokenize_as=nope%22%0a%C3%BC', '?tokenize_as=Plain', '?tokenize_as=plain&tokenize_as=es512', '?tokenize_as=nope&tokenize_as=plain', '?tokenize_as=plain.ttl', '?tokenize_as=plain.nope', '?tokenize_as=with', '?tokenize_as=.', '?tokenize_as=__proto__', '?TOKENIZE_AS=plain']) await ask(s, query);
  },
  async 'tokenized-nobody'(s) {
    for (const query of ['?tokenize_as=plain', '?tokenize_as=nope']) await ask(s, query);
    await ask(s, '?tokenize_as=plain', { headers: { 'X-Session-Token': 'ory_st_nope' } });
  },
  async 'tokenized-native'(s) {
    const email = s.email();
    await registerSpa(s, email);
    s.jar.clear();
    const { session_token } = await signInNatively(s, email);
    await ask(s, '?tokenize_as=shown', { headers: { 'X-Session-Token': session_token } });
    await ask(s, '?tokenize_as=plain', { headers: { authorization: `Bearer ${session_token}` } });
    await ask(s, '?tokenize_as=plain', { headers: { 'X-Session-Token': session_token }, method: 'POST' });
  },
  async 'tokenized-external'(s) {
    const email = s.email();
    const { data } = await s.step('create', '/admin/identities', { admin: true, method: 'POST', json: { schema_id: 'default', external_id: `customer-${email.slice(2, 6)}`, traits: { email }, metadata_public: { plan: 'gold' }, metadata_admin: { note: 'x' }, credentials: { password: { config: { password: 'correct horse 42 battery' } } } } });
    s.steps.pop();
    await signIn(s, email, 'correct horse 42 battery');
    s.steps.splice(0);
    for (const name of ['external', 'external-mapped', 'shown', 'plain']) {
      await ask(s, `?tokenize_as=${name}`);
      const { body } = s.steps.at(-1).response, hide = value => (typeof value === 'string' ? value.replace(data.external_id, '<external>') : value);
      if (body.identity) body.identity.external_id = hide(body.identity.external_id);
      if (body.tokenized) for (const key of ['sub', 'told']) if (key in body.tokenized.claims) body.tokenized.claims[key] = hide(body.tokenized.claims[key]);
    }
    s.jar.clear();
    await registerSpa(s, s.email('b'));
    s.steps.splice(4);
    for (const name of ['external', 'external-mapped']) await ask(s, `?tokenize_as=${name}`);
  },
};
