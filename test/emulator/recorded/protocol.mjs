import { csrf, actionPath } from '../../conformance/lib.mjs';
import { registerApi, registerSpa, PW, html } from '../../conformance/scenarios.mjs';
import { ALLOWED as RT, form as post, htmlFlow, script as postj } from './steps.mjs';
const BAD = encodeURIComponent('https://evil.example/x');
export const more = {
  async 'w-sessions'(s) {
    const email = s.email();
    const a = await registerApi(s, email);
    const T = { 'X-Session-Token': a.session_token };
    s.jar.clear();
    const f = (await s.step('login', '/self-service/login/api')).data;
    const b = (await s.step('second', actionPath(f), { method: 'POST', json: { method: 'password', identifier: email, password: PW } })).data;
    const f3 = (await s.step('login', '/self-service/login/api')).data;
    const c = (await s.step('third', actionPath(f3), { method: 'POST', json: { method: 'password', identifier: email, password: PW } })).data;
    const B = { 'X-Session-Token': b.session_token };
    await s.step('whoami', '/sessions/whoami', { headers: T });
    await s.step('whoami bearer', '/sessions/whoami', { headers: { authorization: 'Bearer ' + a.session_token } });
    await s.step('whoami bearer lower', '/sessions/whoami', { headers: { authorization: 'bearer ' + a.session_token } });
    await s.step('whoami bad', '/sessions/whoami', { headers: { 'X-Session-Token': 'ory_st_nope' } });
    await s.step('whoami html', '/sessions/whoami', { accept: html });
    await s.step('whoami cookie header', '/sessions/whoami', { headers: { 'X-Session-Cookie': 'nope' } });
    await s.step('whoami cookie', '/sessions/whoami', { headers: { cookie: 'ory_kratos_session=' + a.session_token } });
    await s.step('whoami tokenize', '/sessions/whoami?tokenize_as=x', { headers: T });
    await s.step('list', '/sessions', { headers: T });
    await s.step('list paged', '/sessions?per_page=1&page=1', { headers: T });
    await s.step('list page size', '/sessions?page_size=1', { headers: T });
    await s.step('list bad page', '/sessions?per_page=x', { headers: T });
    await s.step('list none', '/sessions');
    await s.step('revoke own', '/sessions/' + a.session.id, { method: 'DELETE', headers: T });
    await s.step('revoke bad id', '/sessions/nope', { method: 'DELETE', headers: T });
    await s.step('revoke unknown', '/sessions/6f3c1f5e-1111-4111-8111-111111111111', { method: 'DELETE', headers: T });
    await s.step('revoke one', '/sessions/' + b.session.id, { method: 'DELETE', headers: T });
    await s.step('revoked whoami', '/sessions/whoami', { headers: B });
    await s.step('revoke one again', '/sessions/' + b.session.id, { method: 'DELETE', headers: T });
    await s.step('revoke none', '/sessions/' + c.session.id, { method: 'DELETE' });
    await s.step('revoke others', '/sessions', { method: 'DELETE', headers: T });
    await s.step('revoke others again', '/sessions', { method: 'DELETE', headers: T });
    await s.step('revoke others none', '/sessions', { method: 'DELETE' });
    await s.step('admin get', '/admin/sessions/' + a.session.id, { admin: true });
    await s.step('admin get expand', '/admin/sessions/' + a.session.id + '?expand=identity&expand=devices', { admin: true });
    await s.step('admin extend', '/admin/sessions/' + a.session.id + '/extend', { method: 'PATCH', admin: true });
    await s.step('admin list', '/admin/identities/' + a.identity.id + '/sessions', { admin: true });
    await s.step('admin list active', '/admin/identities/' + a.identity.id + '/sessions?active=true', { admin: true });
    await s.step('admin disable', '/admin/sessions/' + a.session.id, { method: 'DELETE', admin: true });
    await s.step('admin disable again', '/admin/sessions/' + a.session.id, { method: 'DELETE', admin: true });
    await s.step('disabled whoami', '/sessions/whoami', { headers: T });
    await s.step('disabled settings', '/self-service/settings/api', { headers: T });
    await s.step('disabled logout', '/self-service/logout/api', { method: 'DELETE', json: { session_token: a.session_token } });
    await s.step('logout c', '/self-service/logout/api', { method: 'DELETE', json: { session_token: c.session_token } });
    await s.step('logout unknown', '/self-service/logout/api', { method: 'DELETE', json: { session_token: 'ory_st_x' } });
    await s.step('logout empty', '/self-service/logout/api', { method: 'DELETE', json: {} });
    await s.step('logout number', '/self-service/logout/api', { method: 'DELETE', json: { session_token: 5 } });
    await s.step('logout array', '/self-service/logout/api', { method: 'DELETE', json: [] });
    await s.step('logout extra', '/self-service/logout/api', { method: 'DELETE', json: { session_token: 'x', more: 1 } });
    await s.step('logout form', '/self-service/logout/api', { method: 'DELETE', form: { session_token: 'x' } });
    await s.step('logout no body', '/self-service/logout/api', { method: 'DELETE' });
    await s.step('logout get', '/self-service/logout/api');
    await s.step('logout post', '/self-service/logout/api', { method: 'POST', json: {} });
  },
  async 'w-logout-html'(s) {
    const email = s.email(); await s.step('none', '/self-service/logout/browser');
    await s.step('none html', '/self-service/logout/browser', { accept: html });
    await registerSpa(s, email);
    const l = (await s.step('create', '/self-service/logout/browser')).data;
    await s.step('create html', '/self-service/logout/browser', { accept: html });
    const l2 = (await s.step('create rt', '/self-service/logout/browser?return_to=' + RT)).data;
    await s.step('create bad rt', '/self-service/logout/browser?return_to=' + BAD);
    await s.step('create bad rt html', '/self-service/logout/browser?return_to=' + BAD, { accept: html });
    await s.step('no token', '/self-service/logout');
    await s.step('no token html', '/self-service/logout', { accept: html });
    await s.step('wrong token', '/self-service/logout?token=x');
    await s.step('wrong token html', '/self-service/logout?token=x', { accept: html });
    await s.step('bad rt', `/self-service/logout?token=${l.logout_token}&return_to=${BAD}`, { accept: html });
    await s.step('post', `/self-service/logout?token=${l.logout_token}`, { method: 'POST' });
    await s.step('rt', `/self-service/logout?token=${l.logout_token}&return_to=${RT}`, { accept: html });
    await s.step('again', `/self-service/logout?token=${l.logout_token}&return_to=${RT}`, { accept: html });
    await s.step('again spa', `/self-service/logout?token=${l.logout_token}`);
    await s.step('again no token', '/self-service/logout', { accept: html });
    await s.step('whoami', '/sessions/whoami');
  },
  async 'w-logout-spa'(s) {
    const email = s.email(); await registerSpa(s, email);
    const l = (await s.step('create rt', '/self-service/logout/browser?return_to=' + RT)).data;
    const jar = new Map(s.jar); s.jar.clear();
    await s.step('without cookie', new URL(l.logout_url).pathname + new URL(l.logout_url).search);
    for (const [k, v] of jar) s.jar.set(k, v);
    await s.step('logout', new URL(l.logout_url).pathname + new URL(l.logout_url).search);
  },
  async 'w-paths'(s) {
    for (const p of ['/', '/nope', '/self-service', '/self-service/', '/self-service/login', '/self-service/login/', '/self-service/login/browser/', '//self-service/login/api', '/self-service/login/api/x', '/self-service/../health/alive', '/health/alive', '/health/ready', '/health', '/version', '/sessions/', '/sessions/x', '/schemas/', '/schemas/default', '/schemas/ZGVmYXVsdA', '/schemas/nope', '/schemas?page_size=1', '/schemas?per_page=1&page=1', '/self-service/errors', '/self-service/errors?id=x', '/self-service/errors?id=stub:500', '/self-service/errors?id=stub:404', '/self-service/errors?id=6f3c1f5e-1111-4111-8111-111111111111', '/self-service/errors?error=stub:500', '/metrics/prometheus', '/self-service/recovery?token=x', '/self-service/recovery', '/self-service/verification', '/self-service/verification?token=x&flow=x', '/self-service/settings', '/self-service/registration', '/self-service/login?flow=6f3c1f5e-1111-4111-8111-111111111111', '/self-service/registration?flow=x', '/self-service/fed-cm/parameters'])
      await s.step(p, p);
    for (const p of ['/nope', '/self-service/login', '/self-service/recovery', '/self-service/verification?code=123456', '/self-service/verification?flow=6f3c1f5e-1111-4111-8111-111111111111&code=123456', '/self-service/settings', '/self-service/registration', '/self-service/errors'])
      await s.step('html ' + p, p, { accept: html });
  },
  async 'w-methods'(s) {
    for (const m of ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'POST'])
      for (const p of ['/self-service/login', '/self-service/login/browser', '/self-service/login/api', '/self-service/login/flows', '/sessions/whoami', '/sessions', '/self-service/logout', '/self-service/settings', '/health/alive', '/nope', '/schemas', '/self-service/errors'])
        await s.step(m + ' ' + p, p, { method: m });
  },
  async 'w-flows-ids'(s) {
    for (const k of ['login', 'registration', 'recovery', 'verification', 'settings']) {
      await s.step(k + ' none', `/self-service/${k}/flows`);
      await s.step(k + ' bad', `/self-service/${k}/flows?id=x`);
      await s.step(k + ' unknown', `/self-service/${k}/flows?id=6f3c1f5e-1111-4111-8111-111111111111`);
      await s.step(k + ' flow param', `/self-service/${k}/flows?flow=6f3c1f5e-1111-4111-8111-111111111111`);
      await s.step(k + ' html', `/self-service/${k}/flows?id=6f3c1f5e-1111-4111-8111-111111111111`, { accept: html });
      for (const accept of [html, 'application/json']) {
        await s.step(k + ' post none', `/self-service/${k}`, { method: 'POST', accept, json: {} });
        await s.step(k + ' post bad', `/self-service/${k}?flow=x`, { method: 'POST', accept, json: {} });
        await s.step(k + ' post unknown', `/self-service/${k}?flow=6f3c1f5e-1111-4111-8111-111111111111`, { method: 'POST', accept, json: {} });
      }
    }
    const f = (await s.step('login', '/self-service/login/api')).data;
    await s.step('as registration', '/self-service/registration/flows?id=' + f.id);
    await s.step('id param', '/self-service/login?id=' + f.id, { method: 'POST', json: { method: 'password' } });
    await s.step('flow in body', '/self-service/login', { method: 'POST', json: { method: 'password', flow: f.id } });
    await s.step('as registration post', '/self-service/registration?flow=' + f.id, { method: 'POST', json: { method: 'password' } });
  },
  async 'w-accept'(s) {
    for (const accept of ['*/*', 'text/html;q=0.1, application/json', 'application/json;q=0.1, text/html', 'application/xml', 'text/plain', 'application/*', 'application/vnd.api+json', 'text/html, */*', 'application/json, text/plain, */*', 'TEXT/HTML', 'garbage', 'application/json; charset=utf-8', 'text/*;q=0.5,application/json;q=0.4'])
      for (const p of ['/self-service/login/browser', '/self-service/settings/browser', '/self-service/login/browser?return_to=' + BAD])
        await s.step(accept + ' ' + p, p, { accept });
    const f = (await s.step('flow', '/self-service/login/browser')).data;
    for (const accept of ['*/*', 'text/html;q=0.1, application/json', 'application/json;q=0.1, text/html', 'text/html, */*'])
      await s.step('post ' + accept, actionPath(f), { accept, method: 'POST', json: { csrf_token: csrf(f), method: 'password', identifier: 'x', password: 'y' } });
    for (const ct of ['application/json', 'application/json; charset=UTF-8', 'APPLICATION/JSON', 'text/json', 'text/plain', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded; charset=utf-8', ''])
      await s.step('type ' + ct, actionPath(f), { method: 'POST', raw: ct.includes('form-urlenc') ? 'method=password&csrf_token=' + encodeURIComponent(csrf(f)) : JSON.stringify({ csrf_token: csrf(f), method: 'password' }), headers: { 'content-type': ct } });
    s.steps.slice(-8).forEach(x => { x.request.raw = 0; });
    for (const raw of ['{', '[]', 'null', '"x"', '5', '{"method":"password"} trailing', '{"method":"password",}', '', '{"a":1}{"b":2}', '\ufeff{}', '{"method":null}'])
      await s.step('raw ' + raw, actionPath(f), { method: 'POST', raw, headers: { 'content-type': 'application/json' } });
    for (const raw of ['method=password&identifier=%zz', 'method=password;identifier=x', 'method=password&method=code', '%', '&&&', 'method'])
      await s.step('form ' + raw, actionPath(f), { method: 'POST', raw, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  },
  async 'w-exchange'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const f = (await s.step('login', '/self-service/login/api?return_session_token_exchange_code=true&return_to=' + RT)).data;
    const code = f.session_token_exchange_code;
    await s.step('early', `/sessions/token-exchange?init_code=${code}&return_to_code=x`);
    await s.step('password', actionPath(f), { method: 'POST', json: { method: 'password', identifier: email, password: PW } });
    await s.step('after', `/sessions/token-exchange?init_code=${code}&return_to_code=x`);
    await s.step('none', '/sessions/token-exchange');
    await s.step('one', `/sessions/token-exchange?init_code=${code}`);
    await s.step('unknown', '/sessions/token-exchange?init_code=a&return_to_code=b');
    await s.step('html', '/sessions/token-exchange?init_code=a&return_to_code=b', { accept: html });
    const r = (await s.step('registration', '/self-service/registration/api?return_session_token_exchange_code=true')).data;
    await s.step('registration false', '/self-service/registration/api?return_session_token_exchange_code=1');
    await s.step('register', actionPath(r), { method: 'POST', json: { method: 'password', password: PW, traits: { email: s.email('x') } } });
    await s.step('browser', '/self-service/login/browser?return_session_token_exchange_code=true');
  },
  async 'w-inits'(s) {
    for (const q of ['?aal=aal2', '?aal=aal3', '?aal=x', '?refresh=true', '?refresh=x', '?refresh=true&aal=aal2', '?login_challenge=x', '?organization=x', '?organization=6f3c1f5e-1111-4111-8111-111111111111', '?via=email', '?identity_schema=x', '?identity_schema=default', '?return_to=' + BAD, '?return_to=/relative', '?return_to=javascript:alert(1)', '?return_to=', '?return_to=http://127.0.0.1:4455', '?after_verification_return_to=' + RT]) {
      await s.step('login api ' + q, '/self-service/login/api' + q);
      await s.step('login spa ' + q, '/self-service/login/browser' + q);
      await s.step('login html ' + q, '/self-service/login/browser' + q, { accept: html });
      await s.step('registration api ' + q, '/self-service/registration/api' + q);
      await s.step('registration html ' + q, '/self-service/registration/browser' + q, { accept: html });
    }
    for (const k of ['recovery', 'verification', 'settings']) for (const q of ['?return_to=' + BAD, '?return_to=/relative', '?return_to=' + RT]) {
      await s.step(`${k} api ${q}`, `/self-service/${k}/api${q}`);
      await s.step(`${k} spa ${q}`, `/self-service/${k}/browser${q}`);
      await s.step(`${k} html ${q}`, `/self-service/${k}/browser${q}`, { accept: html });
    }
    const a = await registerApi(s, s.email());
    const T = { 'X-Session-Token': a.session_token };
    s.jar.clear();
    for (const k of ['login', 'registration', 'recovery', 'verification', 'settings']) for (const q of ['', '?refresh=true', '?aal=aal2', '?refresh=true&aal=aal2']) await s.step(`signed in ${k} api ${q}`, `/self-service/${k}/api${q}`, { headers: T });
    await registerSpa(s, s.email('b'));
    for (const k of ['login', 'registration', 'recovery', 'verification', 'settings']) for (const q of ['', '?refresh=true', '?aal=aal2', '?return_to=' + RT, '?return_to=' + BAD]) {
      await s.step(`signed in ${k} spa ${q}`, `/self-service/${k}/browser${q}`);
      await s.step(`signed in ${k} html ${q}`, `/self-service/${k}/browser${q}`, { accept: html });
    }
  },
};
