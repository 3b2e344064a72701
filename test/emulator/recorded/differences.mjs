// What random sequences found to be different, each with what is near to it.
import { actionPath, csrf } from '../../conformance/lib.mjs';
import { html, PW } from '../../conformance/scenarios.mjs';
import { visitProvider } from '../../conformance/social.mjs';
import { app, form, NOBODY, native, open, script, signIn } from './steps.mjs';

const admin = (s, label, method, path, json, more = {}) => s.step(label, path, { admin: true, method, ...(json !== undefined && { json }), ...more });
const person = (email, more = {}) => ({ schema_id: 'default', traits: { email }, credentials: { password: { config: { password: PW } } }, ...more });
const make = async (s, email, more) => (await admin(s, 'create', 'POST', '/admin/identities', person(email, more))).data;
const BAD = [[], 0, true, 'x', '1e+20', 'null', 'ü', '\u0000'];

export const scenarios = {
  async 'd-paths'(s) {
    for (const path of ['/schemas/', '/sessions/', '/identities/', '/admin/identities/', '/identities/x/sessions', '/identities/x/nothing', '/admin/recovery/code', '/recovery/code', '/courier/messages', '/courier/messages/x', '/admin/courier/messages', '/self-service/methods/oidc/callback/', '/self-service/logout/api', '/sessions/x/extend', '/self-service/methods/saml/acs', '/schemas/%2F', '/schemas/%64efault'])
      for (const method of ['GET', 'POST', 'OPTIONS']) await s.step(`${method} ${path}`, path, { method, cookies: false });
    for (const path of ['/sessions/', '/admin/sessions/', '/identities//x', '//identities/x', '/self-service/nope', '/self-service/logout', '/self-service/login/', '/self-service/login', '/health/ready/', '/admin/health/ready', '/schemas/', '/administrator'])
      for (const method of ['GET', 'POST', 'DELETE']) if (!(method === 'GET' && path === '/sessions/')) await admin(s, `admin ${method} ${path}`, method, path);
    for (const path of ['%2F', '%20', 'a%2Fb', '%FF']) await admin(s, `segment ${path}`, 'GET', `/admin/identities/${path}`);
  },
  async 'd-admin'(s) {
    const email = s.email();
    const id = (await make(s, email, { external_id: `${email}/b` })).id;
    await admin(s, 'by external id', 'GET', `/admin/identities/by/external/${encodeURIComponent(`${email}/b`)}`);
    await admin(s, 'of an organization', 'GET', `/admin/identities?organization_id=${NOBODY}`);
    await admin(s, 'update with a password', 'PUT', `/admin/identities/${id}`, person(email, { state: 'active' }));
    await admin(s, 'update without one', 'PUT', `/admin/identities/${id}`, { schema_id: 'default', traits: { email }, state: 'active' });
    await admin(s, 'names in another case', 'POST', '/admin/identities', { Schema_ID: 'default', TRAITS: { email: s.email('b') }, Metadata_Public: { a: 1 } });
    const third = s.email('c'); // each call makes another
    await admin(s, 'names within, too', 'POST', '/admin/identities', { traits: { email: third }, verifiable_addresses: [{ VALUE: third, Via: 'email', Verified: true, status: 'completed' }] });
    await admin(s, 'the same name twice', 'PUT', `/admin/identities/${id}`, { schema_id: 'default', traits: { email }, state: 'active', metadata_public: 1, METADATA_PUBLIC: 2 });
    const other = (await make(s, s.email('o'))).id;
    const patch = (label, ...operations) => admin(s, label, 'PATCH', `/admin/identities/${other}`, operations);
    await patch('patch a name in another case', { op: 'add', path: '/METADATA_PUBLIC', value: { n: 1 } });
    await patch('patch the time of the state', { op: 'replace', path: '/state_changed_at', value: '2020-01-01T00:00:00Z' });
    await patch('and the state', { op: 'replace', path: '/state', value: 'inactive' });
    await admin(s, 'wrong in three ways', 'POST', '/admin/identities', person('x', { schema_id: 'nope', state: 'nope', credentials: { password: { config: {} } } }));
    await admin(s, 'wrong in two', 'POST', '/admin/identities', person('x', { schema_id: 'nope', credentials: { password: { config: {} } } }));
    await admin(s, 'wrong in a batch', 'PATCH', '/admin/identities', { identities: [{ create: person('x', { state: 'nope', credentials: { password: { config: {} } } }) }] });
    for (const query of ['page_token=x', 'page_token=eA', 'page_size=x', 'active=x']) await admin(s, `sessions ${query}`, 'GET', `/admin/sessions?${query}`);
  },
  async 'd-imports'(s) {
    const imported = (label, more) => admin(s, label, 'POST', '/admin/identities', { schema_id: 'default', traits: { email: s.email() }, ...more });
    const shown = (label, r, query = '') => r.data?.id && admin(s, label, 'GET', `/admin/identities/${r.data.id}${query}`);
    for (const address of [null, {}, { via: 'email' }, { value: 'else@example.org' }, { value: 'else@example.org', via: 'fax' }])
      for (const kind of ['verifiable_addresses', 'recovery_addresses']) await shown('what became of it', await imported(`${kind} ${JSON.stringify(address)}`, { [kind]: [address] }));
    const email = s.email('v');
    await shown('verified long ago', await admin(s, 'with its time', 'POST', '/admin/identities', { traits: { email }, verifiable_addresses: [{ value: email, via: 'email', verified: true, status: 'sent', verified_at: '2020-01-01T00:00:00Z' }] }));
    for (const more of [{ region: 'eu' }, { credentials: { oidc: {} } }, { credentials: { oidc: { config: { providers: [] } } } }, { credentials: { saml: { config: {} } } }]) await shown('what became of it', await imported(JSON.stringify(more), more));
    const hook = await imported('a password to come', { credentials: { password: { config: { use_password_migration_hook: true } } } });
    await shown('and its data', hook, '?include_credential=password');
    const account = subject => ({ config: { providers: [{ provider: 'mock', subject }] } });
    const [one, two] = [s.email('s'), s.email('t')];
    const twice = { config: { providers: [{ provider: 'mock', subject: one }, { provider: 'mock', subject: one }] } };
    await imported('an account twice', { credentials: { oidc: twice } });
    const own = s.email('p');
    const { id } = await make(s, own);
    const put = (label, credentials) => admin(s, label, 'PUT', `/admin/identities/${id}`, { schema_id: 'default', traits: { email: own }, state: 'active', credentials });
    for (const [label, credentials] of Object.entries({
      'no account': { oidc: {} }, 'an account': { oidc: account(one) }, 'another': { oidc: account(two) }, 'the first again': { oidc: account(one) }, saml: { saml: account(one) },
      'a code': { code: { config: {} } }, 'no password': { password: null }, 'a code book': { totp: { config: {} }, lookup_secret: { config: {} } },
    })) {
      await put(label, credentials);
      await admin(s, `after ${label}`, 'GET', `/admin/identities/${id}?include_credential=oidc&include_credential=saml`);
    }
    await admin(s, 'a batch of odd addresses', 'PATCH', '/admin/identities', { identities: [{ create: { traits: { email: s.email('w') }, verifiable_addresses: [{}, null] } }, {}, { create: null }] });
  },
  async 'd-patched-lists'(s) {
    const email = s.email();
    const { id } = await make(s, email);
    const list = '/verifiable_addresses', at = `${list}/0`, sms = { value: email, via: 'sms' };
    const patches = [
      ...['-', 'x', '9', '-1', '-2', '0'].map(place => [{ op: 'remove', path: `${list}/${place}` }]),
      ...['x', '-1', '-3', '9', '+1', '-'].map(place => [{ op: 'add', path: `${list}/${place}`, value: sms }]),
      ...['-', '7', '-1', 'x'].map(place => [{ op: 'replace', path: `${list}/${place}`, value: sms }]),
      [{ op: 'add', path: '/metadata_public', value: [1, 2] }, { op: 'add', path: '/metadata_public/1', value: 9 }, { op: 'remove', path: '/metadata_public/0' }, { op: 'replace', path: '/metadata_public/-1', value: 'last' }],
      [{ op: 'add', path: '/metadata_public', value: [{ a: 1 }] }, { op: 'replace', path: '/metadata_public/0/a', value: 9 }, { op: 'add', path: '/metadata_public/0/b/c', value: 9 }],
      ...['/traits/email/x', '/traits/email/x/y', `${at}/value/x`].map(path => [{ op: 'add', path, value: 1 }]),
      [{ op: 'remove', path: '/traits/email/x' }],
      ...[[], 'x', null, {}, { schema_id: 'default', traits: { email }, state: 'active' }].map(value => [{ op: 'replace', path: '', value }]),
      [{ op: 'remove', path: '' }],
      [{ op: 'move', from: '/a', path: '/b' }, { op: 1 }], [{ op: 'test', path: '/state' }], [{ op: 'add', value: 1 }],
    ];
    for (const patch of patches) {
      await admin(s, JSON.stringify(patch).replaceAll(email, 'email'), 'PATCH', `/admin/identities/${id}`, patch);
      await admin(s, 'what it then is', 'GET', `/admin/identities/${id}`);
    }
    const odd = [{ state: 1, organization_id: 'x' }, { nope: 1, organization_id: 'x' }, { verifiable_addresses: [{ verified: 'x', verified_at: 'x' }] }, { verifiable_addresses: [{ id: 1, verified: 'x' }] }, { verifiable_addresses: [{ id: 'x' }] }];
    for (const more of odd) {
      await admin(s, `new: ${JSON.stringify(more)}`, 'POST', '/admin/identities', person(s.email('n'), more));
      await admin(s, `in a batch: ${JSON.stringify(more)}`, 'PATCH', '/admin/identities', { identities: [{ create: person(s.email('n'), more), patch_id: 'x' }] });
    }
  },
  async 'd-letters'(s) {
    const email = s.email(), hook = s.email('h');
    await make(s, email);
    const { id } = await make(s, hook, { credentials: { password: { config: { use_password_migration_hook: true } } } });
    const l = await open(s, 'login');
    await script(s, 'a password that a hook would migrate', l, { method: 'password', identifier: hook, password: PW });
    await form(s, 'and by form', l, { method: 'password', identifier: hook, password: PW });
    await app(s, 'and in an app', await native(s, 'login', '', { cookie: '' }), { method: 'password', identifier: hook, password: PW });
    await admin(s, 'no traits', 'PUT', `/admin/identities/${id}`, { traits: null });
    for (const flow_type of [1, [], null, '', 'x']) await admin(s, `a code for ${JSON.stringify(flow_type)}`, 'POST', '/admin/recovery/code', { identity_id: id, flow_type });
    await admin(s, 'without its password', 'PATCH', `/admin/identities/${id}`, [{ op: 'remove', path: '/credentials/password' }]);
    s.jar.clear();
    await signIn(s, email);
    for (const to of ['http://127.0.0.1:4455/app?a=1&b=ü#frag', 'http://127.0.0.1:4455/ü?c d=e&"f"#g h'])
      for (const kind of ['login', 'registration']) await s.step(`${kind}, signed in, on to ${to}`, `/self-service/${kind}/browser?return_to=${encodeURIComponent(to)}`, { accept: html });
    const second = await open(s, 'login', '?aal=aal2');
    if (second?.ui) for (const totp_code of ['ü€😀', '😀😀😀😀😀😀', '']) await script(s, `the code ${totp_code}`, second, { method: 'totp', totp_code });
  },
  async 'd-return-to'(s) {
    const email = s.email();
    await make(s, email);
    for (const to of [
      'http://127.0.0.1:4455\\@evil.example/', 'http://user:p w@127.0.0.1:4455/', 'http://us%zzer@127.0.0.1:4455/', 'http://a b/', 'http://a^b/', 'http://a%41b/', 'http://a%c3%bc/', 'http://ü:1/',
      'http://[::1/', 'http://[::1]x/', 'http://[abc]/', 'http://[1.2.3.4]/', 'http://x[::1]/', 'http://a:b:1/', 'x://a:b:1/', 'http://127.0.0.1:4455/%zz#a', 'http://127.0.0.1:4455/#%zz', '1:x', 'x:y', 'mailto:a@example.org',
    ]) await s.step(`refused: ${to}`, `/self-service/login/browser?return_to=${encodeURIComponent(to)}`, { cookies: false });
    for (const to of [
      '///x', '////x', '?x=1', '#x', '.', '/x?y#z', 'HTTP://127.0.0.1:4455/X', 'http://127.0.0.1:4455?', 'http://127.0.0.1:4455/#', 'http://127.0.0.1:4455/x#a#b', 'http://127.0.0.1:4455/ü?ü#ü', 'http://127.0.0.1:4455/a b?c d#e f',
      'http://127.0.0.1:4455/a%2fb%20', 'http://127.0.0.1:4455/"<>`{}|^', 'http://127.0.0.1:4455//x', 'http://us er:@127.0.0.1:4455/', "http://a:b'@127.0.0.1:4455/", 'http://127.0.0.1:4455/[x]!(*)',
    ]) {
      s.jar.clear();
      const f = await open(s, 'login', `?return_to=${encodeURIComponent(to)}`);
      if (f?.ui) await script(s, `sign in and on to ${to}`, f, { method: 'password', identifier: email, password: PW });
    }
  },
  async 'd-queries'(s) {
    for (const kind of ['login', 'registration', 'recovery', 'verification'])
      for (const to of ['http://127.0.0.1:x/', 'http://127.0.0.1:/', 'http://[::1]:x/', '//127.0.0.1:1x', 'http://[::1]/'])
        await s.step(`${kind} ${to}`, `/self-service/${kind}/browser?return_to=${encodeURIComponent(to)}`);
    for (const query of ['aal=AAL2&identity_schema=nope', 'aal=aal1&identity_schema=nope', 'login_challenge=x&identity_schema=nope', 'login_challenge=x&return_to=https://evil.example/', 'aal=aal3&identity_schema=nope'])
      for (const kind of ['login', 'registration'])
        for (const way of ['browser', 'api']) await s.step(`${kind} ${way} ${query}`, `/self-service/${kind}/${way}?${query}`, { cookies: false });
  },
  async 'd-wrong-types'(s) {
    const email = s.email();
    await make(s, email);
    for (const transient_payload of BAD) {
      const f = await open(s, 'login');
      await script(s, 'login', f, { method: 'password', identifier: email, password: 'wrong', transient_payload });
      await form(s, 'login by form', f, { method: 'password', identifier: email, password: 'wrong', transient_payload: typeof transient_payload === 'string' ? transient_payload : JSON.stringify(transient_payload) });
      await script(s, 'without a method', f, { identifier: email, transient_payload });
      await script(s, 'sign up', await open(s, 'registration'), { method: 'password', traits: { email: s.email('n') }, password: PW, transient_payload });
      await script(s, 'sign up, profile', await open(s, 'registration'), { method: 'profile', traits: { email: s.email('n') }, transient_payload });
      await script(s, 'recover', await open(s, 'recovery'), { method: 'code', email, transient_payload });
      await script(s, 'verify', await open(s, 'verification'), { method: 'code', email, transient_payload });
    }
    for (const fields of [{ 'traits.name': 'Ada' }, { 'traits.name': '\u0000' }, { traits: '../../etc/passwd' }])
      for (const method of ['profile', 'password']) {
        const f = await open(s, 'registration');
        const given = { method, password: PW, 'traits.email': s.email('n'), ...fields };
        await s.step(`${method} ${Object.keys(fields)}`, actionPath(f), { method: 'POST', form: { csrf_token: csrf(f), ...given } });
      }
    for (const value of ['a\nb', 'ü€😀\u202e', '\u0000', 'a"b', 'a\\b', '\u{1F3F4}\u{E0067}']) {
      await script(s, 'no address', await open(s, 'registration'), { method: 'profile', traits: { email: value } });
      await script(s, 'no address to recover', await open(s, 'recovery'), { method: 'code', email: value });
    }
    await script(s, 'no method, no address', await open(s, 'verification'), { method: 'oidc', email: 'nope' });
  },
  async 'd-without-method'(s) {
    const f = await open(s, 'registration');
    await form(s, 'no method, no address', f, { 'traits.email': 'nope', password: PW });
    await s.step('keeps what was typed', `/self-service/registration/flows?id=${f.id}`);
    await script(s, 'no method, good traits', await open(s, 'registration'), { traits: { email: s.email('n') } });
    await script(s, 'another method', await open(s, 'registration'), { method: 'carrier-pigeon', traits: { email: 'nope', name: { first: 'Ada' } } });
    await app(s, 'native', await native(s, 'registration', '', { cookie: '' }), { traits: { email: 'nope' } });
    const l = await open(s, 'login', `?organization=${NOBODY}`);
    await script(s, 'login of an organization', l, { identifier: s.email('n') });
    const r = await open(s, 'recovery');
    await form(s, 'recovery of no flow', r, { method: 'code', flow: '' });
    await script(s, 'recovery of another flow', r, { method: 'code', flow: NOBODY, email: 'a@example.org' });
  },
  async 'd-settings'(s) {
    const email = s.email();
    await make(s, email);
    await signIn(s, email);
    for (const transient_payload of [[], 0, 'x']) {
      const f = await open(s, 'settings');
      await script(s, 'backup codes', f, { lookup_secret_regenerate: true, transient_payload });
      await script(s, 'password', f, { method: 'password', password: 'c0rrect-horse-battery-9', transient_payload });
      await script(s, 'profile', f, { method: 'profile', traits: { email, name: { first: 'Ada' } }, transient_payload });
    }
    const f = await open(s, 'settings');
    for (const fields of [{ lookup_secret_regenerate: 'x' }, { totp_unlink: 'x' }])
      await s.step(`form ${Object.keys(fields)}`, actionPath(f), { method: 'POST', form: { csrf_token: csrf(f), ...fields } });
  },
};

/** Recovery is switched off. */
export const off = {
  async 'd-recovery-off'(s) {
    const { id } = await make(s, s.email());
    const { data } = await admin(s, 'a code', 'POST', '/admin/recovery/code', { identity_id: id });
    await s.step('used', `/self-service/recovery?flow=${new URL(data.recovery_link).searchParams.get('flow')}`, { method: 'POST', json: { method: 'code', code: data.recovery_code } });
    for (const kind of ['recovery', 'verification']) await s.step(kind, `/self-service/${kind}/browser`);
  },
};

/** Registration is switched off. */
export const closed = {
  async 'd-registration-off'(s) {
    for (const query of ['', '?return_to=https://evil.example/', '?login_challenge=x', '?identity_schema=nope'])
      for (const way of ['browser', 'api']) await s.step(`${way} ${query}`, `/self-service/registration/${way}${query}`);
  },
};

/** An app signs in through a browser. */
export const social = {
  async 'd-posted-callback'(s) {
    const part = '--x\r\nContent-Disposition: form-data; name="state"\r\n\r\ny\r\n--x--\r\n';
    for (const [type, raw] of [['application/json', '{"state":"x"}'], ['text/plain', 'state=x'], ['application/x-www-form-urlencoded', 'state=x&code=y'], ['application/x-www-form-urlencoded; charset=utf-8', 'state=x'], ['multipart/form-data; boundary=x', part]])
      await s.step(`posted as ${type}`, '/self-service/methods/oidc/callback/mock?code=z', { method: 'POST', raw, headers: { 'content-type': type } });
  },
  async 'd-native-social'(s) {
    const APP = `?return_session_token_exchange_code=true&return_to=${encodeURIComponent('http://127.0.0.1:4455/app')}`;
    const mock = hint => ({ method: 'oidc', provider: 'mock', upstream_parameters: { login_hint: hint, prompt: 'none' } });
    const back = (label, r, headers = {}) => visitProvider(r.data.redirect_browser_to).then(url => s.step(label, url.href, { accept: html, cookies: false, headers }));
    const taken = s.email('t');
    await make(s, taken);
    await back('an address that has an account', await app(s, 'to the provider', await native(s, 'login', APP), mock(taken)));
    await back('and without a place to return to', await app(s, 'to the provider', await native(s, 'login', '?return_session_token_exchange_code=true'), mock(taken)));
    for (const kind of ['login', 'registration']) {
      const f = await native(s, kind, APP);
      const r = await app(s, 'to the provider', f, mock(s.email(kind)));
      const url = new URL(r.data.redirect_browser_to);
      const denied = new URL(url.searchParams.get('redirect_uri'));
      denied.search = new URLSearchParams({ state: url.searchParams.get('state'), error: 'access_denied', error_description: 'no' });
      await s.step('denied', denied.href, { accept: html, cookies: false });
      await s.step('what the flow says', `/self-service/${kind}/flows?id=${f.id}`);
      const again = await app(s, 'once more', f, mock(s.email(kind)));
      const first = await back('there and back', again);
      if (s.steps.at(-1).response.location) s.steps.at(-1).response.location = s.steps.at(-1).response.location.replace(/code=\w+/, 'code=<code>');
      if (s.steps.at(-1).response.text) s.steps.at(-1).response.text = s.steps.at(-1).response.text.replace(/code=\w+/, 'code=<code>');
      void first;
    }
    const b = await open(s, 'login');
    const r = await script(s, 'a browser to the provider', b, mock(s.email('b')));
    const url = new URL(r.data.redirect_browser_to);
    const denied = new URL(url.searchParams.get('redirect_uri'));
    denied.search = new URLSearchParams({ state: url.searchParams.get('state'), error: 'access_denied', error_description: 'no' });
    await s.step('denied in a browser', denied.href, { accept: html });
    await s.step('what the flow says', `/self-service/login/flows?id=${b.id}`);
  },
};
