import { actionPath, csrf } from '../../conformance/lib.mjs';
import { PW, registerApi, registerSpa } from '../../conformance/scenarios.mjs';
import { app, fetched, form, native, open, page, script, signIn } from './steps.mjs';
/** What the scripts and buttons of security keys and passkeys send. */
const SENT = email => ({
  webauthn: { method: 'webauthn' }, 'webauthn for somebody': { method: 'webauthn', identifier: email }, webauthn_login: { webauthn_login: 'x' }, 'webauthn_login for somebody': { webauthn_login: 'x', identifier: email }, 'webauthn_login empty': { webauthn_login: '' },
  webauthn_register: { webauthn_register: 'x' }, webauthn_remove: { webauthn_remove: 'x' }, webauthn_register_displayname: { webauthn_register_displayname: 'x' },
  passkey: { method: 'passkey' }, passkey_login: { passkey_login: 'x' }, 'passkey_login empty': { passkey_login: '' }, passkey_register: { passkey_register: 'x', method: 'passkey' }, 'passkey_register true': { passkey_register: 'true' }, passkey_settings_register: { passkey_settings_register: 'x' }, passkey_remove: { passkey_remove: 'x' }, 'method and remove': { method: 'passkey', passkey_remove: 'x' },
  saml: { method: 'saml', provider: 'x' }, deviceauthn: { method: 'deviceauthn' }, captcha: { method: 'captcha' },
});
export const scenarios = {
  async 'keys-everywhere'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    for (const kind of ['login', 'registration', 'recovery', 'verification']) {
      const f = await open(s, kind), g = await page(s, kind);
      for (const [label, sent] of Object.entries(SENT(email))) {
        await script(s, `${kind} ${label}`, f, sent);
        await form(s, `${kind} ${label}, form`, g, sent);
        await s.step(`${kind} ${label} by GET`, actionPath(f) + '&' + new URLSearchParams(sent));
        s.steps.at(-1).request.path = 0;
      }
      await fetched(s, kind, g.id);
      s.jar.clear();
      const n = await native(s, kind);
      for (const [label, sent] of Object.entries(SENT(email))) await app(s, `${kind} ${label}, native`, n, sent);
    }
  },
  async 'keys-in-settings'(s) {
    const email = s.email(); const r = await registerSpa(s, email);
    const f = await open(s, 'settings'), g = await page(s, 'settings');
    for (const [label, sent] of Object.entries(SENT(email))) {
      await script(s, label, f, sent);
      await form(s, `${label}, form`, g, sent);
      await s.step(`${label} by GET`, actionPath(f) + '&' + new URLSearchParams(sent));
      s.steps.at(-1).request.path = 0;
    }
    await fetched(s, 'settings', g.id);
    for (const q of ['?aal=aal2', '?refresh=true']) { const l = await open(s, 'login', q); if (l?.ui) for (const [label, sent] of Object.entries(SENT(email))) await script(s, `login ${q} ${label}`, l, sent); }
    const a = await registerApi({ ...s, __proto__: Object.getPrototypeOf(s), jar: new Map() }, s.email('n'));
    const T = { 'X-Session-Token': a.session_token }; s.jar.clear();
    const n = await native(s, 'settings', '', T);
    for (const [label, sent] of Object.entries(SENT(email))) await app(s, `${label}, native`, n, sent, T);
  },
  async 'keys-second-factor'(s) {
    const email = s.email(); await registerSpa(s, email);
    const f = await open(s, 'settings');
    await script(s, 'regenerate', f, { method: 'lookup_secret', lookup_secret_regenerate: true });
    await script(s, 'confirm', f, { method: 'lookup_secret', lookup_secret_confirm: true });
    s.jar.clear(); await signIn(s, email);
    const l = await open(s, 'login', '?aal=aal2'), g = await page(s, 'login', '?aal=aal2');
    for (const [label, sent] of Object.entries(SENT(email))) { await script(s, label, l, sent); await form(s, `${label}, form`, g, sent); }
  },
};
