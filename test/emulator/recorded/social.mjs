import { actionPath, csrf } from '../../conformance/lib.mjs';
import { flowId, html, PW, PW2, registerApi, registerSpa, totp } from '../../conformance/scenarios.mjs';
import { hint, hintForm, visitProvider } from '../../conformance/social.mjs';
import { ALLOWED, app, codeIn, FOREIGN, fetched, form, native, open, page, script, signIn, wait } from './steps.mjs';
const MOCK = { method: 'oidc', provider: 'mock' };
const secretOf = f => f.ui.nodes.find(n => n.attributes.id === 'totp_secret_key')?.attributes.text.text;
const target = r => r.data?.redirect_browser_to ?? r.location;
/** There and back again, as a browser does it. */
async function back(s, r, label = 'come back', accept = html) { return s.step(label, (await visitProvider(target(r))).href, { accept }); }
async function go(s, f, email, label = 'to the provider', more = {}) { return script(s, label, f, { ...MOCK, ...hint(email), ...more }); }
async function goForm(s, f, email, label = 'to the provider by form', more = {}) { return form(s, label, f, { ...MOCK, ...hintForm(email), ...more }); }
const answer = (r, fields) => { const u = new URL(target(r)); const cb = new URL(u.searchParams.get('redirect_uri')); cb.search = new URLSearchParams({ state: u.searchParams.get('state'), ...fields }); return cb.href; };
const come = (s, label, href, accept = html, more = {}) => s.step(label, href, { accept, ...more });
const newcomer = async (s, email) => { await back(s, await go(s, await open(s, 'registration'), email)); };
export const scenarios = {
  async 'social-first-and-second'(s) {
    const email = s.email();
    const f = await page(s, 'registration', '?return_to=' + ALLOWED);
    await back(s, await goForm(s, f, email));
    await s.step('whoami', '/sessions/whoami');
    await fetched(s, 'registration', f.id);
    await s.step('settings', '/self-service/settings/browser');
    await s.step('sessions', '/sessions');
    s.jar.clear();
    const g = await page(s, 'registration');
    await back(s, await goForm(s, g, email), 'sign up again');
    await s.step('whoami', '/sessions/whoami');
    s.jar.clear();
    const l = await page(s, 'login', '?return_to=' + ALLOWED);
    await back(s, await goForm(s, l, email), 'sign in');
    await s.step('login', '/self-service/login/browser');
    const r = await open(s, 'login', '?refresh=true&return_to=' + ALLOWED);
    await back(s, await go(s, r, email), 'refresh');
    await s.step('whoami', '/sessions/whoami');
    const o = await open(s, 'login', '?refresh=true');
    await back(s, await go(s, o, s.email('other')), 'refresh as somebody new');
    await s.step('whoami', '/sessions/whoami');
  },
  async 'social-login-json-back'(s) {
    const email = s.email();
    const l = await open(s, 'login', '?return_to=' + ALLOWED);
    await back(s, await go(s, l, email), 'come back as a script', 'application/json');
    await s.step('whoami', '/sessions/whoami');
    s.jar.clear();
    const k = await open(s, 'login');
    await back(s, await go(s, k, email), 'come back as a script again', 'application/json');
  },
  async 'social-refusals'(s) {
    for (const kind of ['login', 'registration']) {
      s.jar.clear();
      const f = await open(s, kind);
      await script(s, 'unknown provider', f, { method: 'oidc', provider: 'nope' });
      await script(s, 'no provider', f, { method: 'oidc' });
      await script(s, 'empty provider', f, { method: 'oidc', provider: '' });
      await script(s, 'provider without a method', f, { provider: 'mock' });
      await script(s, 'another method', f, { method: 'password', provider: 'mock' });
      await script(s, 'unknown parameter', f, { ...MOCK, upstream_parameters: { foo: 'bar' } });
      await s.step('no csrf', actionPath(f), { method: 'POST', json: MOCK });
      await s.step('no csrf, page', actionPath(f), { method: 'POST', accept: html, form: MOCK });
      await s.step('no cookies', actionPath(f), { method: 'POST', cookies: false, json: { ...MOCK, csrf_token: csrf(f) } });
      await s.step('by GET', actionPath(f) + '&method=oidc&provider=mock', { accept: html });
      if (s.steps.at(-1).response.text) s.steps.at(-1).response.text = '<text>';
      await s.step('by GET, script', actionPath(f) + '&method=oidc&provider=mock');
      const r = await script(s, 'to the provider', f, MOCK);
      await come(s, 'cancelled', answer(r, { error: 'access_denied', error_description: 'no' }));
      await fetched(s, kind, f.id);
      await come(s, 'cancelled as a script', answer(r, { error: 'access_denied', error_description: 'no' }), 'application/json');
      await come(s, 'without a description', answer(r, { error: 'server_error' }));
      await come(s, 'neither code nor error', answer(r, {}));
      await fetched(s, kind, f.id);
      await come(s, 'wrong code', answer(r, { code: 'nope' }));
      await come(s, 'wrong state', answer(r, { code: 'nope', state: 'nope' }));
      await come(s, 'wrong state as a script', answer(r, { code: 'nope', state: 'nope' }), 'application/json');
      await come(s, 'no state', answer(r, { code: 'nope' }).replace(/state=[^&]*&?/, ''));
      await come(s, 'no cookies', answer(r, { code: 'nope' }), html, { cookies: false });
      await come(s, 'no cookies as a script', answer(r, { code: 'nope' }), 'application/json', { cookies: false });
      await come(s, 'another provider', answer(r, { code: 'nope' }).replace('/mock?', '/other?'));
      await come(s, 'posted', answer(r, { code: 'nope' }), html, { method: 'POST', form: { a: 'b' } });
      s.steps.at(-1).response.location = s.steps.at(-1).response.location?.replace(/state=[^&]*/, 'state=<state>');
      if (s.steps.at(-1).response.text) s.steps.at(-1).response.text = '<text>';
    }
  },
  async 'social-bad-address'(s) {
    const f = await page(s, 'registration', '?return_to=' + ALLOWED);
    await back(s, await goForm(s, f, 'nope'));
    const g = await fetched(s, 'registration', f.id);
    const email = s.email();
    const r = await form(s, 'with an address', g, { ...MOCK, ...hintForm('nope'), 'traits.email': email, 'traits.name.first': 'Ada' });
    await back(s, r, 'come back with it');
    await s.step('whoami', '/sessions/whoami');
    s.jar.clear();
    const l = await page(s, 'login');
    const b = await back(s, await goForm(s, l, 'nope2'), 'new by login');
    if (b.location && flowId(b.location)) await fetched(s, 'registration', flowId(b.location), 'the registration');
    const n = await open(s, 'registration');
    await back(s, await go(s, n, 'x y'), 'as a script', 'application/json');
    await back(s, await go(s, n, s.email('typed'), 'with traits', { traits: { email: s.email('wins'), name: { first: 'Ada', last: '' } } }), 'typed traits');
    await s.step('whoami', '/sessions/whoami');
  },
  async 'social-linking'(s) {
    const email = s.email(), other = s.email('o');
    await newcomer(s, other); s.jar.clear();
    await registerSpa(s, email);
    const f = await page(s, 'settings', '?return_to=' + ALLOWED);
    await form(s, 'link unknown', f, { method: 'oidc', link: 'nope' });
    await fetched(s, 'settings', f.id);
    await form(s, 'unlink what is not', f, { method: 'oidc', unlink: 'mock' });
    await fetched(s, 'settings', f.id);
    await form(s, 'both', f, { method: 'oidc', link: 'mock', unlink: 'mock' });
    await form(s, 'neither', f, { method: 'oidc' });
    await fetched(s, 'settings', f.id);
    await s.step('no csrf', actionPath(f), { method: 'POST', json: { method: 'oidc', link: 'mock' } });
    const t = await form(s, 'link one of another person', f, { link: 'mock', ...hintForm(other) });
    await back(s, t, 'come back with it');
    await fetched(s, 'settings', f.id);
    const c = await form(s, 'link and cancel', f, { link: 'mock' });
    if (c.location?.includes('authorize')) await come(s, 'cancelled', answer(c, { error: 'access_denied', error_description: 'no' }));
    await fetched(s, 'settings', f.id);
    const l = await form(s, 'link', f, { link: 'mock', ...hintForm(email) });
    await back(s, l, 'linked');
    await fetched(s, 'settings', f.id);
    await s.step('whoami', '/sessions/whoami');
    await form(s, 'link again', f, { link: 'mock' });
    await fetched(s, 'settings', f.id);
    await s.step('refresh', '/self-service/login/browser?refresh=true');
    s.jar.clear();
    await back(s, await go(s, await open(s, 'login'), email), 'sign in by it');
    const g = await open(s, 'settings');
    await script(s, 'unlink unknown', g, { method: 'oidc', unlink: 'nope' });
    await script(s, 'unlink', g, { unlink: 'mock' });
    await script(s, 'unlink again', g, { unlink: 'mock' });
    await s.step('whoami', '/sessions/whoami');
  },
  async 'social-only'(s) {
    const email = s.email(); await newcomer(s, email);
    const f = await open(s, 'settings');
    await script(s, 'unlink the last', f, { unlink: 'mock' });
    await script(s, 'set a password', f, { method: 'password', password: PW });
    await script(s, 'unlink', f, { unlink: 'mock' });
    await script(s, 'enrol', f, { method: 'totp', totp_code: totp(secretOf(f)) });
    await script(s, 'new address', f, { method: 'profile', traits: { email: s.email('n') } });
    s.jar.clear();
    await back(s, await go(s, await open(s, 'login'), email), 'the provider is new again');
    await s.step('whoami', '/sessions/whoami');
  },
  async 'social-recovery'(s) {
    const email = s.email(); await newcomer(s, email); s.jar.clear();
    await signIn(s, email);
    const f = await open(s, 'recovery');
    await script(s, 'ask', f, { method: 'code', email });
    await script(s, 'right', f, { method: 'code', code: await codeIn(s, email, 'recovery_code_valid') });
    await s.step('settings', '/self-service/settings/browser');
    const v = await open(s, 'verification');
    await script(s, 'ask to verify', v, { method: 'code', email });
  },
  async 'social-taken'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const f = await page(s, 'registration', '?return_to=' + ALLOWED);
    const b = await back(s, await goForm(s, f, email));
    const l = await fetched(s, 'login', flowId(b.location));
    await form(s, 'wrong password', l, { method: 'password', identifier: email, password: 'x' });
    await fetched(s, 'login', l.id);
    await form(s, 'by the provider', l, { ...MOCK, ...hintForm(email) });
    await form(s, 'right password', l, { method: 'password', identifier: email, password: PW });
    await s.step('whoami', '/sessions/whoami');
    await s.step('settings', '/self-service/settings/browser');
    s.jar.clear();
    await back(s, await go(s, await open(s, 'login'), email), 'sign in by it');
    await s.step('whoami', '/sessions/whoami');
  },
  async 'social-taken-by-login'(s) {
    const email = s.email(), other = s.email('b'); await registerApi(s, email); await registerApi(s, other).catch(() => 0); s.jar.clear();
    await registerApi(s, s.email('c')); s.jar.clear();
    const f = await open(s, 'login', '?return_to=' + ALLOWED);
    const b = await back(s, await go(s, f, email), 'come back as a script', 'application/json');
    const l = b.data?.ui ? b.data : await fetched(s, 'login', flowId(b.location));
    await script(s, 'as somebody else', l, { method: 'password', identifier: s.email('c'), password: PW });
    await s.step('whoami', '/sessions/whoami');
    await script(s, 'right', l, { method: 'password', identifier: email, password: PW });
    await s.step('whoami', '/sessions/whoami');
  },
  async 'social-taken-second-factor'(s) {
    const email = s.email(); await registerSpa(s, email);
    const st = await open(s, 'settings'), secret = secretOf(st);
    await script(s, 'enrol', st, { method: 'totp', totp_code: totp(secret) });
    s.jar.clear();
    const f = await open(s, 'login');
    const b = await back(s, await go(s, f, email));
    const l = await fetched(s, 'login', flowId(b.location));
    const r = await script(s, 'password', l, { method: 'password', identifier: email, password: PW });
    await s.step('whoami', '/sessions/whoami');
    const g = r.data?.ui ? r.data : await open(s, 'login', '?aal=aal2');
    await script(s, 'wrong totp', g, { method: 'totp', totp_code: '000000' });
    await script(s, 'totp', g, { method: 'totp', totp_code: totp(secret) });
    await s.step('whoami', '/sessions/whoami');
    await s.step('settings', '/self-service/settings/browser');
    s.jar.clear();
    await back(s, await go(s, await open(s, 'login'), email), 'sign in by it');
    await s.step('whoami', '/sessions/whoami');
    await s.step('aal2', '/self-service/login/browser?aal=aal2');
  },
  async 'social-taken-second-factor-html'(s) {
    const email = s.email(); await registerSpa(s, email);
    const st = await open(s, 'settings'), secret = secretOf(st);
    await script(s, 'enrol', st, { method: 'totp', totp_code: totp(secret) });
    s.jar.clear();
    const f = await page(s, 'login', '?return_to=' + ALLOWED);
    const b = await back(s, await goForm(s, f, email));
    const l = await fetched(s, 'login', flowId(b.location));
    const r = await form(s, 'password', l, { method: 'password', identifier: email, password: PW });
    const to = r.location.includes('aal2') ? (await s.step('go on', r.location, { accept: html })).location : r.location;
    if (flowId(to)) await form(s, 'totp', await fetched(s, 'login', flowId(to)), { method: 'totp', totp_code: totp(secret) });
    await s.step('whoami', '/sessions/whoami');
    s.jar.clear();
    const k = await back(s, await go(s, await open(s, 'login'), email), 'sign in by it');
    await s.step('whoami', '/sessions/whoami');
  },
  async 'social-native'(s) {
    const email = s.email();
    const plain = await native(s, 'login');
    await app(s, 'without a code', plain, { ...MOCK, ...hint(email) });
    for (const [kind, who] of [['login', email], ['login', email], ['registration', email], ['registration', s.email('r')]]) {
      const f = await native(s, kind, '?return_session_token_exchange_code=true&return_to=' + ALLOWED);
      const r = await app(s, 'to the provider', f, { ...MOCK, ...hint(who) });
      const b = await come(s, 'come back', (await visitProvider(target(r))).href, html, { cookies: false });
      hideCode(s);
      const code = b.location && new URL(b.location).searchParams.get('code');
      for (const q of [`?init_code=${f.session_token_exchange_code}&return_to_code=${code}`, `?init_code=${f.session_token_exchange_code}&return_to_code=${code}`, `?init_code=${f.session_token_exchange_code}&return_to_code=x`]) { await s.step('exchange', '/sessions/token-exchange' + q); s.steps.at(-1).request.path = '<exchange>'; }
    }
    const f = await native(s, 'login', '?return_session_token_exchange_code=true&return_to=' + ALLOWED);
    const r = await app(s, 'to the provider', f, { ...MOCK });
    await come(s, 'cancelled', answer(r, { error: 'access_denied', error_description: 'no' }), html, { cookies: false });
    hideCode(s);
    await fetched(s, 'login', f.id);
    const g = await native(s, 'registration', '?return_session_token_exchange_code=true&return_to=' + ALLOWED);
    const t = await app(s, 'to the provider', g, { ...MOCK });
    await come(s, 'cancelled', answer(t, { error: 'access_denied', error_description: 'no' }), html, { cookies: false });
    hideCode(s);
    const w = await native(s, 'login', '?return_session_token_exchange_code=true');
    const u = await app(s, 'to the provider', w, { ...MOCK, ...hint(email) });
    await come(s, 'come back to no app', (await visitProvider(target(u))).href, html, { cookies: false });
    hideCode(s);
  },
  async 'social-signed-in'(s) {
    const email = s.email();
    const f = await open(s, 'login'), g = await open(s, 'registration');
    const r = await go(s, f, email), t = await go(s, g, email);
    await back(s, t);
    await back(s, r, 'the other tab');
    await go(s, f, email, 'again while signed in');
    await goForm(s, g, email, 'again while signed in');
    await s.step('whoami', '/sessions/whoami');
  },
  async 'social-return-to'(s) {
    const email = s.email();
    for (const q of ['?return_to=' + FOREIGN, '?return_to=' + ALLOWED + '&refresh=true']) await s.step('open ' + q, '/self-service/login/browser' + q, { accept: html });
    const f = await page(s, 'registration', '?return_to=' + ALLOWED + '&after_verification_return_to=' + ALLOWED);
    await back(s, await goForm(s, f, email));
    s.jar.clear();
    const l = await page(s, 'login', '?return_to=' + ALLOWED);
    await back(s, await goForm(s, l, s.email('new')), 'new by login');
    await s.step('whoami', '/sessions/whoami');
  },
};
const hideCode = s => { const { response } = s.steps.at(-1); for (const k of ['location', 'text']) if (response[k]) response[k] = response[k].replace(/code=[A-Za-z0-9]+/g, 'code=<code>'); };
/** What a second factor that is asked for everywhere changes. */
export const second = Object.fromEntries(Object.entries(scenarios).filter(([name]) => name.includes('second-factor')));
