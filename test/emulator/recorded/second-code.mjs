import { actionPath, csrf } from '../../conformance/lib.mjs';
import { flowId, html, PW, PW2, registerApi, registerSpa, totp } from '../../conformance/scenarios.mjs';
import { ALLOWED, app, codeIn, FOREIGN, fetched, form, native, open, page, script, signIn, signInNatively } from './steps.mjs';
const secretOf = f => f.ui.nodes.find(n => n.attributes.id === 'totp_secret_key')?.attributes.text.text;
const CODE = 'login_code_valid';
export const scenarios = {
  async 'second-code-spa'(s) {
    const email = s.email(); await registerSpa(s, email);
    await s.step('whoami', '/sessions/whoami');
    await s.step('settings', '/self-service/settings/browser');
    s.jar.clear();
    const r = await signIn(s, email, PW, '?return_to=' + ALLOWED);
    await s.step('whoami', '/sessions/whoami');
    await s.step('settings', '/self-service/settings/browser');
    await s.step('settings page', '/self-service/settings/browser', { accept: html });
    await s.step('logout', '/self-service/logout/browser');
    const f = await open(s, 'login', '?aal=aal2&return_to=' + ALLOWED);
    await script(s, 'nothing', f, {});
    await script(s, 'empty', f, { method: 'code' });
    await script(s, 'another address', f, { method: 'code', address: s.email('b') });
    await script(s, 'as identifier', f, { method: 'code', identifier: email });
    const g = await open(s, 'login', '?aal=aal2&return_to=' + ALLOWED);
    await script(s, 'ask', g, { method: 'code', address: email });
    await script(s, 'wrong', g, { method: 'code', code: '000000' });
    await script(s, 'empty code', g, { method: 'code', code: '' });
    await script(s, 'wrong with address', g, { method: 'code', identifier: email, code: '000000' });
    await script(s, 'resend', g, { method: 'code', identifier: email, resend: 'code' });
    await fetched(s, 'login', g.id);
    await script(s, 'password', g, { method: 'password', identifier: email, password: PW });
    const h = await open(s, 'login', '?aal=aal2&return_to=' + ALLOWED);
    await script(s, 'ask', h, { address: email });
    await script(s, 'ask by name', h, { method: 'code', address: email });
    await script(s, 'right', h, { method: 'code', identifier: email, code: await codeIn(s, email, CODE) });
    await s.step('whoami', '/sessions/whoami');
    await s.step('sessions', '/sessions');
    await s.step('aal2 again', '/self-service/login/browser?aal=aal2');
    await s.step('refresh', '/self-service/login/browser?refresh=true');
    await s.step('refresh aal2', '/self-service/login/browser?refresh=true&aal=aal2');
  },
  async 'second-code-html'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const l = await page(s, 'login', '?return_to=' + ALLOWED);
    const r = await form(s, 'password', l, { method: 'password', identifier: email, password: PW });
    const o = await s.step('go on', r.location, { accept: html });
    const f = await fetched(s, 'login', flowId(o.location));
    if (!f?.ui) return;
    await form(s, 'nothing', f, {});
    await fetched(s, 'login', f.id);
    await form(s, 'ask', f, { address: email });
    await fetched(s, 'login', f.id);
    await form(s, 'wrong', f, { method: 'code', code: '000000' });
    await fetched(s, 'login', f.id);
    await form(s, 'right', f, { method: 'code', identifier: email, code: await codeIn(s, email, CODE) });
    await s.step('whoami', '/sessions/whoami');
  },
  async 'second-code-native'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const a = await signInNatively(s, email), T = { 'X-Session-Token': a.session_token };
    await s.step('whoami', '/sessions/whoami', { headers: T });
    await s.step('signed out', '/self-service/login/api?aal=aal2');
    for (const q of ['&via=email', '&via=phone', '&via=']) await s.step('via ' + q, '/self-service/login/api?aal=aal2' + q, { headers: T });
    const f = await native(s, 'login', '?aal=aal2', T);
    await app(s, 'ask', f, { method: 'code', address: email }, T);
    await app(s, 'without the session', f, { method: 'code', code: '000000' });
    await app(s, 'wrong', f, { method: 'code', code: '000000' }, T);
    await app(s, 'right', f, { method: 'code', identifier: email, code: await codeIn(s, email, CODE) }, T);
    await s.step('whoami', '/sessions/whoami', { headers: T });
    await s.step('settings', '/self-service/settings/api', { headers: T });
  },
  async 'second-code-and-totp'(s) {
    const email = s.email(); await registerSpa(s, email);
    const l = await open(s, 'login', '?aal=aal2');
    if (l?.ui) { await script(s, 'ask', l, { method: 'code', address: email }); await script(s, 'right', l, { method: 'code', identifier: email, code: await codeIn(s, email, CODE) }); }
    const st = await open(s, 'settings');
    if (!st?.ui) return;
    const secret = secretOf(st);
    await script(s, 'enrol', st, { method: 'totp', totp_code: totp(secret) });
    s.jar.clear();
    await signIn(s, email);
    const f = await open(s, 'login', '?aal=aal2');
    await script(s, 'ask', f, { method: 'code', address: email });
    await script(s, 'totp instead', f, { method: 'totp', totp_code: totp(secret) });
    await s.step('whoami', '/sessions/whoami');
    s.jar.clear();
    await signIn(s, email);
    const p = await page(s, 'login', '?aal=aal2');
    await form(s, 'wrong totp', p, { method: 'totp', totp_code: '000000' });
    await fetched(s, 'login', p.id);
    await form(s, 'ask', p, { method: 'code', address: email });
    await fetched(s, 'login', p.id);
  },
  async 'second-code-recovery'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const f = await open(s, 'recovery');
    await script(s, 'ask', f, { method: 'code', email });
    const r = await script(s, 'right', f, { method: 'code', code: await codeIn(s, email, 'recovery_code_valid') });
    await s.step('whoami', '/sessions/whoami');
    const id = flowId(r.data?.redirect_browser_to ?? r.data?.error?.redirect_browser_to ?? 'http://x');
    if (id) await fetched(s, 'settings', id);
    await open(s, 'settings');
  },
  async 'second-code-many-wrong'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear(); await signIn(s, email);
    const f = await open(s, 'login', '?aal=aal2');
    if (!f?.ui) return;
    await script(s, 'ask', f, { method: 'code', address: email });
    for (let i = 0; i < 7; i++) await script(s, 'wrong ' + i, f, { method: 'code', identifier: email, code: '00000' + i });
    await script(s, 'right too late', f, { method: 'code', identifier: email, code: await codeIn(s, email, CODE) });
  },
};
