import { actionPath, csrf } from '../../conformance/lib.mjs';
import { flowId, html, PW, PW2, registerApi, registerSpa, totp } from '../../conformance/scenarios.mjs';
import { ALLOWED, app, codeIn, fetched, form, native, open, page, script, signIn, signInNatively, wait } from './steps.mjs';
const secretOf = f => f.ui.nodes.find(n => n.attributes.id === 'totp_secret_key')?.attributes.text.text;
const OLD = 2300;
const CHANGES = email => ({
  password: { method: 'password', password: PW2 },
  'weak password': { method: 'password', password: 'x' },
  name: { method: 'profile', traits: { email, name: { first: 'Old' } } },
  address: { method: 'profile', traits: { email: 'next.' + email } },
  'bad address': { method: 'profile', traits: { email: 'x' } },
  totp: { method: 'totp', totp_code: '000000' },
  'no totp': { method: 'totp' },
  unlink: { method: 'totp', totp_unlink: true },
  regenerate: { method: 'lookup_secret', lookup_secret_regenerate: true },
  reveal: { method: 'lookup_secret', lookup_secret_reveal: true },
  confirm: { method: 'lookup_secret', lookup_secret_confirm: true },
  disable: { method: 'lookup_secret', lookup_secret_disable: true },
  nothing: {},
});
const flat = ({ traits, ...rest }) => ({ ...Object.fromEntries(Object.entries(rest).map(([k, v]) => [k, String(v)])), ...(traits && { 'traits.email': traits.email, ...(traits.name && { 'traits.name.first': traits.name.first }) }) });
/** Signs in again where a refusal leads, as a browser would. */
async function again(s, url, email) {
  const o = await s.step('follow', new URL(url).pathname + new URL(url).search, { accept: html });
  if (!flowId(o.location ?? 'http://x')) return o;
  const f = await fetched(s, 'login', flowId(o.location), 'the login');
  const r = await form(s, 'sign in afresh', f, { method: 'password', identifier: email, password: PW });
  return s.step('back where it was', new URL(r.location).pathname + new URL(r.location).search, { accept: html });
}
export const scenarios = {
  async 'old-session-script'(s) {
    const email = s.email(); await registerSpa(s, email); await wait(OLD);
    const f = await open(s, 'settings');
    for (const [label, change] of Object.entries(CHANGES(email))) await script(s, label, f, change);
  },
  async 'old-session-form'(s) {
    const email = s.email(); await registerSpa(s, email); await wait(OLD);
    const f = await page(s, 'settings');
    for (const [label, change] of Object.entries(CHANGES(email))) await form(s, label, f, flat(change));
    await fetched(s, 'settings', f.id);
  },
  async 'old-session-native'(s) {
    const email = s.email(); const r = await registerApi(s, email); s.jar.clear(); await wait(OLD);
    const T = { 'X-Session-Token': r.session_token };
    const f = await native(s, 'settings', '', T);
    for (const [label, change] of Object.entries(CHANGES(email))) await app(s, label, f, change, T);
    const l = await native(s, 'login', '?refresh=true', T);
    await app(s, 'refresh', l, { method: 'password', identifier: email, password: PW }, T);
    const g = await native(s, 'settings', '', T);
    await app(s, 'password then', g, { method: 'password', password: PW2 }, T);
  },
  async 'old-session-goes-on'(s) {
    const email = s.email(); await registerSpa(s, email); await wait(OLD);
    const f = await page(s, 'settings', '?return_to=' + ALLOWED);
    const r = await form(s, 'password', f, { method: 'password', password: PW2 });
    await again(s, r.location, email);
    await fetched(s, 'settings', f.id);
    await wait(OLD);
    const g = await page(s, 'settings');
    const t = await form(s, 'address', g, flat(CHANGES(email).address));
    if (t.location?.includes('refresh')) {
      const o = await s.step('follow', new URL(t.location).pathname + new URL(t.location).search, { accept: html });
      const l = await fetched(s, 'login', flowId(o.location), 'the login');
      const b = await form(s, 'sign in afresh', l, { method: 'password', identifier: email, password: PW2 });
      if (b.location?.includes('settings')) await s.step('back where it was', new URL(b.location).pathname + new URL(b.location).search, { accept: html });
    }
    await s.step('whoami', '/sessions/whoami');
  },
  async 'old-flows'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const flows = {}, natives = {};
    for (const kind of ['login', 'registration', 'recovery', 'verification']) { flows[kind] = await open(s, kind, '?return_to=' + ALLOWED); natives[kind] = await native(s, kind); }
    await wait(OLD);
    const what = { login: { method: 'password', identifier: email, password: PW }, registration: { method: 'password', password: PW, traits: { email: s.email('n') } }, recovery: { method: 'code', email }, verification: { method: 'code', email } };
    for (const kind of Object.keys(flows)) {
      await fetched(s, kind, flows[kind].id);
      await s.step('fetch as a page', `/self-service/${kind}/flows?id=${flows[kind].id}`, { accept: html });
      await script(s, kind + ' script', flows[kind], what[kind]);
      await script(s, kind + ' script, empty', flows[kind], {});
      const r = await form(s, kind + ' form', flows[kind], flat(what[kind]));
      if (flowId(r.location ?? 'http://x')) await fetched(s, kind, flowId(r.location), 'the new one');
      await s.step(kind + ' without csrf', actionPath(flows[kind]), { method: 'POST', json: what[kind] });
      await s.step(kind + ' by GET', actionPath(flows[kind]), { accept: html });
      await s.step(kind + ' native, fetched', `/self-service/${kind}/flows?id=${natives[kind].id}`, { cookies: false });
      await s.step(kind + ' native', actionPath(natives[kind]), { method: 'POST', cookies: false, json: what[kind] });
    }
  },
  async 'old-codes'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const f = await open(s, 'recovery'), v = await open(s, 'verification');
    await script(s, 'ask', f, { method: 'code', email });
    await script(s, 'ask', v, { method: 'code', email });
    await wait(OLD);
    await script(s, 'recover', f, { method: 'code', code: await codeIn(s, email, 'recovery_code_valid') });
    await form(s, 'recover by form', f, { method: 'code', code: await codeIn(s, email, 'recovery_code_valid') });
    await script(s, 'verify', v, { method: 'code', code: await codeIn(s, email, 'verification_code_valid') });
    await form(s, 'verify by form', v, { method: 'code', code: await codeIn(s, email, 'verification_code_valid') });
    await s.step('verify by link', `/self-service/verification?flow=${v.id}&code=123456`, { accept: html });
  },
  async 'old-second-factor'(s) {
    const email = s.email(); await registerSpa(s, email);
    const f = await open(s, 'settings'), secret = secretOf(f);
    await script(s, 'enrol', f, { method: 'totp', totp_code: totp(secret) });
    await wait(OLD);
    await s.step('settings', '/self-service/settings/browser');
    const g = await open(s, 'settings');
    await script(s, 'unlink', g, { method: 'totp', totp_unlink: true });
    await form(s, 'unlink by form', g, { method: 'totp', totp_unlink: 'true' });
    s.jar.clear(); await signIn(s, email);
    await s.step('settings at aal1', '/self-service/settings/browser');
    await s.step('settings at aal1, page', '/self-service/settings/browser?return_to=' + ALLOWED, { accept: html });
    const l = await page(s, 'login', '?aal=aal2');
    await wait(OLD);
    await form(s, 'totp too late', l, { method: 'totp', totp_code: totp(secret) });
    await script(s, 'totp too late, script', l, { method: 'totp', totp_code: totp(secret) });
    await fetched(s, 'login', l.id);
    const k = await page(s, 'login', '?aal=aal2&refresh=true');
    if (k?.ui) await form(s, 'totp', k, { method: 'totp', totp_code: totp(secret) });
    await s.step('whoami', '/sessions/whoami');
    const h = await page(s, 'settings');
    if (h?.ui) { await form(s, 'change', h, { method: 'password', password: PW2 }); await wait(OLD); const i = await page(s, 'settings'); const r = await form(s, 'change again', i, { method: 'password', password: PW }); if (r.location?.includes('refresh')) await s.step('follow', new URL(r.location).pathname + new URL(r.location).search, { accept: html }); }
    const n = await signInNatively(s, email, PW2).catch(() => undefined);
  },
};
