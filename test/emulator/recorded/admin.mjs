import { actionPath, csrf } from '../../conformance/lib.mjs';
import { registerApi, registerSpa, html, flowId, mailCode, PW, PW2 } from '../../conformance/scenarios.mjs';
const NOBODY = '3e9b2a6c-3c0f-4a39-9d8e-0c4d9a3f0c11';
const admin = (s, label, method, path, json) => s.step(label, path, { method, admin: true, ...(json !== undefined && { json }) });
const create = async (s, json) => (await admin(s, 'create', 'POST', '/admin/identities', json)).data;
/** Each hash is another. */
const noHashes = s => { s.steps.forEach(({ response }) => JSON.stringify(response, (k, v) => { if (v?.hashed_password) v.hashed_password = '<hash>'; return v; })); };
const signIn = async (s, identifier, password) => {
  const f = (await s.step('create login', '/self-service/login/api')).data;
  return (await s.step('sign in', actionPath(f), { method: 'POST', json: { method: 'password', identifier, password } })).data;
};
export const scenarios = {
  async 'admin-create'(s) {
    const email = s.email();
    const made = {};
    const same = tag => (made[tag] ??= s.email(tag)); // each call makes another
    for (const [label, json] of Object.entries({
      'nothing': {}, 'no traits': { schema_id: 'default' }, 'traits null': { schema_id: 'default', traits: null }, 'traits a list': { traits: [] },
      'traits a string': { traits: 'x' }, 'no schema': { traits: { email: s.email('b') } }, 'empty schema': { schema_id: '', traits: { email: s.email('c') } },
      'unknown field': { schema_id: 'default', traits: { email: s.email('d') }, nope: 1 }, 'state inactive': { schema_id: 'default', state: 'inactive', traits: { email: s.email('e') } },
      'state bad': { schema_id: 'default', state: 'asleep', traits: { email: same('f') } }, 'schema a number': { schema_id: 5, traits: { email: same('f') } },
      'own id': { id: NOBODY, schema_id: 'default', traits: { email: s.email('g') } },
      'metadata': { schema_id: 'default', traits: { email: s.email('h') }, metadata_public: { a: [1, null, 'x'] }, metadata_admin: { b: true } },
      'metadata list': { schema_id: 'default', traits: { email: s.email('i') }, metadata_public: [1], metadata_admin: 'x' },
      'external id': { schema_id: 'default', traits: { email: s.email('j') }, external_id: 'ext-' + email },
      'external id taken': { schema_id: 'default', traits: { email: s.email('k') }, external_id: 'ext-' + email },
      'address of another': { schema_id: 'default', traits: { email: s.email('l') }, verifiable_addresses: [{ value: s.email('m'), via: 'email', verified: true, status: 'completed' }] },
      'address bad via': { schema_id: 'default', traits: { email: same('n') }, verifiable_addresses: [{ value: same('n'), via: 'pigeon', verified: true, status: 'completed' }] },
      'address pending': { schema_id: 'default', traits: { email: same('o') }, verifiable_addresses: [{ value: same('o'), via: 'email', verified: false, status: 'sent' }] },
      'address bare': { schema_id: 'default', traits: { email: same('p') }, verifiable_addresses: [{ value: same('p'), via: 'email' }] },
      'recovery address': { schema_id: 'default', traits: { email: same('q') }, recovery_addresses: [{ value: same('q'), via: 'email' }] },
      'recovery other': { schema_id: 'default', traits: { email: s.email('r') }, recovery_addresses: [{ value: s.email('s'), via: 'email' }] },
      'upper case email': { schema_id: 'default', traits: { email: 'Tea.Pot@Example.ORG' } },
      'password clear': { schema_id: 'default', traits: { email: s.email('u') }, credentials: { password: { config: { password: 'x' } } } },
      'password hash bad': { schema_id: 'default', traits: { email: s.email('v') }, credentials: { password: { config: { hashed_password: 'nope' } } } },
      'password hash bcrypt': { schema_id: 'default', traits: { email: s.email('w') }, credentials: { password: { config: { hashed_password: '$2a$04$zxEpGDpFwTXDHUHMJtFZ4.RyWg1yYVTNrRRxlDGrJk7G0RrlEVfV2' } } } },
      'password both': { schema_id: 'default', traits: { email: s.email('x') }, credentials: { password: { config: { password: PW, hashed_password: '$2a$04$zxEpGDpFwTXDHUHMJtFZ4.RyWg1yYVTNrRRxlDGrJk7G0RrlEVfV2' } } } },
      'password empty': { schema_id: 'default', traits: { email: s.email('y') }, credentials: { password: {} } },
      'password migration hook': { schema_id: 'default', traits: { email: s.email('aa') }, credentials: { password: { config: { use_password_migration_hook: true } } } },
      'oidc': { schema_id: 'default', traits: { email: s.email('z') }, credentials: { oidc: { config: { providers: [{ provider: 'mock', subject: 's' + email }] } } } },
      'oidc taken': { schema_id: 'default', traits: { email: s.email('ab') }, credentials: { oidc: { config: { providers: [{ provider: 'mock', subject: 's' + email }] } } } },
      'saml': { schema_id: 'default', traits: { email: s.email('ad') }, credentials: { saml: { config: { providers: [{ provider: 'x', subject: 's', organization: NOBODY }] } } } },
      'totp': { schema_id: 'default', traits: { email: s.email('ae') }, credentials: { totp: { config: { totp_url: 'otpauth://totp/Lab:x?secret=JBSWY3DPEHPK3PXP&issuer=Lab' } } } },
      'lookup': { schema_id: 'default', traits: { email: s.email('af') }, credentials: { lookup_secret: { config: { recovery_codes: [{ code: 'abcdefgh' }] } } } },
      'credentials unknown': { schema_id: 'default', traits: { email: s.email('ag') }, credentials: { nope: {} } },
      'organization': { schema_id: 'default', traits: { email: s.email('ah') }, organization_id: NOBODY },
      'organization bad': { schema_id: 'default', traits: { email: s.email('ai') }, organization_id: 'x' },
    })) await s.step(label, '/admin/identities', { method: 'POST', admin: true, json });
    await s.step('by external id', '/admin/identities/by/external/ext-' + email, { admin: true });
    await s.step('by external id, none', '/admin/identities/by/external/nope', { admin: true });
    await s.step('by external id with credentials', '/admin/identities/by/external/ext-' + email + '?include_credential=password', { admin: true });
    for (const [label, raw] of [['broken', '{'], ['list', '[]'], ['null', 'null'], ['empty', ''], ['twice', '{"schema_id":"default","schema_id":"x","traits":{}}']])
      await s.step('raw ' + label, '/admin/identities', { method: 'POST', admin: true, raw, headers: { 'content-type': 'application/json' } });
    await s.step('as form', '/admin/identities', { method: 'POST', admin: true, form: { schema_id: 'default', 'traits.email': s.email('aj') } });
    await s.step('as text', '/admin/identities', { method: 'POST', admin: true, raw: JSON.stringify({ schema_id: 'default', traits: { email: s.email('ak') } }), headers: { 'content-type': 'text/plain' } });
  },
  async 'admin-update'(s) {
    const email = s.email(), other = s.email('b');
    const a = await create(s, { schema_id: 'default', traits: { email }, credentials: { password: { config: { password: PW } } }, metadata_public: { a: 1 }, metadata_admin: { b: 1 }, external_id: 'u-' + email });
    await create(s, { schema_id: 'default', traits: { email: other } });
    const put = (label, json, id = a.id) => admin(s, label, 'PUT', '/admin/identities/' + id, json);
    await put('nothing', {});
    await put('no state', { schema_id: 'default', traits: { email } });
    await put('bad state', { schema_id: 'default', state: 'x', traits: { email } });
    await put('no schema', { state: 'active', traits: { email } });
    await put('no traits', { state: 'active', schema_id: 'default' });
    await put('bad traits', { state: 'active', schema_id: 'default', traits: { email: 'x' } });
    await put('bad schema', { state: 'active', schema_id: 'x', traits: { email } });
    await put('taken', { state: 'active', schema_id: 'default', traits: { email: other } });
    await put('unknown', { state: 'active', schema_id: 'default', traits: { email } }, NOBODY);
    await put('bad id', { state: 'active', schema_id: 'default', traits: { email } }, 'x');
    await put('new address', { state: 'active', schema_id: 'default', traits: { email: s.email('c') }, metadata_public: { c: 1 } });
    await put('password', { state: 'active', schema_id: 'default', traits: { email: s.email('c') }, credentials: { password: { config: { password: PW2 } } } });
    await put('external', { state: 'active', schema_id: 'default', traits: { email: s.email('c') }, external_id: 'w-' + email });
    await put('inactive', { state: 'inactive', schema_id: 'default', traits: { email: s.email('c') } });
    await put('active again', { state: 'active', schema_id: 'default', traits: { email: s.email('c') } });
    await admin(s, 'get', 'GET', '/admin/identities/' + a.id);
    await signIn(s, s.email('c'), PW);
    const g = await create(s, { schema_id: 'default', traits: { email: s.email('g') } });
    await signIn(s, s.email('g'), PW);
  },
  async 'admin-patch'(s) {
    const email = s.email(), other = s.email('b');
    const a = await create(s, { schema_id: 'default', traits: { email, name: { first: 'A' } }, credentials: { password: { config: { password: PW } } }, metadata_admin: { b: 1 } });
    await create(s, { schema_id: 'default', traits: { email: other } });
    const patch = (label, json, id = a.id) => admin(s, label, 'PATCH', '/admin/identities/' + id, json);
    await patch('empty', []);
    await patch('object', {});
    await patch('null', null);
    await patch('number', 5);
    await patch('no op', [{ path: '/state', value: 'active' }]);
    await patch('unknown op', [{ op: 'x', path: '/state', value: 'active' }]);
    await patch('no path', [{ op: 'replace', value: 'active' }]);
    await patch('no value', [{ op: 'replace', path: '/state' }]);
    await patch('bad pointer', [{ op: 'replace', path: 'state', value: 'active' }]);
    await patch('unknown path', [{ op: 'replace', path: '/nope', value: 1 }]);
    await patch('add unknown path', [{ op: 'add', path: '/nope', value: 1 }]);
    await patch('remove missing', [{ op: 'remove', path: '/metadata_public/x' }]);
    await patch('remove deep missing', [{ op: 'remove', path: '/traits/name/last' }]);
    await patch('add deep missing', [{ op: 'add', path: '/metadata_public/x/y', value: 1 }]);
    await patch('add metadata', [{ op: 'add', path: '/metadata_public', value: { a: 1 } }]);
    await patch('add metadata key', [{ op: 'add', path: '/metadata_public/b', value: [1, 2] }]);
    await patch('add to list', [{ op: 'add', path: '/metadata_public/b/-', value: 3 }]);
    await patch('add at index', [{ op: 'add', path: '/metadata_public/b/0', value: 0 }]);
    await patch('add past the end', [{ op: 'add', path: '/metadata_public/b/9', value: 0 }]);
    await patch('remove index', [{ op: 'remove', path: '/metadata_public/b/1' }]);
    await patch('copy', [{ op: 'copy', from: '/metadata_public/b', path: '/metadata_public/c' }]);
    await patch('move', [{ op: 'move', from: '/metadata_public/c', path: '/metadata_public/d' }]);
    await patch('move from nowhere', [{ op: 'move', from: '/metadata_public/zz', path: '/metadata_public/d' }]);
    await patch('test true', [{ op: 'test', path: '/state', value: 'active' }]);
    await patch('test false', [{ op: 'test', path: '/state', value: 'inactive' }]);
    await patch('remove metadata', [{ op: 'remove', path: '/metadata_public' }]);
    await patch('metadata null', [{ op: 'replace', path: '/metadata_admin', value: null }]);
    await patch('id', [{ op: 'replace', path: '/id', value: NOBODY }]);
    await patch('credentials', [{ op: 'replace', path: '/credentials', value: {} }]);
    await patch('credentials deep', [{ op: 'replace', path: '/credentials/password/config/hashed_password', value: 'x' }]);
    await patch('state changed at', [{ op: 'replace', path: '/state_changed_at', value: '2020-01-01T00:00:00Z' }]);
    await patch('created at', [{ op: 'replace', path: '/created_at', value: '2020-01-01T00:00:00Z' }]);
    await patch('schema url', [{ op: 'replace', path: '/schema_url', value: 'x' }]);
    await patch('schema id', [{ op: 'replace', path: '/schema_id', value: 'nope' }]);
    await patch('addresses', [{ op: 'replace', path: '/verifiable_addresses', value: [] }]);
    await patch('address verified', [{ op: 'replace', path: '/verifiable_addresses/0/verified', value: true }]);
    await patch('address status', [{ op: 'replace', path: '/verifiable_addresses/0/status', value: 'completed' }]);
    await patch('address value', [{ op: 'replace', path: '/verifiable_addresses/0/value', value: 'x@example.org' }]);
    await patch('recovery addresses', [{ op: 'replace', path: '/recovery_addresses', value: [] }]);
    await patch('remove state', [{ op: 'remove', path: '/state' }]);
    await patch('remove schema', [{ op: 'remove', path: '/schema_id' }]);
    await patch('bad state', [{ op: 'replace', path: '/state', value: 'x' }]);
    await patch('state number', [{ op: 'replace', path: '/state', value: 1 }]);
    await patch('bad traits', [{ op: 'replace', path: '/traits/email', value: 'x' }]);
    await patch('extra trait', [{ op: 'add', path: '/traits/age', value: 3 }]);
    await patch('remove required', [{ op: 'remove', path: '/traits/email' }]);
    await patch('taken', [{ op: 'replace', path: '/traits/email', value: other }]);
    await patch('new address', [{ op: 'replace', path: '/traits/email', value: s.email('c') }]);
    await patch('organization', [{ op: 'add', path: '/organization_id', value: NOBODY }]);
    await patch('external id', [{ op: 'add', path: '/external_id', value: 'p-' + email }]);
    await patch('inactive', [{ op: 'replace', path: '/state', value: 'inactive' }]);
    await patch('several', [{ op: 'replace', path: '/state', value: 'active' }, { op: 'add', path: '/metadata_admin', value: { z: 1 } }]);
    await patch('several, one bad', [{ op: 'replace', path: '/state', value: 'inactive' }, { op: 'remove', path: '/nope' }]);
    await patch('unknown identity', [{ op: 'replace', path: '/state', value: 'active' }], NOBODY);
    await patch('bad identity', [{ op: 'replace', path: '/state', value: 'active' }], 'x');
    await admin(s, 'get', 'GET', '/admin/identities/' + a.id);
    await s.step('broken', '/admin/identities/' + a.id, { method: 'PATCH', admin: true, raw: '[', headers: { 'content-type': 'application/json' } });
    await s.step('no body', '/admin/identities/' + a.id, { method: 'PATCH', admin: true });
  },
  async 'admin-batch'(s) {
    const email = s.email();
    const batch = (label, json) => admin(s, label, 'PATCH', '/admin/identities', json);
    await batch('nothing', {});
    await batch('empty', { identities: [] });
    await batch('null', { identities: null });
    await batch('list', []);
    await batch('no create', { identities: [{ patch_id: NOBODY }] });
    await batch('bad patch id', { identities: [{ patch_id: 'x', create: { schema_id: 'default', traits: { email } } }] });
    await batch('two', { identities: [{ patch_id: NOBODY, create: { schema_id: 'default', traits: { email } } }, { create: { schema_id: 'default', traits: { email: s.email('b') }, credentials: { password: { config: { password: PW } } } } }] });
    await batch('one taken', { identities: [{ create: { schema_id: 'default', traits: { email } } }, { create: { schema_id: 'default', traits: { email: s.email('c') } } }] });
    await batch('one bad', { identities: [{ create: { schema_id: 'default', traits: { email: 'x' } } }, { create: { schema_id: 'default', traits: { email: s.email('d') } } }] });
    await batch('bad schema', { identities: [{ create: { schema_id: 'nope', traits: { email: s.email('e') } } }] });
    const again = s.email('f'); // each call makes another
    await batch('same twice', { identities: [{ create: { schema_id: 'default', traits: { email: again } } }, { create: { schema_id: 'default', traits: { email: again } } }] });
    await batch('unknown field', { identities: [{ create: { schema_id: 'default', traits: { email: s.email('g') } }, nope: 1 }] });
    await batch('unknown top', { identities: [], nope: 1 });
    await batch('hashed', { identities: [{ create: { schema_id: 'default', traits: { email: s.email('h') }, credentials: { password: { config: { hashed_password: 'x' } } } } }] });
    await batch('state', { identities: [{ create: { schema_id: 'default', state: 'x', traits: { email: s.email('i') } } }] });
    await batch('delete', { identities: [{ delete: NOBODY }] });
    await s.step('with get', '/admin/identities?ids=' + NOBODY, { admin: true });
    await s.step('broken', '/admin/identities', { method: 'PATCH', admin: true, raw: '{', headers: { 'content-type': 'application/json' } });
  },
  async 'admin-list'(s) {
    const email = s.email();
    const a = await create(s, { schema_id: 'default', traits: { email }, credentials: { password: { config: { password: PW } }, oidc: { config: { providers: [{ provider: 'mock', subject: 'l' + email }] } } } });
    const b = await create(s, { schema_id: 'default', traits: { email: s.email('b') }, external_id: 'l-' + email });
    const list = (q, label = q) => s.step('list ' + label, '/admin/identities' + q, { admin: true });
    const at = encodeURIComponent(email);
    for (const q of ['?credentials_identifier=' + at, '?credentials_identifier=' + at.toUpperCase(), '?credentials_identifier=nobody@example.org', '?credentials_identifier=%20' + at,
      '?credentials_identifier=mock:l' + at, '?preview_credentials_identifier_similar=' + at, '?preview_credentials_identifier_similar=' + at.slice(0, 5), `?credentials_identifier=${at}&preview_credentials_identifier_similar=${at}`,
      `?ids=${a.id}`, `?ids=${a.id}&ids=${NOBODY}`, '?ids=x', '?ids=', `?ids=${a.id},${b.id}`, `?ids=${a.id}&credentials_identifier=${at}`,
      `?ids=${a.id}&include_credential=password`, `?ids=${a.id}&include_credential=oidc`, `?ids=${a.id}&include_credential=password&include_credential=oidc`, `?ids=${a.id}&include_credential=totp`, `?ids=${a.id}&include_credential=nope`, `?ids=${a.id}&include_credential=`,
      `?credentials_identifier=${at}&consistency=strong`, `?credentials_identifier=${at}&consistency=eventual`, `?credentials_identifier=${at}&consistency=nope`,
      `?organization_id=${NOBODY}&ids=${a.id}`, '?organization_id=x', `?organization_id=&ids=${a.id}`, '?page_size=x', '?page_size=0&ids=' + a.id, '?page_size=-1&ids=' + a.id, '?page_size=5000&ids=' + a.id, '?page_token=x', '?per_page=1&page=9999', '?page=9999', '?per_page=x'])
      await list(q, q.replaceAll(at, '<address>'));
    for (const q of ['', '?include_credential=password', '?include_credential=password&include_credential=oidc', '?include_credential=oidc', '?include_credential=nope', '?include_credential=totp', '?include_credential=code', '?include_credential=', '?expand=x'])
      await s.step('get ' + q, `/admin/identities/${a.id}${q}`, { admin: true });
    noHashes(s);
    await s.step('head', '/admin/identities/' + a.id, { method: 'HEAD', admin: true });
    await s.step('head list', '/admin/identities?ids=' + a.id, { method: 'HEAD', admin: true });
    await s.step('slash', `/admin/identities/${a.id}/`, { admin: true });
    await s.step('list slash', '/admin/identities/', { admin: true });
    await s.step('html', '/admin/identities/' + a.id, { admin: true, accept: html });
    await s.step('delete password', `/admin/identities/${a.id}/credentials/password`, { method: 'DELETE', admin: true });
    await s.step('delete password again', `/admin/identities/${a.id}/credentials/password`, { method: 'DELETE', admin: true });
    for (const t of ['totp', 'lookup_secret', 'webauthn', 'passkey', 'code', 'oidc', 'saml', 'profile', 'link_recovery', 'code_recovery', 'nope', 'oidc?identifier=nope', `oidc?identifier=mock:l${at}`])
      await s.step('delete ' + t.replaceAll(at, '<address>'), `/admin/identities/${a.id}/credentials/${t}`, { method: 'DELETE', admin: true });
    await s.step('delete of nobody', `/admin/identities/${NOBODY}/credentials/password`, { method: 'DELETE', admin: true });
    await s.step('get after', `/admin/identities/${a.id}?include_credential=password&include_credential=oidc`, { admin: true });
    await s.step('delete', '/admin/identities/' + b.id, { method: 'DELETE', admin: true });
    await s.step('delete again', '/admin/identities/' + b.id, { method: 'DELETE', admin: true });
    await s.step('delete bad id', '/admin/identities/x', { method: 'DELETE', admin: true });
    for (const m of ['PUT', 'DELETE', 'OPTIONS', 'POST']) await s.step(m + ' list', '/admin/identities' + (m === 'POST' ? '/' + a.id : ''), { method: m, admin: true });
  },
  async 'admin-sessions'(s) {
    const email = s.email(); const r = await registerApi(s, email); const id = r.identity.id, T = { 'X-Session-Token': r.session_token };
    const b = await signIn(s, email, PW);
    const get = (label, path) => s.step(label, path, { admin: true });
    for (const q of ['', '?active=true', '?active=false', '?active=x', '?page_size=1', '?per_page=1&page=1', '?expand=identity', '?page_size=x', '?page_token=x', '?page=x'])
      await get('of identity ' + q, `/admin/identities/${id}/sessions${q}`);
    await get('of nobody', `/admin/identities/${NOBODY}/sessions`);
    await get('of bad id', '/admin/identities/x/sessions');
    for (const q of ['', '?expand=identity', '?expand=devices', '?expand=identity&expand=devices', '?expand=Identity', '?expand=nope', '?expand='])
      await get('session ' + q, `/admin/sessions/${r.session.id}${q}`);
    await get('session of nobody', '/admin/sessions/' + NOBODY);
    await get('session bad id', '/admin/sessions/x');
    for (const q of ['?page_size=x', '?page_token=x', '?active=x', '?expand=nope', '?page_size=0'])
      await get('all ' + q, '/admin/sessions' + q);
    await s.step('extend', `/admin/sessions/${b.session.id}/extend`, { method: 'PATCH', admin: true });
    await s.step('extend nobody', `/admin/sessions/${NOBODY}/extend`, { method: 'PATCH', admin: true });
    await s.step('extend bad id', '/admin/sessions/x/extend', { method: 'PATCH', admin: true });
    await s.step('extend by POST', `/admin/sessions/${b.session.id}/extend`, { method: 'POST', admin: true });
    await s.step('disable', '/admin/sessions/' + b.session.id, { method: 'DELETE', admin: true });
    await get('disabled', '/admin/sessions/' + b.session.id);
    await get('active', `/admin/identities/${id}/sessions?active=true`);
    await get('inactive', `/admin/identities/${id}/sessions?active=false`);
    await s.step('extend disabled', `/admin/sessions/${b.session.id}/extend`, { method: 'PATCH', admin: true });
    await s.step('disable nobody', '/admin/sessions/' + NOBODY, { method: 'DELETE', admin: true });
    await s.step('disable bad id', '/admin/sessions/x', { method: 'DELETE', admin: true });
    await s.step('delete of nobody', `/admin/identities/${NOBODY}/sessions`, { method: 'DELETE', admin: true });
    await s.step('delete of bad id', '/admin/identities/x/sessions', { method: 'DELETE', admin: true });
    await s.step('delete', `/admin/identities/${id}/sessions`, { method: 'DELETE', admin: true });
    await s.step('delete again', `/admin/identities/${id}/sessions`, { method: 'DELETE', admin: true });
    await get('none', `/admin/identities/${id}/sessions`);
    await s.step('whoami', '/sessions/whoami', { headers: T });
    await s.step('whoami by admin port', '/sessions/whoami', { headers: T, admin: true });
  },
  async 'admin-courier'(s) {
    const email = s.email(); await registerApi(s, email);
    const f = (await s.step('recovery', '/self-service/recovery/api')).data;
    await s.step('ask', actionPath(f), { method: 'POST', json: { method: 'code', email } });
    const v = (await s.step('verification', '/self-service/verification/api')).data;
    await s.step('ask', actionPath(v), { method: 'POST', json: { method: 'code', email: s.email('unknown') } });
    const u = (await s.step('recovery', '/self-service/recovery/api')).data;
    await s.step('ask', actionPath(u), { method: 'POST', json: { method: 'code', email: s.email('unknown') } });
    // Without a mail server Kratos' mails stay queued, and their texts are its own.
    const own = m => { delete m.dispatches; for (const k of ['body', 'subject', 'status', 'send_count']) if (k in m) m[k] = `<${k}>`; };
    const count = async (label, q) => { const r = await s.step(label, '/admin/courier/messages' + q, { admin: true }); [s.steps.at(-1).response.body].flat().forEach(own); return r.data; };
    const list = await count('of the person', '?recipient=' + encodeURIComponent(email));
    for (const q of ['&status=processing', '&status=abandoned', '&status=', '&status=QUEUED', '&page_size=1', '&page_size=x', '&page_token=x', '&per_page=1', '&page=x'])
      await count('of the person ' + q, '?recipient=' + encodeURIComponent(email) + q);
    const m = list?.[0]?.id ?? NOBODY;
    await s.step('one', '/admin/courier/messages/' + m, { admin: true });
    own(s.steps.at(-1).response.body);
    await s.step('one by POST', '/admin/courier/messages/' + m, { admin: true, method: 'POST' });
    await s.step('delete', '/admin/courier/messages/' + m, { admin: true, method: 'DELETE' });
    await s.step('slash', '/admin/courier/messages/', { admin: true });
  },
  async 'admin-recovery'(s) {
    const email = s.email(); const r = await registerApi(s, email); const id = r.identity.id; s.jar.clear();
    const plain = await create(s, { traits: { email: s.email('b') } });
    const code = async (label, json) => (await admin(s, label, 'POST', '/admin/recovery/code', json)).data;
    const link = async (label, json, q = '') => (await admin(s, label, 'POST', '/admin/recovery/link' + q, json)).data;
    const c = await code('code', { identity_id: id });
    await s.step('link of the code, json', `/self-service/recovery?flow=${flowId(c.recovery_link)}`);
    const f = (await s.step('fetch', '/self-service/recovery/flows?id=' + flowId(c.recovery_link))).data;
    await s.step('right, script', actionPath(f), { method: 'POST', json: { method: 'code', code: c.recovery_code } });
    await s.step('whoami', '/sessions/whoami');
    s.jar.clear();
    const d = await code('code without password', { identity_id: plain.id, expires_in: '10m' });
    const g = (await s.step('fetch', '/self-service/recovery/flows?id=' + flowId(d.recovery_link))).data;
    await s.step('ask instead', actionPath(g), { method: 'POST', json: { method: 'code', email } });
    await s.step('empty', actionPath(g), { method: 'POST', json: { method: 'code', code: '' } });
    await s.step('right, page', actionPath(g), { method: 'POST', accept: html, form: { method: 'code', code: d.recovery_code } });
    s.jar.clear();
    const n = await code('native', { identity_id: id, flow_type: 'api' });
    const h = (await s.step('fetch', '/self-service/recovery/flows?id=' + flowId(n.recovery_link))).data;
    if (h?.ui) await s.step('wrong, native', actionPath(h), { method: 'POST', json: { method: 'code', code: '000000' } });
    if (h?.ui) await s.step('right, native', actionPath(h), { method: 'POST', json: { method: 'code', code: n.recovery_code } });
    await code('browser', { identity_id: id, flow_type: 'browser' });
    await code('return_to', { identity_id: id, return_to: 'https://evil.example/' });
    await s.step('code with return_to', '/admin/recovery/code?return_to=' + encodeURIComponent('http://127.0.0.1:4455/deep'), { method: 'POST', admin: true, json: { identity_id: id } });
    await s.step('code with bad return_to', '/admin/recovery/code?return_to=https%3A%2F%2Fevil.example%2F', { method: 'POST', admin: true, json: { identity_id: id } });
    await code('zero', { identity_id: id, expires_in: '0s' });
    await code('number', { identity_id: id, expires_in: 5 });
    await code('long', { identity_id: id, expires_in: '100h' });
    await link('link', { identity_id: id });
    await link('link, nothing', {});
    await link('link, unknown', { identity_id: NOBODY });
    await link('link, return_to', { identity_id: id }, '?return_to=' + encodeURIComponent('http://127.0.0.1:4455/deep'));
    for (const path of ['/admin/recovery/code', '/admin/recovery/link']) for (const raw of ['', '{', '[]', 'null']) await s.step(`${path} ${raw}`, path, { method: 'POST', admin: true, raw, headers: { 'content-type': 'application/json' } });
    await s.step('get code', '/admin/recovery/code', { admin: true });
  },
};
