import { csrf, actionPath } from '../../conformance/lib.mjs';
import { registerApi, registerSpa, mailCode, totp, PW, PW2, html } from '../../conformance/scenarios.mjs';
import { ALLOWED as RT, fetchFlow as fetchf, form as post, htmlFlow, script as postj } from './steps.mjs';
const secretOf = f => f.ui.nodes.find(n => n.attributes.id === 'totp_secret_key').attributes.text.text;
export const def = {
  async 'v-two-factors'(s) {
    const email = s.email(); await registerSpa(s, email);
    const f = (await s.step('settings', '/self-service/settings/browser')).data;
    const secret = secretOf(f);
    await postj(s, 'enrol', f, { method: 'totp', totp_code: totp(secret) });
    await postj(s, 'regenerate', f, { method: 'lookup_secret', lookup_secret_regenerate: true });
    const g = (await fetchf(s, 'fetch', 'settings', f)).data;
    const codes = JSON.stringify(g.ui.nodes).match(/"text":"[a-z0-9]{8}"/g)?.map(x => x.slice(8, 16)) ?? [];
    await postj(s, 'confirm', g, { method: 'lookup_secret', lookup_secret_confirm: true });
    await s.step('whoami', '/sessions/whoami');
    s.jar.clear();
    const l = (await s.step('login', '/self-service/login/browser')).data;
    await postj(s, 'password', l, { method: 'password', identifier: email, password: PW });
    await s.step('whoami aal1', '/sessions/whoami');
    const a = (await s.step('aal2', '/self-service/login/browser?aal=aal2&return_to=' + RT)).data;
    await postj(s, 'wrong totp', a, { method: 'totp', totp_code: '000000' });
    await postj(s, 'bad totp', a, { method: 'totp', totp_code: 'abc' });
    await postj(s, 'no totp', a, { method: 'totp' });
    await postj(s, 'wrong lookup', a, { method: 'lookup_secret', lookup_secret: 'nopenope' });
    await postj(s, 'no lookup', a, { method: 'lookup_secret' });
    await postj(s, 'no method', a, { totp_code: '000000' });
    await postj(s, 'password in aal2', a, { method: 'password', identifier: email, password: PW });
    await postj(s, 'right lookup', a, { method: 'lookup_secret', lookup_secret: codes[0] });
    await s.step('whoami aal2', '/sessions/whoami');
    await s.step('aal2 again', '/self-service/login/browser?aal=aal2');
    await s.step('aal2 again html', '/self-service/login/browser?aal=aal2&return_to=' + RT, { accept: html });
    const r = (await s.step('refresh aal2', '/self-service/login/browser?aal=aal2&refresh=true')).data;
    await postj(s, 'used lookup', r, { method: 'lookup_secret', lookup_secret: codes[0] });
    await postj(s, 'refresh totp', r, { method: 'totp', totp_code: totp(secret) });
    const h = (await s.step('settings 2', '/self-service/settings/browser')).data;
    await postj(s, 'disable lookup', h, { method: 'lookup_secret', lookup_secret_disable: true });
    await postj(s, 'unlink totp', h, { method: 'totp', totp_unlink: true });
    await postj(s, 'unlink totp again', h, { method: 'totp', totp_unlink: true });
    await postj(s, 'totp empty', h, { method: 'totp' });
    await postj(s, 'totp wrong', h, { method: 'totp', totp_code: '000000' });
    await postj(s, 'totp short', h, { method: 'totp', totp_code: '1' });
    await s.step('aal2 none', '/self-service/login/browser?aal=aal2');
  },
  async 'v-native-two-factors'(s) {
    const email = s.email(); const a = await registerApi(s, email); s.jar.clear(); const T = { 'X-Session-Token': a.session_token };
    const f = (await s.step('settings', '/self-service/settings/api', { headers: T })).data;
    const secret = secretOf(f);
    await s.step('enrol', actionPath(f), { method: 'POST', headers: T, json: { method: 'totp', totp_code: totp(secret) } });
    const l = (await s.step('login', '/self-service/login/api')).data;
    const b = (await s.step('password', actionPath(l), { method: 'POST', json: { method: 'password', identifier: email, password: PW } })).data;
    const B = { 'X-Session-Token': b.session_token };
    await s.step('aal2 none', '/self-service/login/api?aal=aal2');
    const m = (await s.step('aal2', '/self-service/login/api?aal=aal2', { headers: B })).data;
    await s.step('no token', actionPath(m), { method: 'POST', json: { method: 'totp', totp_code: totp(secret) } });
    await s.step('wrong', actionPath(m), { method: 'POST', headers: B, json: { method: 'totp', totp_code: '000000' } });
    await s.step('right', actionPath(m), { method: 'POST', headers: B, json: { method: 'totp', totp_code: totp(secret) } });
    await s.step('whoami', '/sessions/whoami', { headers: B });
    const r = (await s.step('refresh', '/self-service/login/api?refresh=true', { headers: B })).data;
    await s.step('refresh right', actionPath(r), { method: 'POST', headers: B, json: { method: 'password', identifier: email, password: PW } });
    await s.step('refresh no token', actionPath(r), { method: 'POST', json: { method: 'password', identifier: email, password: PW } });
  },
  async 'v-settings-spa'(s) {
    const email = s.email(); await registerSpa(s, email);
    const f = (await s.step('settings', '/self-service/settings/browser?return_to=' + RT)).data;
    await postj(s, 'no method', f, {});
    await postj(s, 'unknown method', f, { method: 'pigeon' });
    await postj(s, 'webauthn', f, { method: 'webauthn' });
    await postj(s, 'profile empty', f, { method: 'profile', traits: {} });
    await postj(s, 'profile bad', f, { method: 'profile', traits: { email: 'x' } });
    await postj(s, 'profile extra', f, { method: 'profile', traits: { email, foo: 'x' } });
    await postj(s, 'profile dotted', f, { method: 'profile', 'traits.email': email, 'traits.name.first': 'Ada' });
    await postj(s, 'profile same', f, { method: 'profile', traits: { email, name: { first: 'Ada', last: 'L' } } });
    await postj(s, 'password short', f, { method: 'password', password: 'x' });
    await postj(s, 'password email', f, { method: 'password', password: email });
    await postj(s, 'password none', f, { method: 'password' });
    await s.step('no csrf', actionPath(f), { method: 'POST', json: { method: 'password', password: PW2 } });
    await postj(s, 'password ok', f, { method: 'password', password: PW2 });
    await postj(s, 'transient', f, { method: 'profile', traits: { email }, transient_payload: { a: 1 } });
    const other = new Map(s.jar); s.jar.clear();
    await s.step('nobody', actionPath(f), { method: 'POST', json: { method: 'profile' } });
    await s.step('nobody html', actionPath(f), { method: 'POST', accept: html, form: { method: 'profile' } });
    await registerSpa(s, s.email('b'));
    await s.step('somebody else', actionPath(f), { method: 'POST', json: { csrf_token: 'x', method: 'profile' } });
    await s.step('somebody else fetch', '/self-service/settings/flows?id=' + f.id);
    const g = (await s.step('settings b', '/self-service/settings/browser')).data;
    await postj(s, 'taken email', g, { method: 'profile', traits: { email } });
    await s.step('somebody else html', actionPath(f), { method: 'POST', accept: html, form: { csrf_token: csrf(g), method: 'profile' } });
    await postj(s, 'somebody else csrf', { ...f, ui: { ...f.ui, nodes: g.ui.nodes } }, { method: 'profile', traits: { email } });
  },
  async 'v-registration-edge'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const f = (await s.step('create', '/self-service/registration/browser?after_verification_return_to=' + RT)).data;
    await postj(s, 'profile', f, { method: 'profile', traits: { email: s.email('n') } });
    await postj(s, 'screen previous', f, { method: 'profile', screen: 'previous', traits: { email: s.email('n') } });
    await postj(s, 'screen credential', f, { method: 'profile', screen: 'credential-selection', traits: { email: s.email('n') } });
    await postj(s, 'taken', f, { method: 'password', password: PW, traits: { email } });
    await postj(s, 'taken upper', f, { method: 'password', password: PW, traits: { email: email.toUpperCase() } });
    await postj(s, 'taken spaces', f, { method: 'password', password: PW, traits: { email: ' ' + email } });
    await postj(s, 'no method', f, { traits: { email } });
    await postj(s, 'code', f, { method: 'code', traits: { email: s.email('n') } });
    await postj(s, 'passkey', f, { method: 'passkey', traits: { email: s.email('n') } });
    await postj(s, 'ok', f, { method: 'password', password: PW, traits: { email: s.email('n') }, transient_payload: { x: 1 } });
    await postj(s, 'used again', f, { method: 'password', password: PW, traits: { email: s.email('m') } });
    await s.step('fetch done', '/self-service/registration/flows?id=' + f.id);
    s.jar.clear();
    const a = (await s.step('api', '/self-service/registration/api')).data;
    await s.step('form on api', actionPath(a), { method: 'POST', accept: html, form: { method: 'password', password: PW, 'traits.email': s.email('q') } });
    const b = (await s.step('api 2', '/self-service/registration/api')).data;
    await s.step('origin on api', actionPath(b), { method: 'POST', headers: { origin: 'http://x.example' }, json: { method: 'password', password: PW, traits: { email: s.email('q') } } });
    await s.step('cookie on api', actionPath(b), { method: 'POST', headers: { cookie: 'a=b' }, json: { method: 'password', password: PW, traits: { email: s.email('q') } } });
    await s.step('html on api error', actionPath(b), { method: 'POST', accept: html, form: { method: 'password', password: 'x', 'traits.email': 'q' } });
  },
  async 'v-login-edge'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const f = (await s.step('create', '/self-service/login/browser?return_to=' + RT)).data;
    await postj(s, 'upper', f, { method: 'password', identifier: email.toUpperCase() + ' ', password: PW });
    await postj(s, 'done again', f, { method: 'password', identifier: email, password: PW });
    await s.step('fetch done', '/self-service/login/flows?id=' + f.id);
    const o = await s.step('html post signed in', actionPath(f), { method: 'POST', accept: html, form: { csrf_token: csrf(f), method: 'password', identifier: email, password: PW } });
    s.jar.clear();
    const g = (await s.step('create 2', '/self-service/login/browser')).data;
    await postj(s, 'legacy password_identifier', g, { method: 'password', password_identifier: email, password: PW });
    s.jar.clear();
    const h = (await s.step('create 3', '/self-service/login/browser')).data;
    await postj(s, 'totp in aal1', h, { method: 'totp', totp_code: '123456' });
    await postj(s, 'lookup in aal1', h, { method: 'lookup_secret', lookup_secret: 'x' });
    await postj(s, 'code', h, { method: 'code', identifier: email });
    await postj(s, 'link', h, { method: 'link', identifier: email });
    await postj(s, 'webauthn', h, { method: 'webauthn', identifier: email });
    await postj(s, 'oidc', h, { method: 'oidc', provider: 'x' });
    await postj(s, 'provider', h, { provider: 'x' });
    await postj(s, 'identifier_first', h, { method: 'identifier_first', identifier: email });
    await s.step('csrf header', actionPath(h), { method: 'POST', headers: { 'x-csrf-token': csrf(h) }, json: { method: 'password', identifier: email, password: PW } });
    await s.step('query csrf', actionPath(h) + '&csrf_token=' + encodeURIComponent(csrf(h)), { method: 'POST', json: { method: 'password', identifier: email, password: PW } });
  },
};
export const less = {
  async 'u-registration-spa'(s) {
    const email = s.email();
    const f = (await s.step('create', '/self-service/registration/browser?return_to=' + RT)).data;
    await postj(s, 'no email', f, { method: 'code', traits: {} });
    await postj(s, 'bad email', f, { method: 'code', traits: { email: 'x' } });
    await postj(s, 'ask', f, { method: 'code', traits: { email } });
    await postj(s, 'empty', f, { method: 'code', traits: { email } , code: '' });
    await postj(s, 'wrong', f, { method: 'code', traits: { email }, code: '000000' });
    await postj(s, 'other traits', f, { method: 'code', traits: { email: s.email('z') }, code: '000000' });
    await postj(s, 'resend', f, { method: 'code', traits: { email }, resend: 'code' });
    const code = await mailCode(s, email);
    await postj(s, 'right', f, { method: 'code', traits: { email }, code });
    await s.step('whoami', '/sessions/whoami'); s.jar.clear();
    const g = (await s.step('create 2', '/self-service/registration/browser')).data;
    await postj(s, 'taken', g, { method: 'code', traits: { email } });
    const l = (await s.step('login', '/self-service/login/browser?return_to=' + RT)).data;
    await postj(s, 'identifier none', l, { method: 'identifier_first' });
    await postj(s, 'identifier unknown', l, { method: 'identifier_first', identifier: 'nobody@example.org' });
    await postj(s, 'identifier', l, { method: 'identifier_first', identifier: email });
    await postj(s, 'ask login', l, { method: 'code', identifier: email });
    await postj(s, 'wrong login', l, { method: 'code', identifier: email, code: '000000' });
    await postj(s, 'resend login', l, { method: 'code', identifier: email, resend: 'code' });
    await postj(s, 'right login', l, { method: 'code', identifier: email, code: await mailCode(s, email) });
    await s.step('whoami 2', '/sessions/whoami');
    const st = (await s.step('settings', '/self-service/settings/browser')).data;
    await postj(s, 'settings code', st, { method: 'code' });
  },
  async 'u-login-html'(s) {
    const email = s.email(); await registerApi(s, email).catch(() => {}); s.jar.clear();
    const f = await htmlFlow(s, 'login', '?return_to=' + RT);
    await post(s, 'no identifier', f, { method: 'identifier_first' });
    await fetchf(s, 'fetch 0', 'login', f);
    await post(s, 'unknown', f, { method: 'identifier_first', identifier: 'nobody@example.org' });
    await fetchf(s, 'fetch 1', 'login', f);
    await post(s, 'identifier', f, { method: 'identifier_first', identifier: email });
    await fetchf(s, 'fetch 2', 'login', f);
    await post(s, 'code', f, { method: 'code', identifier: email });
    await fetchf(s, 'fetch 3', 'login', f);
    await post(s, 'wrong', f, { method: 'code', identifier: email, code: '111111' });
    await fetchf(s, 'fetch 4', 'login', f);
    for (let i = 0; i < 6; i++) await post(s, 'wrong ' + i, f, { method: 'code', identifier: email, code: '22222' + i });
    await fetchf(s, 'fetch 5', 'login', f);
  },
};
export const strict = {
  async 't-aal2'(s) {
    const email = s.email(); await registerSpa(s, email);
    const f = (await s.step('settings', '/self-service/settings/browser')).data;
    const secret = secretOf(f);
    await postj(s, 'enrol', f, { method: 'totp', totp_code: totp(secret) });
    s.jar.clear();
    const l = (await s.step('login', '/self-service/login/browser?return_to=' + RT)).data;
    await postj(s, 'password', l, { method: 'password', identifier: email, password: PW });
    for (const p of ['/sessions/whoami', '/sessions', '/self-service/settings/browser', '/self-service/login/browser', '/self-service/registration/browser', '/self-service/logout/browser', '/self-service/recovery/browser', '/self-service/verification/browser']) {
      await s.step('spa ' + p, p);
      await s.step('html ' + p, p, { accept: html });
    }
    await s.step('delete sessions', '/sessions', { method: 'DELETE' });
    const rec = (await s.step('recovery', '/self-service/recovery/browser')).data;
    s.jar.clear();
    const r = (await s.step('recovery', '/self-service/recovery/browser?return_to=' + RT)).data;
    await postj(s, 'ask', r, { method: 'code', email });
    await postj(s, 'code', r, { method: 'code', code: await mailCode(s, email) });
    await s.step('whoami after', '/sessions/whoami');
    s.jar.clear();
    const h = await htmlFlow(s, 'recovery');
    await post(s, 'ask html', h, { method: 'code', email });
    const c = await post(s, 'code html', h, { method: 'code', code: await mailCode(s, email) });
    await s.step('follow', new URL(c.location).pathname + new URL(c.location).search, { accept: html });
  },
};
export const keys = {
  async 'r-keys'(s) {
    const email = s.email(); const a = await registerApi(s, email); s.jar.clear();
    const h = (await s.step('create', '/self-service/login/browser')).data;
    for (const m of ['webauthn', 'passkey', 'saml', 'link', 'profile', 'lookup_secret', 'totp', 'code_recovery', 'device_authn', 'deviceauthn']) await postj(s, 'spa ' + m, h, { method: m, identifier: email, provider: 'x' });
    await post(s, 'html webauthn', h, { method: 'webauthn', identifier: email });
    await post(s, 'html passkey', h, { passkey_login: 'x' });
    await post(s, 'html webauthn login', h, { webauthn_login: 'x' });
    const cs = csrf(h); s.jar.clear();
    const n = (await s.step('api', '/self-service/login/api')).data;
    for (const m of ['webauthn', 'passkey', 'saml']) await s.step('api ' + m, actionPath(n), { method: 'POST', json: { method: m, identifier: email } });
    const r = (await s.step('reg', '/self-service/registration/browser')).data;
    for (const m of ['webauthn', 'passkey', 'saml', 'link', 'totp', 'oidc']) await postj(s, 'reg ' + m, r, { method: m, traits: { email: s.email('q') } });
    await postj(s, 'reg passkey_register', r, { passkey_register: 'x', traits: { email: s.email('q') } });
    await postj(s, 'reg webauthn_register', r, { webauthn_register: 'x', traits: { email: s.email('q') } });
    const T = { 'X-Session-Token': a.session_token }; s.jar.clear();
    const st = (await s.step('settings', '/self-service/settings/api', { headers: T })).data;
    for (const m of ['webauthn', 'passkey', 'saml', 'link', 'code', 'oidc']) await s.step('settings ' + m, actionPath(st), { method: 'POST', headers: T, json: { method: m, link: 'x' } });
    await s.step('settings passkey_remove', actionPath(st), { method: 'POST', headers: T, json: { passkey_remove: 'x' } });
    await s.step('settings webauthn_remove', actionPath(st), { method: 'POST', headers: T, json: { webauthn_remove: 'x' } });
    for (const k of ['recovery', 'verification']) { const f = (await s.step(k, `/self-service/${k}/api`)).data; for (const m of ['link', 'password', 'x']) await s.step(k + ' ' + m, actionPath(f), { method: 'POST', json: { method: m, email } }); }
  },
};
