import { flowId, html } from '../../conformance/scenarios.mjs';
import { arrive } from './providers.mjs';
import { ALLOWED, fetched, form, native, open, app, page, script } from './steps.mjs';

const target = r => r.data?.redirect_browser_to ?? r.location;
/** What went wrong is on the page that the answer leads to. Where in a program it was is go-jsonnet's own way to say it. */
async function told(s, r) {
  cut(s);
  const to = r.location && new URL(r.location, s.rec.publicUrl), id = to && to.searchParams.get('id');
  if (id) await s.step('the error', `/self-service/errors?id=${id}`);
  else if (to && to.searchParams.get('flow')) await fetched(s, to.pathname.split('/').pop(), to.searchParams.get('flow'), 'the form');
  cut(s);
  return r;
}
function cut(s) {
  const { body } = s.steps.at(-1).response;
  if (body?.error?.message) body.error.message = body.error.message.split('\n')[0];
}
async function through(s, provider, claims, { kind = 'registration', more = {}, accept = html } = {}) {
  const f = await open(s, kind);
  s.steps.pop(); // some thirty buttons
  const r = await script(s, `to ${provider}`, f, { method: 'oidc', provider, ...more });
  return told(s, await s.step('come back', await arrive(target(r), claims), { accept }));
}
const me = s => s.step('whoami', '/sessions/whoami');
/** The identity with what only the admin API shows. */
async function everything(s) {
  const id = (await me(s)).data?.identity?.id;
  if (id) await s.step('the identity', `/admin/identities/${id}`, { admin: true });
}
const person = (s, more = {}) => ({ sub: s.name, email: s.email(), email_verified: true, given_name: 'Ada', family_name: 'Lovelace', name: 'Ada Lovelace', ...more });
const TENANT = '9188040d-6c67-4c5b-b112-36a304b66dad';

/** Claims as the five providers send them. */
export const sent = {
  google: s => person(s, { azp: 'lab', picture: 'https://lh3.googleusercontent.com/a/ada', hd: 'example.org', locale: 'en' }),
  microsoft: s => ({ ...person(s), email_verified: undefined, preferred_username: s.email(), oid: '00000000-0000-0000-0000-00000000ada1', tid: TENANT, ver: '2.0' }),
  apple: s => ({ sub: `001234.${s.name}.0412`, email: s.email(), email_verified: 'true', is_private_email: 'true', nonce_supported: true, auth_time: 1700000000, user: { name: { firstName: 'Ada', lastName: 'Lovelace' }, email: 'ignored@example.org' } }),
  github: s => ({ login: 'ada', id: 583231, node_id: 'MDQ6VXNlcjE=', avatar_url: 'https://avatars.githubusercontent.com/u/1?v=4', html_url: 'https://github.com/ada', type: 'User', name: 'Ada Lovelace', company: null, blog: 'https://ada.example.org', location: 'London', email: null, updated_at: '2024-05-06T07:08:09Z', emails: [{ email: s.email('second'), primary: false, verified: true, visibility: null }, { email: s.email(), primary: true, verified: true, visibility: 'private' }] }),
  generic: s => person(s, { groups: ['admin', 'dev'], updated_at: 1700000000, phone_number: '+441234567890', phone_number_verified: true, zoneinfo: 'Europe/London' }),
};

export const scenarios = {
  ...Object.fromEntries(['google', 'microsoft', 'apple', 'github', 'generic'].map(name => [`mapper-${name}`, async s => {
    const claims = sent[name](s);
    await through(s, name, claims);
    await everything(s);
    s.jar.clear();
    await through(s, name, claims, { kind: 'login' });
    await me(s);
    s.jar.clear();
  }])),
  async 'mapper-claims'(s) {
    for (const more of [{ email_verified: false }, { email_verified: 'false' }, { email_verified: 'yes' }, { email_verified: 1 }, { email: undefined, email_verified: undefined }, { name: 5 }, { phone_number_verified: 'true' }, { updated_at: '2024-05-06' }, { updated_at: 1.5 }, { locale: { language: 'en', country: 'GB' } }, { locale: 7 }, { nickname: null, zoneinfo: '' }, { custom: { deep: [1, 2.5, null, 'ü'] } }, { email: 'Ada.UPPER@Example.ORG' }]) {
      s.jar.clear();
      const claims = person(s, { ...more }); if (!('sub' in more)) claims.sub = `s${s.steps.length}`; if (claims.email && !more.email) claims.email = `${s.steps.length}.${claims.email}`;
      await through(s, 'generic', claims);
      await everything(s);
    }
  },
  async 'mapper-github-addresses'(s) {
    for (const [i, emails] of [undefined, [], [{ email: 'a1@example.org', primary: false, verified: true }], [{ email: 'a2@example.org', primary: true, verified: false }], [{ email: 'a3@example.org', primary: false, verified: true }, { email: 'a4@example.org', primary: true, verified: true }]].entries()) {
      s.jar.clear();
      await through(s, 'github', { ...sent.github(s), id: 100 + i, emails });
      await everything(s);
    }
  },
  async 'mapper-microsoft-tenant'(s) {
    for (const tid of [undefined, 'nope', TENANT]) { s.jar.clear(); await through(s, 'microsoft', { ...sent.microsoft(s), tid, sub: `t${tid}`, email: `t${tid}@example.org` }); await me(s); }
    s.jar.clear();
    await through(s, 'by-oid', { ...sent.microsoft(s), sub: 'by-oid', email: 'oid@example.org' });
    await everything(s);
  },
  async 'mapper-sources'(s) {
    for (const id of ['by-userinfo', 'by-me', 'few-scopes']) {
      s.jar.clear();
      await through(s, id, { ...(id === 'few-scopes' ? sent.github(s) : id === 'by-me' ? sent.microsoft(s) : sent.generic(s)), ...(id === 'few-scopes' ? { id: 4711 } : { sub: id, email: `${id}@example.org` }) });
      await everything(s);
    }
  },
  async 'mapper-apple-names'(s) {
    for (const [i, user] of [undefined, 'nope', {}, { name: {} }, { name: { firstName: 'Ada' } }, { name: { firstName: '', lastName: 'L' } }].entries()) {
      s.jar.clear();
      await through(s, 'apple', { ...sent.apple(s), sub: `apple${i}`, email: `apple${i}@example.org`, user });
      await everything(s);
    }
  },
  ...Object.fromEntries(['login', 'registration'].map(kind => [`mapper-failures-${kind}`, async s => {
    for (const id of ['empty', 'throws', 'nothing', 'a-text', 'traits-list', 'traits-missing', 'public-text', 'public-null', 'admin-list', 'verified-text', 'verified-odd', 'verified-numbers', 'unknown-claim', 'not-here', 'a-function', 'imports', 'extra-traits', 'no-email', 'bad-email', 'two-kinds', 'verified-other', 'verified-upper', 'verified-sms', 'more-keys']) {
      s.jar.clear();
      await through(s, id, person(s, { sub: `${kind}-${id}`, email: `${kind}.${id}@example.org` }), { kind });
      await everything(s);
    }
  }])),
  async 'mapper-failures-script'(s) {
    for (const id of ['empty', 'throws', 'verified-text', 'public-text', 'bad-email', 'not-here']) { s.jar.clear(); await through(s, id, person(s), { accept: 'application/json' }); }
  },
  async 'mapper-failures-native'(s) {
    for (const id of ['empty', 'throws', 'verified-text', 'bad-email']) {
      for (const kind of ['login', 'registration']) {
        const f = await native(s, kind, '?return_session_token_exchange_code=true&return_to=' + ALLOWED);
        s.steps.pop();
        const r = await app(s, `to ${id}`, f, { method: 'oidc', provider: id });
        await s.step('come back', await arrive(target(r), person(s)), { accept: html, cookies: false });
        cut(s);
        const { response } = s.steps.at(-1); for (const k of ['location', 'text']) if (response[k]) response[k] = response[k].replace(/code=[A-Za-z0-9]+/g, 'code=<code>');
      }
    }
  },
  async 'mapper-typed-traits'(s) {
    const email = s.email('typed');
    await through(s, 'generic', person(s), { more: { traits: { email, name: { first: 'Typed', last: '' } } } });
    await everything(s);
    s.jar.clear();
    for (const [i, traits] of [{ email: '' }, { name: null }, { name: { first: null } }, { email: null }, { name: '' }, { name: {} }, { name: { last: 'Typed' } }].entries()) {
      s.jar.clear();
      await through(s, 'generic', person(s, { sub: `typed${i}`, email: `typed${i}@example.org` }), { more: { traits } });
      await everything(s);
    }
    s.jar.clear();
    const f = await page(s, 'registration');
    s.steps.splice(-2);
    const b = await told(s, await s.step('come back', await arrive(target(await form(s, 'by form', f, { method: 'oidc', provider: 'bad-email' })), person(s, { sub: 'mended' })), { accept: html }));
    const g = await fetched(s, 'registration', flowId(b.location));
    const again = await form(s, 'with an address', g, { method: 'oidc', provider: 'bad-email', 'traits.email': s.email('mended') });
    await s.step('come back with it', await arrive(target(again), person(s, { sub: 'mended' })), { accept: html });
    await everything(s);
  },
  async 'mapper-runs-once'(s) {
    const claims = person(s);
    await through(s, 'generic', claims);
    s.jar.clear();
    await through(s, 'generic', { ...claims, given_name: 'Other', email: s.email('new') }, { kind: 'login' });
    await everything(s);
    s.jar.clear();
    await through(s, 'generic', { ...claims, given_name: 'Other', email: s.email('new') });
    await everything(s);
  },
};
