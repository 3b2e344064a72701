import { actionPath, csrf } from '../../conformance/lib.mjs';
import { flowId, html, PW, PW2, registerApi, registerSpa, totp } from '../../conformance/scenarios.mjs';
import { ALLOWED, app, codeIn, FOREIGN, fetched, form, goTo, NOBODY, native, open, page, script, signIn, signInNatively } from './steps.mjs';
const VERBS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
export const scenarios = {
  async 'corners-admin-paths'(s) {
    for (const path of ['/', '/admin', '/admin/', '/nope', '/admin/nope', '/admin/identities/', '/admin/identities/x/y', '/admin/identities/by', '/admin/identities/by/external', '/admin/identities/by/external/', `/admin/identities/${NOBODY}/sessions/`, `/admin/identities/${NOBODY}/credentials`, '/admin/sessions/', '/admin/recovery', '/admin/recovery/', '/admin/courier', '/admin/courier/messages/', '/health', '/admin/health', '/health/alive', '/health/ready', '/admin/health/alive', '/version', '/admin/version', '/schemas', '/admin/schemas', '/schemas/default', '/self-service/login/api', '/self-service/errors', '/sessions/whoami', '/admin/sessions/whoami', '/admin//identities', '/ADMIN/identities', '/admin/Identities'])
      for (const method of ['GET', 'HEAD', 'OPTIONS']) { await s.step(`${method} ${path}`, path, { method, admin: true }); const { body } = s.steps.at(-1).response; if (Array.isArray(body) || path.includes('metrics')) { s.steps.at(-1).response.body = '<list>'; delete s.steps.at(-1).response.text; } }
  },
  async 'corners-admin-verbs'(s) {
    for (const path of ['/admin/identities', `/admin/identities/${NOBODY}`, `/admin/identities/${NOBODY}/sessions`, `/admin/identities/${NOBODY}/credentials/password`, '/admin/sessions', `/admin/sessions/${NOBODY}`, `/admin/sessions/${NOBODY}/extend`, '/admin/recovery/code', '/admin/recovery/link', '/admin/courier/messages', `/admin/courier/messages/${NOBODY}`, '/health/alive', '/version', '/identities', `/identities/${NOBODY}`, '/recovery/code'])
      for (const method of VERBS) { if (method === 'GET' || method === 'HEAD' || (method === 'DELETE' && path === '/admin/identities')) continue; await s.step(`${method} ${path}`, path, { method, admin: true }); }
  },
  async 'corners-public-paths'(s) {
    for (const path of ['/health/alive/', '/health/ready/', '/version/', '/schemas/?page_size=1', '/schemas?page_token=x', '/schemas?per_page=0', '/schemas?per_page=-1', '/schemas?page=5', '/schemas?page=x', '/schemas?page_size=x', '/schemas/%64efault', '/schemas/a/b', '/self-service', '/self-service/login/flows/', '/self-service/logout/', '/self-service/logout/browser/', '/self-service/settings/browser/', '/sessions/whoami/', '/sessions/token-exchange/', '/self-service/login//browser', '/self-service/./login/api', '/SELF-SERVICE/login/api', '/self-service/login/api', '/self-service/login/api#x', '/self-service/login%2Fapi', '/self-service/methods', '/self-service/methods/oidc', '/self-service/methods/oidc/callback', '/self-service/methods/oidc/callback/nope', '/.well-known/jwks.json', '/.well-known/openid-configuration', '/robots.txt', '/favicon.ico', '/identities', '/admin/identities', '/recovery/code', '/courier/messages', '/admin/courier/messages', '/admin', '/admin/nope', '/admin/health/ready', '/sessions/' + NOBODY, '/self-service/login/api?refresh=true&aal=aal2', '/self-service/fed-cm/parameters', '/self-service/fed-cm/token'])
      for (const accept of ['application/json', html]) await s.step(`${accept === html ? 'page' : 'script'} ${path}`, path, { accept });
    for (const path of ['/schemas', '/schemas/default', '/health/alive', '/self-service/errors', '/self-service/logout', '/self-service/logout/browser', '/self-service/logout/api', '/sessions', '/sessions/token-exchange', '/self-service/recovery/browser', '/self-service/verification/flows', '/self-service/settings/api', '/self-service/registration/browser'])
      for (const method of VERBS) await s.step(`${method} ${path}`, path, { method });
  },
  async 'corners-init'(s) {
    for (const kind of ['login', 'registration']) for (const q of ['?login_challenge=abc', '?login_challenge=', '?organization=' + NOBODY, '?organization=', '?organization=x', '?identity_schema=default', '?identity_schema=nope', '?identity_schema=', '?via=email', '?foo=bar', '?return_to=' + ALLOWED + '&foo=%zz', '?aal=', '?refresh=', '?organization=' + NOBODY + '&return_to=' + ALLOWED, '?login_challenge=abc&return_to=' + FOREIGN]) {
      await s.step(`${kind} script ${q}`, `/self-service/${kind}/browser${q}`);
      await s.step(`${kind} page ${q}`, `/self-service/${kind}/browser${q}`, { accept: html });
      await s.step(`${kind} native ${q}`, `/self-service/${kind}/api${q}`, { cookies: false });
    }
    for (const kind of ['recovery', 'verification', 'settings']) for (const q of ['?login_challenge=abc', '?organization=' + NOBODY, '?identity_schema=nope', '?foo=%zz', '?aal=aal2']) {
      await s.step(`${kind} script ${q}`, `/self-service/${kind}/browser${q}`);
      await s.step(`${kind} page ${q}`, `/self-service/${kind}/browser${q}`, { accept: html });
      await s.step(`${kind} native ${q}`, `/self-service/${kind}/api${q}`, { cookies: false });
    }
    const f = await open(s, 'login', '?organization=' + NOBODY);
    if (f?.ui?.nodes) await script(s, 'submit with an organization', f, { method: 'password', identifier: 'a@example.org', password: PW });
    const r = await open(s, 'registration', '?organization=' + NOBODY);
    if (!r?.ui?.nodes) return;
    await script(s, 'sign up with an organization', r, { method: 'password', password: PW, traits: { email: s.email('org') } });
  },
  async 'corners-sessions'(s) {
    const email = s.email(); const a = await registerApi(s, email); s.jar.clear();
    const A = { 'X-Session-Token': a.session_token };
    for (let i = 0; i < 3; i++) await signInNatively(s, email);
    for (const q of ['', '?page_size=1', '?page_size=2&page_token=eyJvZmZzZXQiOiIxIiwidiI6Mn0', '?per_page=2', '?per_page=2&page=1', '?per_page=2&page=2', '?page=9', '?page_size=0', '?page_size=-3', '?page_token=x', '?active=true', '?expand=identity']) { await s.step('list ' + q, '/sessions' + q, { headers: A, cookies: false }); }
    await signIn(s, email);
    await s.step('list by cookie', '/sessions');
    await s.step('list by cookie, page', '/sessions', { accept: html });
    const list = (await s.step('list', '/sessions', { headers: A, cookies: false })).data ?? [];
    const me = (await s.step('whoami', '/sessions/whoami')).data;
    await s.step('revoke my own by cookie', '/sessions/' + me.id, { method: 'DELETE' });
    await s.step('revoke one', '/sessions/' + list[1]?.id, { method: 'DELETE' });
    await s.step('revoke others', '/sessions', { method: 'DELETE' });
    await s.step('token is out', '/sessions/whoami', { headers: A, cookies: false });
    await s.step('cookie is in', '/sessions/whoami');
    await s.step('logout by token with a cookie', '/self-service/logout/api', { method: 'DELETE', json: { session_token: a.session_token } });
    await s.step('admin extend', `/admin/sessions/${me.id}/extend`, { method: 'PATCH', admin: true });
    await s.step('whoami after the extension', '/sessions/whoami');
    await s.step('admin disable', '/admin/sessions/' + me.id, { method: 'DELETE', admin: true });
    await s.step('cookie is out', '/sessions/whoami');
    await s.step('settings', '/self-service/settings/browser');
    await s.step('settings page', '/self-service/settings/browser', { accept: html });
    await s.step('logout', '/self-service/logout/browser');
    await s.step('login', '/self-service/login/browser');
    const del = await registerApi({ ...s, __proto__: Object.getPrototypeOf(s), jar: new Map() }, s.email('gone')).catch(() => undefined);
    if (del) { await s.step('delete the identity', '/admin/identities/' + del.identity.id, { method: 'DELETE', admin: true }); await s.step('whoami of the deleted', '/sessions/whoami', { headers: { 'X-Session-Token': del.session_token }, cookies: false }); }
  },
  async 'corners-inactive'(s) {
    const email = s.email(); const a = await registerSpa(s, email);
    const id = a.identity.id;
    const st = await open(s, 'settings'), other = await open(s, 'verification');
    await s.step('deactivate', '/admin/identities/' + id, { method: 'PATCH', admin: true, json: [{ op: 'replace', path: '/state', value: 'inactive' }] });
    await s.step('whoami', '/sessions/whoami');
    await script(s, 'settings', st, { method: 'profile', traits: { email } });
    await s.step('logout', '/self-service/logout/browser');
    s.jar.clear();
    const l = await page(s, 'login');
    await form(s, 'sign in', l, { method: 'password', identifier: email, password: PW });
    await fetched(s, 'login', l.id);
    const k = await open(s, 'login');
    await script(s, 'sign in by script', k, { method: 'password', identifier: email, password: PW });
    const r = await open(s, 'recovery');
    await script(s, 'recover', r, { method: 'code', email });
    await script(s, 'recovery code', r, { method: 'code', code: await codeIn(s, email, 'recovery_code_valid') });
    const v = await open(s, 'verification');
    await script(s, 'verify', v, { method: 'code', email });
    await script(s, 'verification code', v, { method: 'code', code: await codeIn(s, email, 'verification_code_valid') });
    await s.step('admin recovery', '/admin/recovery/code', { method: 'POST', admin: true, json: { identity_id: id } });
    await s.step('activate', '/admin/identities/' + id, { method: 'PATCH', admin: true, json: [{ op: 'replace', path: '/state', value: 'active' }] });
    await signIn(s, email);
  },
  async 'corners-deleted'(s) {
    const email = s.email(); const a = await registerSpa(s, email);
    const st = await open(s, 'settings'), f = await open(s, 'verification');
    await script(s, 'verify', f, { method: 'code', email });
    const code = await codeIn(s, email, 'verification_code_valid');
    await s.step('delete', '/admin/identities/' + a.identity.id, { method: 'DELETE', admin: true });
    await s.step('whoami', '/sessions/whoami');
    await script(s, 'settings', st, { method: 'profile', traits: { email } });
    await fetched(s, 'settings', st.id);
    await script(s, 'code', f, { method: 'code', code });
    s.jar.clear();
    await signIn(s, email);
    const r = await open(s, 'registration');
    await script(s, 'register again', r, { method: 'password', password: PW, traits: { email } });
    await s.step('whoami', '/sessions/whoami');
  },
  async 'corners-traits'(s) {
    const email = s.email();
    const r = await open(s, 'registration');
    const named = s.email('n'); // each call makes another
    for (const [label, traits] of Object.entries({ null: null, list: [], text: 'x', number: 5, 'email null': { email: null }, 'email list': { email: ['a'] }, 'email number': { email: 5 }, 'email empty': { email: '' }, 'email blank': { email: '  ' }, 'email long': { email: `${'a'.repeat(300)}@example.org` }, 'email unicode': { email: 'ünï@exämple.org' }, 'email quoted': { email: '"a b"@example.org' }, 'email two': { email: 'a@b@c.org' }, 'email no dot': { email: 'a@localhost' }, 'email ip': { email: 'a@[127.0.0.1]' }, 'name null': { email: named, name: null }, 'name text': { email: named, name: 'x' }, 'name number': { email: named, name: { first: 5 } }, 'name more': { email: named, name: { middle: 'x' } }, 'proto': { email: 'x', __proto__x: 1 } }))
      await script(s, 'profile ' + label, r, { method: 'profile', traits });
    for (const password of ['', ' ', 'short', 'password', '12345678', email, email.split('@')[0], 'a'.repeat(72), 'ü'.repeat(40), 'a'.repeat(80), 5, null, ['x'], { a: 1 }, true]) await script(s, 'password ' + JSON.stringify(password)?.slice(0, 20).replace(email.split('@')[0], '<name>'), await open(s, 'registration'), { method: 'password', password, traits: { email } }), await s.jar.delete('ory_kratos_session');
  },
};
