import { actionPath, csrf } from '../../conformance/lib.mjs';
import { flowId, html, PW, PW2, registerApi, registerSpa, totp } from '../../conformance/scenarios.mjs';
import { ALLOWED, app, codeIn, FOREIGN, fetched, form, goTo, NOBODY, native, open, page, script, signIn, signInNatively } from './steps.mjs';
const secretOf = f => f.ui.nodes.find(n => n.attributes.id === 'totp_secret_key')?.attributes.text.text;
const codesOf = f => JSON.stringify(f.ui.nodes).match(/"text":"[a-z0-9]{8}"/g)?.map(x => x.slice(8, 16)) ?? [];
const KINDS = ['login', 'registration', 'recovery', 'verification', 'settings'];
export const scenarios = {
  async 'submit-by-get'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    for (const kind of ['login', 'registration', 'recovery', 'verification']) {
      const f = await open(s, kind), n = await native(s, kind);
      for (const q of ['', '&method=password', '&method=profile', '&method=code', `&method=password&identifier=${email}&password=${PW}`, `&method=code&email=${email}`, '&method=code&code=123456', '&code=123456', '&method=link&token=abc', '&token=abc', '&method=totp&totp_code=1', '&screen=previous', `&csrf_token=${encodeURIComponent(csrf(f) ?? '')}&method=password`, `&csrf_token=${encodeURIComponent(csrf(f) ?? '')}&method=code&email=${email}`]) {
        const label = q.replace(email, '<address>').replace(/csrf_token=[^&]+/, 'csrf_token');
        await s.step(`${kind} script ${label}`, actionPath(f) + q);
        await s.step(`${kind} page ${label}`, actionPath(f) + q, { accept: html });
        await s.step(`${kind} native ${label}`, actionPath(n) + q);
        s.steps.slice(-3).forEach(step => { step.request.path = label; });
      }
      await fetched(s, kind, f.id);
    }
    await registerSpa(s, s.email('b'));
    const f = await open(s, 'settings');
    for (const q of ['', '&method=password', '&method=profile', '&method=totp', '&method=lookup_secret&lookup_secret_regenerate=true', '&lookup_secret_reveal=true', '&totp_unlink=true', '&method=password&password=' + PW2]) {
      await s.step('settings script ' + q, actionPath(f) + q);
      await s.step('settings page ' + q, actionPath(f) + q, { accept: html });
    }
    await fetched(s, 'settings', f.id);
  },
  async 'submit-by-put'(s) {
    const f = await open(s, 'login');
    for (const method of ['PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']) for (const accept of [html, 'application/json'])
      await s.step(`${method} ${accept === html ? 'page' : 'script'}`, actionPath(f), { method, accept, ...(['PUT', 'PATCH'].includes(method) && { json: { csrf_token: csrf(f), method: 'password', identifier: 'a', password: 'b' } }) });
  },
  async 'flow-of-another-kind'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    for (const kind of ['login', 'registration', 'recovery', 'verification']) {
      const f = await open(s, kind);
      for (const other of KINDS) {
        await s.step(`${kind} as ${other}`, `/self-service/${other}/flows?id=${f.id}`);
        await s.step(`${kind} submitted as ${other}`, `/self-service/${other}?flow=${f.id}`, { method: 'POST', json: { csrf_token: csrf(f), method: 'password' } });
        await s.step(`${kind} submitted as ${other}, page`, `/self-service/${other}?flow=${f.id}`, { method: 'POST', accept: html, form: { csrf_token: csrf(f), method: 'password' } });
      }
    }
  },
  async 'flow-of-another-browser'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const mine = {};
    for (const kind of ['login', 'registration', 'recovery', 'verification']) mine[kind] = await open(s, kind);
    s.jar.clear(); await open(s, 'login');
    for (const kind of ['login', 'registration', 'recovery', 'verification']) {
      await fetched(s, kind, mine[kind].id, `${kind} by another browser`);
      await s.step(`${kind} page by another browser`, `/self-service/${kind}/flows?id=${mine[kind].id}`, { accept: html });
      await s.step(`${kind} without cookies`, `/self-service/${kind}/flows?id=${mine[kind].id}`, { cookies: false });
      await s.step(`${kind} with a foreign cookie`, `/self-service/${kind}/flows?id=${mine[kind].id}`, { cookies: false, headers: { cookie: 'a=b' } });
      await s.step(`${kind} with an Origin`, `/self-service/${kind}/flows?id=${mine[kind].id}`, { cookies: false, headers: { origin: 'http://x.example' } });
      for (const [what, token] of [['its', csrf(mine[kind])], ['no', undefined], ['a made-up', 'abc']]) {
        await s.step(`${kind} submitted with ${what} token`, actionPath(mine[kind]), { method: 'POST', json: { ...(token && { csrf_token: token }), method: kind === 'login' || kind === 'registration' ? 'password' : 'code', email, identifier: email, password: PW, traits: { email: s.email('x') } } });
        await s.step(`${kind} submitted with ${what} token, page`, actionPath(mine[kind]), { method: 'POST', accept: html, form: { ...(token && { csrf_token: token }), method: kind === 'login' || kind === 'registration' ? 'password' : 'code', email, identifier: email, password: PW } });
      }
    }
  },
  async 'return-to'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const urls = { allowed: 'http://127.0.0.1:4455/deep?x=1', 'allowed with hash': 'http://127.0.0.1:4455/deep#part', 'allowed upper': 'HTTP://127.0.0.1:4455/Deep', 'allowed localhost': 'http://localhost:4000/', 'own ui': 'http://127.0.0.1:4433/ui/welcome', relative: '/somewhere', 'relative no slash': 'somewhere', 'two slashes': '//evil.example', backslashes: '\\\\evil.example', foreign: 'https://evil.example/', 'user info': 'http://127.0.0.1:4455@evil.example/', 'similar port': 'http://127.0.0.1:44550/', 'other scheme': 'https://127.0.0.1:4455/', script: 'javascript:alert(1)', broken: 'http://%zz', empty: '', 'spaces within': 'http://127.0.0.1:4455/a b\\c', 'starts with a colon': ':x', 'colon within': '1a:b/c', spaces: ' http://127.0.0.1:4455/', dots: 'http://127.0.0.1:4455/../x', subdomain: 'http://a.localhost:4000/', flow: 'http://127.0.0.1:4455/?flow=abc' };
    for (const [label, url] of Object.entries(urls)) {
      const q = '?return_to=' + encodeURIComponent(url);
      await s.step(`login ${label}`, '/self-service/login/browser' + q);
      await s.step(`login page ${label}`, '/self-service/login/browser' + q, { accept: html });
      await s.step(`registration native ${label}`, '/self-service/registration/api' + q);
      await s.step(`recovery ${label}`, '/self-service/recovery/browser' + q);
      await s.step(`verification page ${label}`, '/self-service/verification/browser' + q, { accept: html });
    }
    for (const label of ['allowed', 'allowed upper', 'allowed with hash', 'flow', 'spaces within']) {
      s.jar.clear();
      const q = '?return_to=' + encodeURIComponent(urls[label]);
      await signIn(s, email, PW, q);
      s.jar.clear();
      const f = await page(s, 'login', q);
      await form(s, 'sign in by page ' + label, f, { method: 'password', identifier: email, password: PW });
      await s.step('settings ' + label, '/self-service/settings/browser' + q);
      const g = await page(s, 'settings', q);
      await form(s, 'name by page ' + label, g, { method: 'profile', 'traits.email': email, 'traits.name.first': 'A' });
      await script(s, 'name ' + label, g, { method: 'profile', traits: { email, name: { first: 'B' } } });
      await s.step('logout ' + label, '/self-service/logout/browser' + q);
      await s.step('login again ' + label, '/self-service/login/browser' + q, { accept: html });
      await s.step('registration again ' + label, '/self-service/registration/browser' + q, { accept: html });
      await s.step('recovery again ' + label, '/self-service/recovery/browser' + q, { accept: html });
    }
    s.jar.clear();
    await s.step('twice', `/self-service/login/browser?return_to=${ALLOWED}&return_to=${FOREIGN}`);
    await s.step('twice turned', `/self-service/login/browser?return_to=${FOREIGN}&return_to=${ALLOWED}`);
    await s.step('after verification, foreign', `/self-service/registration/browser?after_verification_return_to=${FOREIGN}`);
    await s.step('after verification, foreign, page', `/self-service/registration/browser?after_verification_return_to=${FOREIGN}`, { accept: html });
    const r = await page(s, 'registration', '?return_to=' + ALLOWED);
    await form(s, 'register with return_to', r, { method: 'password', password: PW, 'traits.email': s.email('r') });
    s.jar.clear();
    const t = await open(s, 'registration', '?return_to=' + ALLOWED);
    await script(s, 'register with return_to', t, { method: 'password', password: PW, traits: { email: s.email('t') } });
  },
  async 'refresh-journey'(s) {
    const email = s.email(); await registerSpa(s, email);
    for (const q of ['?refresh=true', '?refresh=true&return_to=' + ALLOWED, '?refresh=1', '?refresh=TRUE', '?refresh=yes', '?refresh=false', '?refresh=true&aal=aal1', '?refresh=true&aal=aal2', '?aal=aal1', '?aal=AAL2', '?refresh=true&organization=' + NOBODY, '?refresh=true&identity_schema=default']) {
      await s.step('script ' + q, '/self-service/login/browser' + q);
      await s.step('page ' + q, '/self-service/login/browser' + q, { accept: html });
    }
    const f = await page(s, 'login', '?refresh=true&return_to=' + ALLOWED);
    await form(s, 'nothing', f, {});
    await fetched(s, 'login', f.id);
    await form(s, 'no password', f, { method: 'password' });
    await fetched(s, 'login', f.id);
    await form(s, 'no identifier', f, { method: 'password', password: PW });
    await fetched(s, 'login', f.id);
    await form(s, 'wrong', f, { method: 'password', identifier: email, password: 'wrong' });
    await fetched(s, 'login', f.id);
    await form(s, 'totp', f, { method: 'totp', totp_code: '123456' });
    await fetched(s, 'login', f.id);
    await form(s, 'right', f, { method: 'password', identifier: email, password: PW });
    await form(s, 'right again', f, { method: 'password', identifier: email, password: PW });
    await s.step('sessions', '/sessions');
    await s.step('whoami', '/sessions/whoami');
    const g = await open(s, 'login', '?refresh=true');
    s.jar.delete('ory_kratos_session');
    await script(s, 'right without a session', g, { method: 'password', identifier: email, password: PW });
    await s.step('whoami', '/sessions/whoami');
    const other = s.email('o'); s.jar.clear(); await registerApi(s, other); s.jar.clear(); await signIn(s, email);
    const h = await open(s, 'login', '?refresh=true');
    if (h.ui) await script(s, 'as somebody else', h, { method: 'password', identifier: other, password: PW });
    await s.step('whoami', '/sessions/whoami');
  },
  async 'two-tabs'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const a = await open(s, 'login'), b = await open(s, 'login'), r = await open(s, 'registration'), v = await open(s, 'verification'), c = await open(s, 'recovery');
    await script(s, 'first tab', a, { method: 'password', identifier: email, password: PW });
    await script(s, 'second tab', b, { method: 'password', identifier: email, password: PW });
    await form(s, 'second tab, page', b, { method: 'password', identifier: email, password: PW });
    await fetched(s, 'login', b.id, 'fetch with the old token');
    await script(s, 'registration tab', r, { method: 'password', password: PW, traits: { email: s.email('r') } });
    await form(s, 'registration tab, page', r, { method: 'password', password: PW, 'traits.email': s.email('r') });
    await script(s, 'verification tab', v, { method: 'code', email });
    await form(s, 'verification tab, page', v, { method: 'code', email });
    await script(s, 'recovery tab', c, { method: 'code', email });
    await form(s, 'recovery tab, page', c, { method: 'code', email });
    for (const [k, f] of Object.entries({ login: b, registration: r, verification: v, recovery: c })) await fetched(s, k, f.id, `fetch ${k} while signed in`);
    const st = await open(s, 'settings');
    const lo = (await s.step('logout url', '/self-service/logout/browser')).data;
    await goTo(s, 'log out', lo.logout_url, { accept: html });
    await script(s, 'settings tab', st, { method: 'profile', traits: { email } });
    await form(s, 'settings tab, page', st, { method: 'profile', 'traits.email': email });
    await fetched(s, 'settings', st.id, 'fetch settings signed out');
    await s.step('fetch settings signed out, page', '/self-service/settings/flows?id=' + st.id, { accept: html });
    await signIn(s, email);
    await fetched(s, 'settings', st.id, 'fetch settings signed in again');
    await script(s, 'settings tab again', st, { method: 'profile', traits: { email } });
  },
  async 'verification-states'(s) {
    const email = s.email(); await registerSpa(s, email);
    const f = await page(s, 'verification', '?return_to=' + ALLOWED);
    await form(s, 'ask', f, { method: 'code', email });
    await form(s, 'right', f, { method: 'code', code: await codeIn(s, email, 'verification_code_valid') });
    await fetched(s, 'verification', f.id);
    await form(s, 'ask after', f, { method: 'code', email });
    await fetched(s, 'verification', f.id);
    await form(s, 'code after', f, { method: 'code', code: '123456' });
    await fetched(s, 'verification', f.id);
    const g = await open(s, 'verification');
    await script(s, 'ask for a verified one', g, { method: 'code', email });
    await script(s, 'code of a verified one', g, { method: 'code', code: await codeIn(s, email, 'verification_code_valid') });
    await script(s, 'once more', g, { method: 'code', code: await codeIn(s, email, 'verification_code_valid') });
    const h = await open(s, 'verification');
    await script(s, 'unknown address', h, { method: 'code', email: s.email('nobody') });
    await script(s, 'code for nobody', h, { method: 'code', code: '123456' });
    await script(s, 'email and code', h, { method: 'code', email, code: '123456' });
    await script(s, 'empty email', h, { method: 'code', email: '' });
    await script(s, 'empty', h, {});
    await script(s, 'empty code', h, { method: 'code', code: '' });
    await script(s, 'letters', h, { method: 'code', code: 'abcdef' });
    await script(s, 'long', h, { method: 'code', code: '1'.repeat(300) });
    const st = await open(s, 'settings'), next = s.email('next');
    await script(s, 'new address', st, { method: 'profile', traits: { email: next } });
    await s.step('whoami', '/sessions/whoami');
    const i = await native(s, 'verification');
    await app(s, 'ask for the old one', i, { method: 'code', email });
    await app(s, 'ask for the new one', i, { method: 'code', email: next });
    const link = (await codeIn(s, next, 'verification_code_valid'));
    await s.step('by link, native', `/self-service/verification?flow=${i.id}&code=${link}`);
    await fetched(s, 'verification', i.id);
    await s.step('whoami', '/sessions/whoami');
  },
  async 'recovery-states'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const stuck = await page(s, 'recovery', '?return_to=' + ALLOWED);
    await form(s, 'empty', stuck, {});
    await fetched(s, 'recovery', stuck.id);
    await form(s, 'email only', stuck, { email });
    await fetched(s, 'recovery', stuck.id);
    const f = await page(s, 'recovery', '?return_to=' + ALLOWED);
    await form(s, 'unknown', f, { method: 'code', email: s.email('nobody') });
    await fetched(s, 'recovery', f.id);
    await form(s, 'code before', f, { method: 'code', code: '123456' });
    await fetched(s, 'recovery', f.id);
    await form(s, 'known', f, { method: 'code', email });
    await fetched(s, 'recovery', f.id);
    const code = await codeIn(s, email, 'recovery_code_valid');
    const r = await form(s, 'right', f, { method: 'code', code });
    await s.step('recovery while recovered', '/self-service/recovery/browser');
    const st = await fetched(s, 'settings', flowId(r.location), 'settings');
    await script(s, 'profile first', st, { method: 'profile', traits: { email, name: { first: 'A' } } });
    await script(s, 'same password', st, { method: 'password', password: PW });
    await script(s, 'new password', st, { method: 'password', password: PW2 });
    await fetched(s, 'settings', st.id, 'settings after');
    await s.step('whoami', '/sessions/whoami');
    s.jar.clear();
    await signIn(s, email, PW);
    await signIn(s, email, PW2);
    s.jar.clear();
    const g = await native(s, 'recovery', '?return_to=' + ALLOWED);
    await app(s, 'ask', g, { method: 'code', email });
    const t = (await app(s, 'right', g, { method: 'code', code: await codeIn(s, email, 'recovery_code_valid') })).data;
    const token = t?.continue_with?.find(c => c.ory_session_token)?.ory_session_token;
    if (token) await s.step('whoami by its token', '/sessions/whoami', { headers: { 'X-Session-Token': token } });
    await fetched(s, 'recovery', g.id);
    await app(s, 'once more', g, { method: 'code', email });
  },
  async 'backup-codes'(s) {
    const email = s.email(); await registerSpa(s, email);
    const f = await page(s, 'settings');
    const T = { method: 'lookup_secret' };
    await form(s, 'confirm before', f, { ...T, lookup_secret_confirm: 'true' });
    await fetched(s, 'settings', f.id);
    await form(s, 'reveal before', f, { ...T, lookup_secret_reveal: 'true' });
    await fetched(s, 'settings', f.id);
    await form(s, 'disable before', f, { ...T, lookup_secret_disable: 'true' });
    await fetched(s, 'settings', f.id);
    await form(s, 'nothing', f, T);
    await fetched(s, 'settings', f.id);
    await form(s, 'regenerate', f, { ...T, lookup_secret_regenerate: 'true' });
    await fetched(s, 'settings', f.id);
    await form(s, 'regenerate again', f, { ...T, lookup_secret_regenerate: 'true' });
    const codes = codesOf(await fetched(s, 'settings', f.id));
    await form(s, 'confirm', f, { ...T, lookup_secret_confirm: 'true' });
    await fetched(s, 'settings', f.id);
    await form(s, 'reveal', f, { lookup_secret_reveal: 'true' });
    await fetched(s, 'settings', f.id);
    await form(s, 'both', f, { lookup_secret_reveal: 'true', lookup_secret_regenerate: 'true' });
    await fetched(s, 'settings', f.id);
    await s.step('whoami', '/sessions/whoami');
    s.jar.clear(); await signIn(s, email);
    await s.step('whoami', '/sessions/whoami');
    const g = await page(s, 'login', '?aal=aal2');
    await form(s, 'a wrong one', g, { ...T, lookup_secret: 'zzzzzzzz' });
    await fetched(s, 'login', g.id);
    await form(s, 'an empty one', g, { ...T, lookup_secret: '' });
    await fetched(s, 'login', g.id);
    if (codes[0]) await form(s, 'a right one', g, { ...T, lookup_secret: codes[0] });
    await s.step('whoami', '/sessions/whoami');
    await page(s, 'settings');
    const h = await open(s, 'settings');
    await script(s, 'disable', h, { ...T, lookup_secret_disable: true });
    await script(s, 'reveal after', h, { ...T, lookup_secret_reveal: true });
    await s.step('whoami', '/sessions/whoami');
  },
  async 'authenticator'(s) {
    const email = s.email(); await registerSpa(s, email);
    const f = await page(s, 'settings'), secret = secretOf(f);
    await form(s, 'nothing', f, { method: 'totp' });
    await fetched(s, 'settings', f.id);
    await form(s, 'unlink before', f, { method: 'totp', totp_unlink: 'true' });
    await fetched(s, 'settings', f.id);
    await form(s, 'letters', f, { method: 'totp', totp_code: 'abcdef' });
    await fetched(s, 'settings', f.id);
    await form(s, 'right', f, { method: 'totp', totp_code: totp(secret) });
    await fetched(s, 'settings', f.id);
    await form(s, 'enrol again', f, { method: 'totp', totp_code: totp(secret) });
    await fetched(s, 'settings', f.id);
    s.jar.clear();
    await signIn(s, email, PW, '?return_to=' + ALLOWED);
    const g = await page(s, 'login', '?aal=aal2&return_to=' + ALLOWED);
    if (!g?.ui) return;
    await form(s, 'password', g, { method: 'password', identifier: email, password: PW });
    await fetched(s, 'login', g.id);
    await form(s, 'right', g, { method: 'totp', totp_code: totp(secret) });
    await s.step('refresh', '/self-service/login/browser?refresh=true');
    await s.step('refresh aal2', '/self-service/login/browser?refresh=true&aal=aal2');
    await s.step('aal2', '/self-service/login/browser?aal=aal2');
    await s.step('aal2 page', '/self-service/login/browser?aal=aal2&return_to=' + ALLOWED, { accept: html });
    s.jar.clear();
    const n = await signInNatively(s, email);
    const T = { 'X-Session-Token': n.session_token };
    await s.step('whoami', '/sessions/whoami', { headers: T, cookies: false });
    await s.step('sessions', '/sessions', { headers: T, cookies: false });
    await s.step('settings', '/self-service/settings/api', { headers: T, cookies: false });
    await s.step('revoke others', '/sessions', { method: 'DELETE', headers: T, cookies: false });
    await s.step('native aal2 with refresh', '/self-service/login/api?aal=aal2&refresh=true', { headers: T, cookies: false });
  },
  async 'tokenize'(s) {
    const email = s.email(); const r = await registerApi(s, email); s.jar.clear();
    const T = { 'X-Session-Token': r.session_token };
    for (const q of ['?tokenize_as=nope', '?tokenize_as=', '?tokenize_as=a&tokenize_as=b', '?tokenise_as=x']) await s.step('whoami ' + q, '/sessions/whoami' + q, { headers: T });
    await s.step('whoami signed out', '/sessions/whoami?tokenize_as=nope');
    for (const m of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD']) await s.step(m, '/sessions/whoami', { method: m, headers: T });
    for (const h of [{ 'X-Session-Token': '' }, { authorization: 'Bearer' }, { authorization: 'Bearer ' }, { authorization: 'Basic ' + Buffer.from('a:b').toString('base64') }, { authorization: r.session_token }, { cookie: 'ory_kratos_session=x' }, { 'X-Session-Cookie': 'x' }, { cookie: 'ory_kratos_session=x', 'X-Session-Token': r.session_token }, { authorization: 'Bearer nope', 'X-Session-Token': r.session_token }])
      await s.step('whoami with ' + Object.keys(h), '/sessions/whoami', { headers: h }), s.steps.at(-1).request.headers = 0;
  },
  async 'exchange'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const f = await native(s, 'login', '?return_session_token_exchange_code=true&return_to=' + ALLOWED);
    const code = f.session_token_exchange_code;
    await fetched(s, 'login', f.id);
    for (const q of [`?init_code=${code}`, `?init_code=${code}&return_to_code=`, `?return_to_code=${code}`, `?init_code=${code}&return_to_code=${code}`]) await s.step('exchange ' + q.replaceAll(code, '<code>'), '/sessions/token-exchange' + q), s.steps.at(-1).request.path = 0;
    await app(s, 'wrong', f, { method: 'password', identifier: email, password: 'x' });
    await app(s, 'right', f, { method: 'password', identifier: email, password: PW });
    await s.step('post', '/sessions/token-exchange', { method: 'POST', json: {} });
  },
};
