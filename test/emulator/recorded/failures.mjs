import { csrf, actionPath } from '../../conformance/lib.mjs';
import { registerApi, registerSpa, mailCode, totp, PW, PW2, html, flowId } from '../../conformance/scenarios.mjs';
import { ALLOWED as RT, fetchFlow as fetchf, form as post, htmlFlow, script as postj, wait as pass } from './steps.mjs';
export const wait = () => pass(2300);
export const defaults = {
  async 'y-recovery-html'(s) {
    const email = s.email(); await registerApi(s, email);
    const f = await htmlFlow(s, 'recovery', '?return_to=' + RT);
    await post(s, 'ask', f, { method: 'code', email });
    await fetchf(s, 'fetch 5', 'recovery', f);
    await post(s, 'empty code', f, { method: 'code' });
    await fetchf(s, 'fetch 6', 'recovery', f);
    await post(s, 'wrong code', f, { method: 'code', code: '000000' });
    await fetchf(s, 'fetch 7', 'recovery', f);
    const old = await mailCode(s, email);
    await post(s, 'resend', f, { method: 'code', email });
    await fetchf(s, 'fetch 8', 'recovery', f);
    await post(s, 'old code', f, { method: 'code', code: old });
    const code = await mailCode(s, email);
    const r = await post(s, 'right', f, { method: 'code', code });
    const sid = flowId(r.location);
    const g = (await s.step('settings', `/self-service/settings/flows?id=${sid}`)).data;
    await fetchf(s, 'fetch done', 'recovery', f);
    await post(s, 'use again', f, { method: 'code', code });
    await post(s, 'email again', f, { method: 'code', email });
    await s.step('whoami', '/sessions/whoami');
    await post(s, 'new password', g, { method: 'password', password: PW2 }); await s.step('settings again', `/self-service/settings/flows?id=${sid}`);
  },
  async 'y-recovery-csrf'(s) {
    const email = s.email(); await registerApi(s, email);
    const f = (await s.step('create', '/self-service/recovery/browser')).data;
    await s.step('no csrf', actionPath(f), { method: 'POST', json: { method: 'code', email } });
    await s.step('no csrf html', actionPath(f), { method: 'POST', accept: html, form: { method: 'code', email } });
    await postj(s, 'ask', f, { method: 'code', email });
    await s.step('no csrf code', actionPath(f), { method: 'POST', json: { method: 'code', code: '1' } });
    for (let i = 0; i < 6; i++) await postj(s, 'wrong ' + i, f, { method: 'code', code: '00000' + i });
    for (let i = 0; i < 2; i++) await post(s, 'html wrong ' + i, f, { method: 'code', code: '00000' + i });
  },
  async 'y-recovery-native'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const g = (await s.step('api', '/self-service/recovery/api?return_to=' + RT)).data;
    await s.step('api no email', actionPath(g), { method: 'POST', json: { method: 'code' } });
    await s.step('api bad email', actionPath(g), { method: 'POST', json: { method: 'code', email: 'x' } });
    await s.step('api ask', actionPath(g), { method: 'POST', json: { method: 'code', email } });
    await s.step('api wrong', actionPath(g), { method: 'POST', json: { method: 'code', code: '1' } });
    await s.step('api wrong html', actionPath(g), { method: 'POST', accept: html, form: { method: 'code', code: '1' } });
    await s.step('api origin', actionPath(g), { method: 'POST', headers: { origin: 'http://x' }, json: { method: 'code', code: '1' } });
    const code = await mailCode(s, email);
    await s.step('api right', actionPath(g), { method: 'POST', json: { method: 'code', code } });
    await s.step('api used', actionPath(g), { method: 'POST', json: { method: 'code', code } });
    for (let i = 0; i < 6; i++) await s.step('api wrong ' + i, actionPath(g), { method: 'POST', json: { method: 'code', code: '00000' + i } });
  },
  async 'y-recovery-admin'(s) {
    const email = s.email(); const r = await registerApi(s, email);
    const a = (await s.step('admin code', '/admin/recovery/code', { method: 'POST', admin: true, json: { identity_id: r.identity.id } })).data;
    const id = flowId(a.recovery_link);
    const f = (await s.step('fetch', '/self-service/recovery/flows?id=' + id)).data;
    await s.step('wrong', '/self-service/recovery?flow=' + id, { method: 'POST', json: { method: 'code', code: '000000' } });
    await s.step('right', '/self-service/recovery?flow=' + id, { method: 'POST', accept: html, form: { method: 'code', code: a.recovery_code } });
    await s.step('whoami', '/sessions/whoami');
    await s.step('again', '/self-service/recovery?flow=' + id, { method: 'POST', accept: html, form: { method: 'code', code: a.recovery_code } });
    await s.step('admin code api', '/admin/recovery/code', { method: 'POST', admin: true, json: { identity_id: r.identity.id, flow_type: 'api', expires_in: '1h' } });
    await s.step('admin bad expiry', '/admin/recovery/code', { method: 'POST', admin: true, json: { identity_id: r.identity.id, expires_in: 'x' } });
    await s.step('admin negative expiry', '/admin/recovery/code', { method: 'POST', admin: true, json: { identity_id: r.identity.id, expires_in: '-1h' } });
    await s.step('admin bad type', '/admin/recovery/code', { method: 'POST', admin: true, json: { identity_id: r.identity.id, flow_type: 'x' } });
    await s.step('admin unknown', '/admin/recovery/code', { method: 'POST', admin: true, json: { identity_id: '3e9b2a6c-3c0f-4a39-9d8e-0c4d9a3f0c11' } });
    await s.step('admin nothing', '/admin/recovery/code', { method: 'POST', admin: true, json: {} });
    await s.step('admin bad id', '/admin/recovery/code', { method: 'POST', admin: true, json: { identity_id: 'zzz' } });
    await s.step('admin link', '/admin/recovery/link', { method: 'POST', admin: true, json: { identity_id: r.identity.id } });
    await s.step('public admin code', '/recovery/code', { method: 'POST', json: {} });
    await s.step('courier', '/admin/courier/messages?recipient=nobody@nowhere.org', { admin: true });
    await s.step('courier status', '/admin/courier/messages?status=zzz', { admin: true });
    await s.step('courier unknown', '/admin/courier/messages/3e9b2a6c-3c0f-4a39-9d8e-0c4d9a3f0c11', { admin: true });
    await s.step('courier bad id', '/admin/courier/messages/zzz', { admin: true });
    await s.step('admin health', '/admin/health/ready', { admin: true });
    await s.step('admin health short', '/health/ready', { admin: true });
    await s.step('admin login', '/admin/self-service/login/browser?x=1', { admin: true });
    await s.step('admin nope', '/admin/nope', { admin: true });
    await s.step('sess get', '/admin/sessions/' + r.session.id, { admin: true });
    await s.step('sess get expand', '/admin/sessions/' + r.session.id + '?expand=identity&expand=devices', { admin: true });
    await s.step('sess extend', '/admin/sessions/' + r.session.id + '/extend', { method: 'PATCH', admin: true });
    await s.step('sess list', '/admin/sessions?page_size=1', { admin: true });
    await s.step('public identities', '/identities');
    await s.step('public admin identities', '/admin/identities');
    await s.step('public admin schemas', '/admin/schemas');
  },
  async 'y-verification-html'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const f = await htmlFlow(s, 'verification', '?return_to=' + RT);
    await post(s, 'no email', f, { method: 'code' });
    await fetchf(s, 'fetch 1', 'verification', f);
    await post(s, 'bad email', f, { method: 'code', email: 'nope' });
    await fetchf(s, 'fetch 2', 'verification', f);
    await s.step('no csrf', actionPath(f), { method: 'POST', accept: html, form: { method: 'code', email } });
    await s.step('no csrf json', actionPath(f), { method: 'POST', json: { method: 'code', email } });
    await post(s, 'ask', f, { method: 'code', email });
    await fetchf(s, 'fetch 5', 'verification', f);
    await post(s, 'wrong', f, { method: 'code', code: '000000' });
    await fetchf(s, 'fetch 6', 'verification', f);
    await post(s, 'resend', f, { method: 'code', email });
    await fetchf(s, 'fetch 7', 'verification', f);
    const code = await mailCode(s, email);
    await s.step('open link', `/self-service/verification?flow=${f.id}&code=${code}`, { accept: html });
    await fetchf(s, 'fetch 8', 'verification', f);
    await s.step('right without csrf', actionPath(f), { method: 'POST', accept: html, form: { method: 'code', code } });
    await fetchf(s, 'fetch 9', 'verification', f);
    await post(s, 'again', f, { method: 'code', code });
    await postj(s, 'again json', f, { method: 'code', code });
    await s.step('link wrong code', `/self-service/verification?flow=${f.id}&code=999999`);
    s.jar.clear();
    const g = (await s.step('create', '/self-service/verification/browser')).data;
    await postj(s, 'ask 2', g, { method: 'code', email });
    await s.step('link no cookie', `/self-service/verification?flow=${g.id}&code=123456`, { cookies: false });
    await s.step('link fetch', `/self-service/verification/flows?id=${g.id}`);
    await s.step('right no cookies', actionPath(g), { method: 'POST', cookies: false, json: { method: 'code', code: await mailCode(s, email) } });
  },
  async 'y-verification-tries'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const f = (await s.step('create', '/self-service/verification/browser')).data;
    await postj(s, 'ask', f, { method: 'code', email });
    for (let i = 0; i < 7; i++) await postj(s, 'wrong ' + i, f, { method: 'code', code: '00000' + i });
    await post(s, 'wrong html', f, { method: 'code', code: '1' });
    const g = (await s.step('create 2', '/self-service/verification/browser')).data;
    await postj(s, 'ask 2', g, { method: 'code', email });
    const code = await mailCode(s, email);
    await postj(s, 'right', g, { method: 'code', code });
    await postj(s, 'used', g, { method: 'code', code });
    await postj(s, 'email after', g, { method: 'code', email });
  },
  async 'y-registration-verification'(s) {
    const email = s.email();
    const f = await htmlFlow(s, 'registration', '?after_verification_return_to=' + RT);
    const r = await post(s, 'password', f, { method: 'password', password: PW, 'traits.email': email });
    const v = (await s.step('verification', '/self-service/verification/flows?id=' + flowId(r.location))).data;
    await post(s, 'resend', v, { email, method: 'code' });
    await fetchf(s, 'after resend', 'verification', v);
    const code = await mailCode(s, email);
    await post(s, 'code', v, { code });
    await fetchf(s, 'after code', 'verification', v);
    await s.step('whoami', '/sessions/whoami');
    s.jar.clear();
    const e2 = s.email('b');
    const n = (await s.step('native', '/self-service/registration/api')).data;
    const d = (await s.step('native submit', actionPath(n), { method: 'POST', json: { method: 'password', password: PW, traits: { email: e2 } } })).data;
    await s.step('native verification', '/self-service/verification/flows?id=' + d.continue_with.find(c => c.flow).flow.id);
  },
  async 'y-settings-email'(s) {
    const email = s.email(), e2 = s.email('b'); await registerSpa(s, email);
    const f = (await s.step('create', '/self-service/settings/browser')).data;
    await postj(s, 'change email', f, { method: 'profile', traits: { email: e2 } });
    await s.step('whoami', '/sessions/whoami');
    const v = await mailCode(s, e2);
    const l = (await s.step('recover new', '/self-service/login/browser')).data;
    s.jar.clear();
    const m = (await s.step('login', '/self-service/login/browser')).data;
    await postj(s, 'old address', m, { method: 'password', identifier: email, password: PW });
    await postj(s, 'new address', m, { method: 'password', identifier: e2, password: PW });
  },
  async 'y-big'(s) {
    const f = (await s.step('create', '/self-service/login/api')).data;
    const big = 'x'.repeat(6 * 1024 * 1024);
    await s.step('big json', actionPath(f), { method: 'POST', raw: JSON.stringify({ method: 'password', identifier: big }), headers: { 'content-type': 'application/json' } }).catch(() => {});
    s.steps.at(-1).request.raw = 0;
    await s.step('big form', actionPath(f), { method: 'POST', raw: 'method=password&identifier=' + big, headers: { 'content-type': 'application/x-www-form-urlencoded' } }).catch(() => {});
    s.steps.at(-1).request.raw = 0;
    await s.step('deep', actionPath(f), { method: 'POST', raw: '['.repeat(20000) + ']'.repeat(20000), headers: { 'content-type': 'application/json' } });
    s.steps.at(-1).request.raw = 0;
    s.steps.at(-1).request.raw = 0;
    await s.step('numbers', actionPath(f), { method: 'POST', json: { method: 'password', identifier: 5, password: true } });
    await s.step('object identifier', actionPath(f), { method: 'POST', json: { method: 'password', identifier: { a: 1 }, password: ['x'] } });
    await s.step('method number', actionPath(f), { method: 'POST', json: { method: 5 } });
    await s.step('proto', actionPath(f), { method: 'POST', raw: '{"__proto__":{"method":"password"},"method":"password"}', headers: { 'content-type': 'application/json' } });
    await s.step('charset', actionPath(f), { method: 'POST', raw: '{"method":"password"}', headers: { 'content-type': 'application/json; charset=utf-8' } });
    await s.step('transient string', actionPath(f), { method: 'POST', json: { method: 'password', transient_payload: 'x' } });
    const r = (await s.step('reg', '/self-service/registration/api')).data;
    await s.step('traits string', actionPath(r), { method: 'POST', json: { method: 'password', password: PW, traits: 'x' } });
    await s.step('traits array', actionPath(r), { method: 'POST', json: { method: 'password', password: PW, traits: [1] } });
    await s.step('traits null', actionPath(r), { method: 'POST', json: { method: 'password', password: PW, traits: null } });
    await s.step('email array', actionPath(r), { method: 'POST', json: { method: 'password', password: PW, traits: { email: ['a@b.c'] } } });
    await s.step('empty email', actionPath(r), { method: 'POST', json: { method: 'password', password: PW, traits: { email: '' } } });
    await s.step('short email', actionPath(r), { method: 'POST', json: { method: 'password', password: PW, traits: { email: 'a@' } } });
    await s.step('long password', actionPath(r), { method: 'POST', json: { method: 'password', password: 'x'.repeat(80) + '1A', traits: { email: s.email('lp') } } });
  },
};
export const strict = {
  async 'z-expired-all'(s) {
    const email = s.email(); const reg = await registerApi(s, email); const T = { 'X-Session-Token': reg.session_token }; s.jar.clear();
    const fs = {};
    for (const k of ['login', 'registration', 'recovery', 'verification']) { fs[k] = (await s.step('browser ' + k, `/self-service/${k}/browser?return_to=${RT}`)).data; fs[k + 'n'] = (await s.step('native ' + k, `/self-service/${k}/api`)).data; }
    fs.settingsn = (await s.step('native settings', '/self-service/settings/api', { headers: T })).data;
    await wait();
    for (const k of ['login', 'registration', 'recovery', 'verification']) {
      await s.step('fetch ' + k, `/self-service/${k}/flows?id=${fs[k].id}`);
      await s.step('fetch native ' + k, `/self-service/${k}/flows?id=${fs[k + 'n'].id}`);
      await s.step('post html ' + k, actionPath(fs[k]), { method: 'POST', accept: html, form: { csrf_token: csrf(fs[k]), method: k === 'login' || k === 'registration' ? 'password' : 'code', email } });
      await s.step('post spa ' + k, actionPath(fs[k]), { method: 'POST', json: { csrf_token: csrf(fs[k]), method: k === 'login' || k === 'registration' ? 'password' : 'code', email } });
      const cookies = new Map(s.jar); s.jar.clear();
      await s.step('post native ' + k, actionPath(fs[k + 'n']), { method: 'POST', json: { method: 'code', email } });
      for (const [a, b] of cookies) s.jar.set(a, b);
    }
    await s.step('fetch settings', `/self-service/settings/flows?id=${fs.settingsn.id}`, { headers: T });
    await s.step('post settings', actionPath(fs.settingsn), { method: 'POST', headers: T, json: { method: 'profile', traits: { email } } });
  },
  async 'z-expired-settings-html'(s) {
    const email = s.email(); await registerSpa(s, email);
    const f = await htmlFlow(s, 'settings', '?return_to=' + RT);
    await wait();
    await fetchf(s, 'fetch', 'settings', f);
    const r = await post(s, 'submit', f, { method: 'profile', 'traits.email': email });
    await s.step('new one', '/self-service/settings/flows?id=' + flowId(r.location));
    await postj(s, 'submit json', f, { method: 'profile', traits: { email } });
    const l = await htmlFlow(s, 'login', '?refresh=true');
    await wait();
    await post(s, 'expired refresh', l, { method: 'password', identifier: email, password: PW });
  },
  async 'z-privileged-html'(s) {
    const email = s.email(); await registerSpa(s, email);
    await wait();
    const f = await htmlFlow(s, 'settings');
    const r = await post(s, 'password', f, { method: 'password', password: PW2 });
    const l = await s.step('go', new URL(r.location).pathname + new URL(r.location).search, { accept: html });
    const lf = (await s.step('login flow', '/self-service/login/flows?id=' + flowId(l.location))).data;
    const back = await post(s, 'sign in', lf, { method: 'password', identifier: email, password: PW });
    await s.step('come back', new URL(back.location).pathname + new URL(back.location).search, { accept: html });
    await fetchf(s, 'settings after', 'settings', f);
    await wait();
    const g = await htmlFlow(s, 'settings');
    await post(s, 'change email', g, { method: 'profile', 'traits.email': s.email('b') });
    await post(s, 'regenerate', g, { lookup_secret_regenerate: 'true' });
    await postj(s, 'regenerate json', g, { lookup_secret_regenerate: true });
    await postj(s, 'totp json', g, { method: 'totp', totp_code: '123456' });
    await postj(s, 'profile json email', g, { method: 'profile', traits: { email: s.email('c') } });
    const n = await registerApi(s, s.email('n')).catch(() => undefined);
  },
  async 'z-second-factor-html'(s) {
    const email = s.email(); await registerSpa(s, email);
    const f = await htmlFlow(s, 'settings');
    const secret = f.ui.nodes.find(n => n.attributes.id === 'totp_secret_key').attributes.text.text;
    await post(s, 'enrol', f, { method: 'totp', totp_code: totp(secret) });
    s.jar.clear();
    const l = await htmlFlow(s, 'login', '?return_to=' + RT);
    const r = await post(s, 'password', l, { method: 'password', identifier: email, password: PW });
    await s.step('whoami', '/sessions/whoami');
    await s.step('sessions', '/sessions');
    await s.step('settings html', '/self-service/settings/browser?return_to=' + RT, { accept: html });
    await s.step('settings spa', '/self-service/settings/browser?return_to=' + RT);
    await s.step('fetch settings', '/self-service/settings/flows?id=' + f.id);
    await s.step('post settings', actionPath(f), { method: 'POST', json: { method: 'profile' } });
    await s.step('post settings html', actionPath(f), { method: 'POST', accept: html, form: { method: 'profile' } });
    const o = await s.step('follow', new URL(r.location).pathname + new URL(r.location).search, { accept: html });
    const m = (await s.step('aal2 flow', '/self-service/login/flows?id=' + flowId(o.location))).data;
    await post(s, 'password at aal2', m, { method: 'password', identifier: email, password: PW });
    await post(s, 'totp', m, { method: 'totp', totp_code: totp(secret) });
    await s.step('whoami 2', '/sessions/whoami');
  },
  async 'z-second-factor-native'(s) {
    const email = s.email(); const r0 = await registerApi(s, email); const T0 = { 'X-Session-Token': r0.session_token };
    const f = (await s.step('settings', '/self-service/settings/api', { headers: T0 })).data;
    const secret = f.ui.nodes.find(n => n.attributes.id === 'totp_secret_key').attributes.text.text;
    await s.step('enrol', actionPath(f), { method: 'POST', headers: T0, json: { method: 'totp', totp_code: totp(secret) } });
    const l = (await s.step('login', '/self-service/login/api')).data;
    const d = (await s.step('password', actionPath(l), { method: 'POST', json: { method: 'password', identifier: email, password: PW } })).data;
    const T = { 'X-Session-Token': d.session_token };
    await s.step('whoami', '/sessions/whoami', { headers: T });
    await s.step('settings', '/self-service/settings/api', { headers: T });
    await s.step('recovery flow', '/self-service/recovery/api').then(async r => {
      await s.step('ask', actionPath(r.data), { method: 'POST', json: { method: 'code', email } });
      const code = await mailCode(s, email);
      await s.step('code', actionPath(r.data), { method: 'POST', json: { method: 'code', code } });
    });
    const b = (await s.step('recovery browser', '/self-service/recovery/browser')).data;
    await postj(s, 'ask b', b, { method: 'code', email });
    await postj(s, 'code b', b, { method: 'code', code: await mailCode(s, email) });
  },
};
export const passwordless = {
  async 'p-registration-html'(s) {
    const email = s.email();
    const f = await htmlFlow(s, 'registration', '?return_to=' + RT);
    await post(s, 'profile', f, { method: 'profile', 'traits.email': email, 'traits.name.first': 'A' });
    await fetchf(s, 'fetch 1', 'registration', f);
    await post(s, 'ask', f, { method: 'code', 'traits.email': email, 'traits.name.first': 'A' });
    await fetchf(s, 'fetch 2', 'registration', f);
    await post(s, 'wrong', f, { method: 'code', code: '000000', 'traits.email': email, 'traits.name.first': 'A' });
    await fetchf(s, 'fetch 3', 'registration', f);
    await post(s, 'no code', f, { method: 'code', 'traits.email': email, 'traits.name.first': 'A' });
    await fetchf(s, 'fetch 4', 'registration', f);
    await post(s, 'other traits', f, { method: 'code', code: '000000', 'traits.email': 'x' + email });
    await fetchf(s, 'fetch 5', 'registration', f);
    await post(s, 'resend', f, { method: 'code', resend: 'code', 'traits.email': email, 'traits.name.first': 'A' });
    await fetchf(s, 'fetch 6', 'registration', f);
    await post(s, 'back', f, { screen: 'credential-selection', 'traits.email': email, 'traits.name.first': 'A' });
    await fetchf(s, 'fetch 7', 'registration', f);
    await post(s, 'back 2', f, { screen: 'previous', 'traits.email': email, 'traits.name.first': 'A' });
    await fetchf(s, 'fetch 8', 'registration', f);
    await post(s, 'ask again', f, { method: 'code', 'traits.email': email, 'traits.name.first': 'A' });
    const code = await mailCode(s, email);
    await post(s, 'right', f, { method: 'code', code, 'traits.email': email, 'traits.name.first': 'A' });
    await s.step('whoami', '/sessions/whoami');
  },
  async 'p-registration-native'(s) {
    const email = s.email();
    const f = (await s.step('create', '/self-service/registration/api')).data;
    await s.step('profile', actionPath(f), { method: 'POST', json: { method: 'profile', traits: { email } } });
    await s.step('ask', actionPath(f), { method: 'POST', json: { method: 'code', traits: { email } } });
    await s.step('bad resend', actionPath(f), { method: 'POST', json: { method: 'code', resend: 'x', traits: { email } } });
    await s.step('no traits', actionPath(f), { method: 'POST', json: { method: 'code', code: '1' } });
    for (let i = 0; i < 6; i++) await s.step('wrong ' + i, actionPath(f), { method: 'POST', json: { method: 'code', code: '00000' + i, traits: { email } } });
    const g = (await s.step('create 2', '/self-service/registration/api')).data;
    await s.step('ask 2', actionPath(g), { method: 'POST', json: { method: 'code', traits: { email } } });
    await s.step('right', actionPath(g), { method: 'POST', json: { method: 'code', code: await mailCode(s, email), traits: { email } } });
    const h = (await s.step('create 3', '/self-service/registration/api')).data;
    await s.step('ask dup', actionPath(h), { method: 'POST', json: { method: 'code', traits: { email } } });
    await s.step('right dup', actionPath(h), { method: 'POST', json: { method: 'code', code: await mailCode(s, email), traits: { email } } });
    await s.step('password dup', actionPath(h), { method: 'POST', json: { method: 'password', password: PW, traits: { email } } });
  },
  async 'p-password'(s) {
    const email = s.email(); await registerSpa(s, email);
    await s.step('whoami', '/sessions/whoami');
    const r = (await s.step('refresh', '/self-service/login/browser?refresh=true')).data;
    await postj(s, 'refresh no identifier', r, { method: 'password', password: PW });
    await postj(s, 'refresh code', r, { method: 'code', identifier: email });
    const code = await mailCode(s, email);
    await postj(s, 'refresh code submit', r, { method: 'code', code, identifier: email });
    s.jar.clear();
    const f = await htmlFlow(s, 'login', '?return_to=' + RT);
    await post(s, 'no identifier', f, { method: 'identifier_first' });
    await fetchf(s, 'fetch 0', 'login', f);
    await post(s, 'unknown', f, { method: 'identifier_first', identifier: 'nobody@example.org' });
    await fetchf(s, 'fetch 1', 'login', f);
    await post(s, 'identifier', f, { method: 'identifier_first', identifier: email });
    await fetchf(s, 'fetch 2', 'login', f);
    await post(s, 'wrong password', f, { method: 'password', identifier: email, password: 'x' });
    await fetchf(s, 'fetch 3', 'login', f);
    await post(s, 'identifier again', f, { method: 'identifier_first', identifier: email });
    await fetchf(s, 'fetch 4', 'login', f);
    await post(s, 'ask code', f, { method: 'code', identifier: email });
    await fetchf(s, 'fetch 5', 'login', f);
    await post(s, 'wrong code', f, { method: 'code', identifier: email, code: '000000' });
    await fetchf(s, 'fetch 6', 'login', f);
    await post(s, 'no code', f, { method: 'code', identifier: email });
    await fetchf(s, 'fetch 7', 'login', f);
    await post(s, 'resend', f, { method: 'code', identifier: email, resend: 'code' });
    await fetchf(s, 'fetch 8', 'login', f);
    await post(s, 'right', f, { method: 'code', identifier: email, code: await mailCode(s, email) });
    await s.step('whoami 2', '/sessions/whoami');
  },
  async 'p-login-native'(s) {
    const email = s.email(); await registerApi(s, email);
    const f = (await s.step('create', '/self-service/login/api')).data;
    await s.step('unknown method', actionPath(f), { method: 'POST', json: { method: 'pigeon' } });
    await s.step('unknown method id', actionPath(f), { method: 'POST', json: { method: 'pigeon', identifier: email } });
    await s.step('ask unknown', actionPath(f), { method: 'POST', json: { method: 'code', identifier: 'nobody@example.org' } });
    await s.step('ask nothing', actionPath(f), { method: 'POST', json: { method: 'code' } });
    await s.step('ask', actionPath(f), { method: 'POST', json: { method: 'code', identifier: email.toUpperCase() } });
    await s.step('other identifier', actionPath(f), { method: 'POST', json: { method: 'code', identifier: 'nobody@example.org', code: '000000' } });
    await s.step('no identifier', actionPath(f), { method: 'POST', json: { method: 'code', code: '000000' } });
    for (let i = 0; i < 6; i++) await s.step('wrong ' + i, actionPath(f), { method: 'POST', json: { method: 'code', code: '00000' + i, identifier: email } });
    const g = (await s.step('create 2', '/self-service/login/api')).data;
    await s.step('ask 2', actionPath(g), { method: 'POST', json: { method: 'code', identifier: email } });
    await s.step('right', actionPath(g), { method: 'POST', json: { method: 'code', code: await mailCode(s, email), identifier: email } });
    await s.step('again', actionPath(g), { method: 'POST', json: { method: 'code', code: '123456', identifier: email } });
    const h = (await s.step('create 3', '/self-service/login/api')).data;
    await s.step('password', actionPath(h), { method: 'POST', json: { method: 'password', identifier: email, password: PW } });
  },
  async 'p-recovery'(s) {
    const email = s.email(); await registerApi(s, email);
    const f = (await s.step('create', '/self-service/recovery/browser')).data;
    await postj(s, 'ask', f, { method: 'code', email });
    await postj(s, 'right', f, { method: 'code', code: await mailCode(s, email) });
    const g = (await s.step('settings', '/self-service/settings/browser')).data;
    await postj(s, 'password', g, { method: 'password', password: PW2 });
    const r = await htmlFlow(s, 'login', '?refresh=true');
    await post(s, 'refresh', r, { method: 'password', identifier: email, password: PW2 });
  },
  async 'p-code-only'(s) {
    const email = s.email();
    const f = (await s.step('create', '/self-service/registration/browser')).data;
    await postj(s, 'ask', f, { method: 'code', traits: { email } });
    await postj(s, 'right', f, { method: 'code', code: await mailCode(s, email), traits: { email } });
    s.jar.clear();
    const l = (await s.step('login', '/self-service/login/browser')).data;
    await postj(s, 'identifier', l, { method: 'identifier_first', identifier: email });
    await postj(s, 'code', l, { method: 'code', code: await mailCode(s, email), identifier: email });
    const m = (await s.step('refresh', '/self-service/login/browser?refresh=true')).data;
    const g = (await s.step('settings', '/self-service/settings/browser')).data;
    await postj(s, 'set password', g, { method: 'password', password: PW });
    s.jar.clear();
    const n = (await s.step('login 2', '/self-service/login/browser')).data;
    await postj(s, 'identifier 2', n, { method: 'identifier_first', identifier: email });
    await postj(s, 'password 2', n, { method: 'password', identifier: email, password: PW });
    s.jar.clear();
    const o = await htmlFlow(s, 'login');
    await post(s, 'html identifier without password field', o, { method: 'identifier_first', identifier: email });
    await post(s, 'html code', o, { method: 'code', identifier: email });
  },
};
