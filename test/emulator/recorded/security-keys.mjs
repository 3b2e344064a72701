// Security keys and passkeys, switched on, with an authenticator: every step of signing in and up, and of settings.
import { node } from '../../conformance/lib.mjs';
import { PW, registerApi, registerSpa } from '../../conformance/scenarios.mjs';
import { Authenticator } from './authenticator.mjs';
import { app, fetched, form, native, open, page, script, signIn } from './steps.mjs';

const EVIL = 'https://evil.example';
const YUBIKEY = 'cb69481e8ff7403993ec0a2729a154a8';
const optionsIn = (f, name) => JSON.parse(node(f, name).attributes.value);
const keyIdOf = (f, name) => node(f, name)?.attributes.value;

/** What is drawn by chance looks the same in every recording. */
function calm(s) {
  const norm = s.norm.bind(s);
  s.norm = (v, key) => {
    if (typeof v !== 'string') return norm(v, key);
    if (/^\{"id":"[^"]*","rawId"/.test(v)) return '<credential>';
    if (key === 'public_key' || key === 'user_handle') return `<${key}>`;
    if (/^[A-Za-z0-9]{64}$/.test(v)) return '<handle>';
    return norm(v.replace(/[A-Z]\.[0-9A-F]{10}@EXAMPLE\.ORG/g, '<EMAIL>').replace(/"challenge":"[\w-]+"/g, '"challenge":"<challenge>"').replace(/("displayName":"[^"]*","id":")[\w-]+/g, '$1<handle>').replace(/sha512-[\w+/=]+/g, '<integrity>'), key);
  };
}

const whoami = s => s.step('whoami', '/sessions/whoami');
async function shown(s, email, types = 'webauthn&include_credential=passkey') {
  const list = (await s.step('find', `/admin/identities?credentials_identifier=${encodeURIComponent(email)}`, { admin: true })).data;
  if (list?.[0]) await s.step('admin', `/admin/identities/${list[0].id}?include_credential=${types}`, { admin: true });
  return list?.[0]?.id;
}

/** Every way in which a new key can be wrong. */
const badKeys = (a, o) => ({
  'no JSON': 'x',
  'an empty object': '{}',
  'a list': '[]',
  'no type': JSON.stringify({ ...JSON.parse(a.create(o)), type: undefined }),
  'another type': JSON.stringify({ ...JSON.parse(a.create(o)), type: 'password' }),
  'an id that is none': JSON.stringify({ ...JSON.parse(a.create(o)), id: '**' }),
  'no response': JSON.stringify({ ...JSON.parse(a.create(o)), response: {} }),
  'broken client data': JSON.stringify({ ...JSON.parse(a.create(o)), response: { ...JSON.parse(a.create(o)).response, clientDataJSON: 'eA' } }),
  'broken attestation': JSON.stringify({ ...JSON.parse(a.create(o)), response: { ...JSON.parse(a.create(o)).response, attestationObject: 'eA' } }),
  'of signing in': a.create(o, { type: 'webauthn.get' }),
  'another challenge': a.create(o, { challenge: 'AAAA' }),
  'another origin': a.create(o, { origin: EVIL }),
  'an origin with a path': a.create(o, { origin: 'http://LOCALHOST:4455/path' , rpId: 'nowhere.example' }),
  'no origin': a.create(o, { origin: '' }),
  'another relying party': a.create(o, { rpId: 'evil.example' }),
  'nobody there': a.create(o, { present: false }),
  'an unknown format': a.create(o, { format: 'mystery' }),
});
const badAnswers = (a, o) => ({
  'no JSON': 'x',
  'an empty object': '{}',
  'another type': JSON.stringify({ ...JSON.parse(a.get(o)), type: 'password' }),
  'no response': JSON.stringify({ ...JSON.parse(a.get(o)), response: {} }),
  'of signing up': a.get(o, { type: 'webauthn.create' }),
  'another challenge': a.get(o, { challenge: 'AAAA' }),
  'another origin': a.get(o, { origin: EVIL }),
  'another relying party': a.get(o, { rpId: 'evil.example' }),
  'nobody there': a.get(o, { present: false }),
  'spoiled': a.get(o, { spoiled: true }),
  'backed up all at once': a.get(o, { eligible: !a.options.eligible }),
  'of somebody else': a.get(o, { handle: 'AAAA' }),
});

/** Adds a key in the settings of whoever is signed in. */
async function addKey(s, a, name, changes) {
  const f = await open(s, 'settings');
  await script(s, 'add ' + name, f, { webauthn_register: a.create(optionsIn(f, 'webauthn_register_trigger'), changes), webauthn_register_displayname: name });
  return f;
}
async function addPasskey(s, a, changes) {
  const f = await open(s, 'settings');
  await script(s, 'add passkey', f, { passkey_settings_register: a.create(optionsIn(f, 'passkey_create_data'), changes) });
  return f;
}

export const second = {
  async 'second-key'(s) {
    calm(s);
    const email = s.email(); await registerSpa(s, email);
    const a = new Authenticator('second-key');
    const f = await open(s, 'settings');
    const o = optionsIn(f, 'webauthn_register_trigger');
    await script(s, 'without a name', f, { webauthn_register: a.create(o) });
    await script(s, 'an empty name', f, { webauthn_register: a.create(o), webauthn_register_displayname: '' });
    for (const [what, webauthn_register] of Object.entries(badKeys(a, o))) await script(s, what, f, { webauthn_register, webauthn_register_displayname: 'bad' });
    await script(s, 'remove none', f, { webauthn_remove: 'abcd' });
    await script(s, 'add', f, { webauthn_register: a.create(o, { also: { surplus: 1 } }), webauthn_register_displayname: 'First' });
    await script(s, 'the same again', f, { webauthn_register: a.create(o), webauthn_register_displayname: 'First' });
    await whoami(s);
    await shown(s, email);
    await addKey(s, a, 'Second', { aaguid: YUBIKEY, counter: 7, eligible: true, backedUp: true });
    await shown(s, email);
    s.jar.clear();
    await signIn(s, email);
    await whoami(s);
    const l = await open(s, 'login', '?aal=aal2');
    const get = optionsIn(l, 'webauthn_login_trigger');
    await script(s, 'nothing', l, { method: 'webauthn' });
    await script(s, 'no answer', l, { method: 'webauthn', identifier: email });
    await script(s, 'no identifier', l, { webauthn_login: a.get(get) });
    for (const [what, webauthn_login] of Object.entries(badAnswers(a, get))) await script(s, what, l, { webauthn_login, identifier: email });
    await script(s, 'right', l, { webauthn_login: a.get(get, { handle: '' }), identifier: email });
    await whoami(s);
    await open(s, 'login', '?aal=aal2&refresh=true');
    await open(s, 'login', '?refresh=true');
    const g = await open(s, 'settings');
    await script(s, 'remove unknown', g, { webauthn_remove: 'abcd' });
    await script(s, 'remove', g, { webauthn_remove: keyIdOf(g, 'webauthn_remove'), method: 'webauthn' });
    const h = await open(s, 'settings');
    await script(s, 'remove the last', h, { webauthn_remove: keyIdOf(h, 'webauthn_remove') });
    await shown(s, email);
    await whoami(s);
  },
  async 'second-key-pages'(s) {
    calm(s);
    const email = s.email(); await registerSpa(s, email);
    const a = new Authenticator('second-key-pages');
    const f = await page(s, 'settings');
    await form(s, 'a bad one', f, { webauthn_register: 'x', webauthn_register_displayname: 'X' });
    await fetched(s, 'settings', f.id);
    await form(s, 'add', f, { webauthn_register: a.create(optionsIn(f, 'webauthn_register_trigger')), webauthn_register_displayname: 'Mine' });
    await fetched(s, 'settings', f.id);
    s.jar.clear();
    const l = await page(s, 'login');
    await form(s, 'password', l, { method: 'password', identifier: email, password: PW });
    const g = await page(s, 'login', '?aal=aal2');
    const o = optionsIn(g, 'webauthn_login_trigger');
    await form(s, 'wrong', g, { webauthn_login: a.get(o, { spoiled: true }), identifier: email, method: 'webauthn' });
    await fetched(s, 'login', g.id);
    await form(s, 'password now', g, { method: 'password', identifier: email, password: PW });
    await fetched(s, 'login', g.id);
    await form(s, 'right', g, { webauthn_login: a.get(o), identifier: email });
    await whoami(s);
  },
  async 'second-key-counts'(s) {
    calm(s);
    const email = s.email(); await registerSpa(s, email);
    const a = new Authenticator('second-key-counts', { counter: 5 });
    await addKey(s, a, 'Counting');
    for (const counter of [6, 6, 3, 0]) {
      s.jar.clear(); await signIn(s, email);
      const l = await open(s, 'login', '?aal=aal2');
      await script(s, `counter ${counter}`, l, { webauthn_login: a.get(optionsIn(l, 'webauthn_login_trigger'), { counter, verified: false }), identifier: email });
    }
    await shown(s, email);
  },
  async 'second-key-replayed'(s) {
    calm(s);
    const email = s.email(); await registerSpa(s, email);
    const a = new Authenticator('second-key-replayed');
    await addKey(s, a, 'Mine');
    s.jar.clear(); await signIn(s, email);
    const l = await open(s, 'login', '?aal=aal2'), m = await open(s, 'login', '?aal=aal2');
    const answer = a.get(optionsIn(l, 'webauthn_login_trigger'));
    await script(s, 'in another flow', m, { webauthn_login: answer, identifier: email });
    await script(s, 'in its own', l, { webauthn_login: answer, identifier: email });
    await script(s, 'again', l, { webauthn_login: answer, identifier: email });
    s.jar.clear(); await signIn(s, email);
    const n = await open(s, 'login', '?aal=aal2');
    await script(s, 'later', n, { webauthn_login: answer, identifier: email });
    // A flow that was kept from an earlier sign-in, its challenge used up.
    await s.step('the flow of before', `/self-service/login?flow=${l.id}`, { method: 'POST', json: { csrf_token: n.ui.nodes.find(x => x.attributes.name === 'csrf_token').attributes.value, webauthn_login: answer, identifier: email } });
  },
  async 'second-key-admin'(s) {
    calm(s);
    const email = s.email(); await registerSpa(s, email);
    const a = new Authenticator('second-key-admin');
    await addKey(s, a, 'Mine');
    const id = await shown(s, email);
    await s.step('delete', `/admin/identities/${id}/credentials/webauthn`, { admin: true, method: 'DELETE' });
    await shown(s, email);
    await s.step('delete again', `/admin/identities/${id}/credentials/webauthn`, { admin: true, method: 'DELETE' });
    await s.step('delete passkey', `/admin/identities/${id}/credentials/passkey`, { admin: true, method: 'DELETE' });
    await open(s, 'settings');
    const config = { credentials: [{ id: 'AAAA', public_key: 'AAAA', attestation_type: 'none', display_name: 'Imported', added_at: '2024-01-01T00:00:00Z', is_passwordless: false }], user_handle: 'AAAA' };
    for (const type of ['webauthn', 'passkey']) {
      const made = (await s.step(`import ${type}`, '/admin/identities', { admin: true, method: 'POST', json: { schema_id: 'default', traits: { email: s.email(type.slice(0, 1)) }, credentials: { [type]: { config, identifiers: ['x'] } } } })).data;
      if (made?.id) await s.step(`imported ${type}`, `/admin/identities/${made.id}?include_credential=${type}`, { admin: true });
    }
  },
  async 'second-key-native'(s) {
    calm(s);
    const email = s.email(); const r = await registerApi(s, email), T = { 'X-Session-Token': r.session_token };
    s.jar.clear();
    const f = await native(s, 'settings', '', T);
    await app(s, 'add', f, { webauthn_register: 'x', webauthn_register_displayname: 'x', method: 'webauthn' }, T);
    const l = await native(s, 'login', '?aal=aal2', T);
    if (l?.ui) await app(s, 'sign in', l, { webauthn_login: 'x', identifier: email, method: 'webauthn' }, T);
    const g = await native(s, 'registration');
    await app(s, 'sign up', g, { webauthn_register: 'x', traits: { email: s.email('n') }, method: 'webauthn' });
  },
};

export const first = {
  async 'first-key'(s) {
    calm(s);
    const email = s.email(), a = new Authenticator('first-key');
    const r = await open(s, 'registration');
    const c = (await script(s, 'who', r, { method: 'profile', traits: { email } })).data;
    const o = optionsIn(c, 'webauthn_register_trigger');
    for (const [what, webauthn_register] of Object.entries(badKeys(a, o))) await script(s, what, r, { webauthn_register, traits: { email } });
    await script(s, 'bad traits', r, { webauthn_register: a.create(o), traits: { email: 'nope' } });
    await script(s, 'no traits', r, { webauthn_register: a.create(o) });
    await script(s, 'nothing', r, { method: 'webauthn', traits: { email } });
    await script(s, 'back', r, { method: 'profile', screen: 'previous', traits: { email } });
    await script(s, 'forth', r, { method: 'profile', traits: { email } });
    await script(s, 'right', r, { method: 'webauthn', webauthn_register: a.create(o), webauthn_register_displayname: 'Mine', traits: { email, age: 7 } });
    await whoami(s);
    await shown(s, email);
    const st = await open(s, 'settings');
    await script(s, 'remove the last', st, { webauthn_remove: keyIdOf(st, 'webauthn_remove') });
    await script(s, 'password', st, { method: 'password', password: PW });
    await addKey(s, a, 'Another');
    await shown(s, email);
    const l0 = await open(s, 'login', '?refresh=true');
    if (node(l0, 'webauthn_login_trigger')) await script(s, 'once more', l0, { webauthn_login: a.get(optionsIn(l0, 'webauthn_login_trigger')), identifier: email });
    await open(s, 'login', '?aal=aal2');
    s.jar.clear();
    const l = await open(s, 'login');
    await script(s, 'whose', l, { method: 'webauthn' });
    await script(s, 'nobody’s', l, { method: 'webauthn', identifier: 'nobody@example.org' });
    await script(s, 'hers', l, { method: 'webauthn', identifier: email.toUpperCase() });
    const m = await fetched(s, 'login', l.id);
    if (!node(m, 'webauthn_login_trigger')) {
      await script(s, 'hers in lower case', l, { method: 'webauthn', identifier: email });
    }
    const n = await fetched(s, 'login', l.id);
    const get = optionsIn(n, 'webauthn_login_trigger');
    for (const [what, webauthn_login] of Object.entries(badAnswers(a, get))) await script(s, what, l, { webauthn_login, identifier: email });
    await script(s, 'of nobody', l, { webauthn_login: a.get(get), identifier: 'nobody@example.org' });
    await script(s, 'right', l, { webauthn_login: a.get(get), identifier: email });
    await whoami(s);
  },
  async 'first-key-pages'(s) {
    calm(s);
    const email = s.email(), a = new Authenticator('first-key-pages');
    const r = await page(s, 'registration');
    await form(s, 'who', r, { method: 'profile', 'traits.email': email });
    const c = await fetched(s, 'registration', r.id);
    await form(s, 'bad', r, { webauthn_register: 'x', 'traits.email': email, webauthn_register_displayname: 'Y' });
    await fetched(s, 'registration', r.id);
    await form(s, 'right', r, { webauthn_register: a.create(optionsIn(c, 'webauthn_register_trigger')), 'traits.email': email, webauthn_register_displayname: '' });
    await whoami(s);
    await shown(s, email);
    s.jar.clear();
    const l = await page(s, 'login');
    await form(s, 'nobody', l, { method: 'webauthn', identifier: 'nobody@example.org' });
    await fetched(s, 'login', l.id);
    await form(s, 'who', l, { method: 'webauthn', identifier: email });
    const m = await fetched(s, 'login', l.id);
    await form(s, 'wrong', l, { webauthn_login: a.get(optionsIn(m, 'webauthn_login_trigger'), { spoiled: true }), identifier: email });
    await fetched(s, 'login', l.id);
    await form(s, 'right', l, { webauthn_login: a.get(optionsIn(m, 'webauthn_login_trigger')), identifier: email });
    await whoami(s);
    s.jar.clear();
    const d = await open(s, 'registration');
    const e = (await script(s, 'who', d, { method: 'profile', traits: { email } })).data;
    await script(s, 'a second of that name', d, { webauthn_register: a.create(optionsIn(e, 'webauthn_register_trigger')), traits: { email } });
  },
  async 'first-key-of-a-password'(s) {
    calm(s);
    const email = s.email(); await registerSpa(s, email);
    const a = new Authenticator('first-key-of-a-password');
    await shown(s, email);
    await open(s, 'login', '?refresh=true');
    s.jar.clear();
    const l = await open(s, 'login');
    await script(s, 'none set up', l, { method: 'webauthn', identifier: email });
    await script(s, 'an answer', l, { webauthn_login: 'x', identifier: email });
    await signIn(s, email);
    await addKey(s, a, 'Added');
    await whoami(s);
    await open(s, 'login', '?refresh=true');
    s.jar.clear();
    const n = await native(s, 'login');
    await app(s, 'natively', n, { webauthn_login: 'x', identifier: email, method: 'webauthn' });
  },
};

export const passkeys = {
  async 'passkey'(s) {
    calm(s);
    const email = s.email(), a = new Authenticator('passkey', { eligible: true, backedUp: true });
    const r = await open(s, 'registration');
    const c = (await script(s, 'who', r, { method: 'profile', traits: { email } })).data;
    const o = optionsIn(c, 'passkey_create_data').credentialOptions;
    for (const [what, passkey_register] of Object.entries(badKeys(a, o))) await script(s, what, r, { passkey_register, traits: { email } });
    await script(s, 'bad traits', r, { passkey_register: a.create(o), traits: { email: 'nope' } });
    await script(s, 'nothing', r, { method: 'passkey', traits: { email } });
    await script(s, 'true', r, { method: 'passkey', passkey_register: 'true', traits: { email } });
    await script(s, 'back', r, { method: 'profile', screen: 'previous', traits: { email } });
    await script(s, 'forth', r, { method: 'profile', traits: { email } });
    await script(s, 'right', r, { method: 'passkey', passkey_register: a.create(o), traits: { email } });
    await whoami(s);
    await shown(s, email);
    const st = await open(s, 'settings');
    await script(s, 'remove the last', st, { passkey_remove: keyIdOf(st, 'passkey_remove') });
    for (const [what, passkey_settings_register] of Object.entries(badKeys(a, optionsIn(st, 'passkey_create_data')))) await script(s, what, st, { passkey_settings_register });
    await addPasskey(s, a, { aaguid: 'adce000235bcc60a648b0b25f1f05503' });
    await shown(s, email);
    const f = await open(s, 'login', '?refresh=true');
    await script(s, 'once more', f, { passkey_login: a.get(optionsIn(f, 'passkey_challenge')) });
    s.jar.clear();
    const l = await open(s, 'login');
    const get = optionsIn(l, 'passkey_challenge');
    await script(s, 'nothing', l, { method: 'passkey' });
    const again = await fetched(s, 'login', l.id);
    const get2 = optionsIn(again, 'passkey_challenge');
    for (const [what, passkey_login] of Object.entries(badAnswers(a, get2))) await script(s, what, l, { passkey_login });
    await script(s, 'the challenge of before', l, { passkey_login: a.get(get) });
    await script(s, 'of no handle', l, { passkey_login: a.get(get2, { handle: '' }) });
    await script(s, 'right', l, { passkey_login: a.get(get2), identifier: '' });
    await whoami(s);
    const gone = await open(s, 'settings');
    await script(s, 'remove', gone, { passkey_remove: keyIdOf(gone, 'passkey_remove') });
    await script(s, 'remove unknown', gone, { passkey_remove: 'abcd' });
    await shown(s, email);
    const id = (await whoami(s)).data?.identity?.id;
    await s.step('delete', `/admin/identities/${id}/credentials/passkey`, { admin: true, method: 'DELETE' });
    await s.step('delete webauthn', `/admin/identities/${id}/credentials/webauthn`, { admin: true, method: 'DELETE' });
  },
  async 'passkey-pages'(s) {
    calm(s);
    const email = s.email(), a = new Authenticator('passkey-pages');
    const r = await page(s, 'registration');
    await form(s, 'who', r, { method: 'profile', 'traits.email': email, 'traits.age': '30' });
    const c = await fetched(s, 'registration', r.id);
    await form(s, 'bad', r, { passkey_register: 'x', 'traits.email': email });
    await fetched(s, 'registration', r.id);
    await form(s, 'right', r, { passkey_register: a.create(optionsIn(c, 'passkey_create_data').credentialOptions), 'traits.email': email });
    await whoami(s);
    const st = await page(s, 'settings');
    await form(s, 'bad', st, { passkey_settings_register: 'x' });
    await fetched(s, 'settings', st.id);
    await form(s, 'add', st, { passkey_settings_register: a.create(optionsIn(st, 'passkey_create_data')) });
    await fetched(s, 'settings', st.id);
    s.jar.clear();
    const l = await page(s, 'login');
    const get = optionsIn(l, 'passkey_challenge');
    await form(s, 'no JSON', l, { passkey_login: 'x' });
    await fetched(s, 'login', l.id);
    await form(s, 'wrong', l, { passkey_login: a.get(get, { origin: EVIL }), identifier: email });
    await fetched(s, 'login', l.id);
    await form(s, 'nothing', l, { method: 'passkey' });
    const m = await fetched(s, 'login', l.id);
    await form(s, 'right', l, { passkey_login: a.get(optionsIn(m, 'passkey_challenge')), method: 'passkey', identifier: '' });
    await whoami(s);
  },
  async 'passkey-of-a-password'(s) {
    calm(s);
    const email = s.email(); await registerSpa(s, email);
    const a = new Authenticator('passkey-of-a-password');
    await open(s, 'login', '?refresh=true');
    await addPasskey(s, a);
    await addPasskey(s, a);
    await whoami(s);
    const st = await open(s, 'settings');
    await script(s, 'remove', st, { passkey_remove: keyIdOf(st, 'passkey_remove') });
    const su = await open(s, 'settings');
    await script(s, 'remove the last', su, { passkey_remove: keyIdOf(su, 'passkey_remove') });
    await shown(s, email);
    s.jar.clear();
    const l = await open(s, 'login');
    await script(s, 'a removed one', l, { passkey_login: a.get(optionsIn(l, 'passkey_challenge')) });
    await signIn(s, email);
    const second = await open(s, 'login', '?aal=aal2');
    await script(s, 'as second factor', second, { passkey_login: 'x' });
  },
  async 'passkey-native'(s) {
    calm(s);
    const email = s.email(), a = new Authenticator('passkey-native');
    const r = await native(s, 'registration');
    const c = (await app(s, 'who', r, { method: 'profile', traits: { email } })).data;
    const o = optionsIn(c, 'passkey_create_data').credentialOptions;
    await app(s, 'bad', r, { passkey_register: 'x', traits: { email }, method: 'passkey' });
    const done = (await app(s, 'right', r, { passkey_register: a.create(o), traits: { email }, method: 'passkey' })).data;
    const T = { 'X-Session-Token': done?.session_token };
    const st = await native(s, 'settings', '', T);
    await app(s, 'add', st, { passkey_settings_register: a.create(optionsIn(st, 'passkey_create_data')) }, T);
    const l = await native(s, 'login');
    const get = optionsIn(l, 'passkey_challenge');
    await app(s, 'nothing', l, { method: 'passkey' });
    const m = await fetched(s, 'login', l.id);
    await app(s, 'wrong', l, { passkey_login: a.get(optionsIn(m, 'passkey_challenge'), { spoiled: true }) });
    await app(s, 'right', l, { passkey_login: a.get(optionsIn(m, 'passkey_challenge')) });
    await native(s, 'login', '?refresh=true', T);
  },
};

/** Both on one page, with the methods of before. */
export const oneStep = {
  async 'keys-one-step'(s) {
    calm(s);
    const email = s.email(), a = new Authenticator('keys-one-step');
    const r = await open(s, 'registration');
    await script(s, 'nothing', r, { traits: { email } });
    await script(s, 'method only', r, { method: 'webauthn', traits: { email } });
    await script(s, 'passkey', r, { passkey_register: a.create(optionsIn(r, 'passkey_create_data').credentialOptions), traits: { email } });
    await whoami(s);
    await addKey(s, a, 'Key');
    await shown(s, email);
    await open(s, 'login', '?refresh=true');
    await open(s, 'login', '?aal=aal2');
    s.jar.clear();
    const q = await page(s, 'registration'), other = s.email('b');
    await form(s, 'bad', q, { webauthn_register: 'x', 'traits.email': other, webauthn_register_displayname: 'Z' });
    await fetched(s, 'registration', q.id);
    await form(s, 'key', q, { webauthn_register: a.create(optionsIn(q, 'webauthn_register_trigger')), 'traits.email': other });
    await whoami(s);
    s.jar.clear();
    const l = await open(s, 'login');
    await script(s, 'a key as a passkey', l, { passkey_login: a.get(optionsIn(l, 'passkey_challenge')) });
    await native(s, 'registration');
    await native(s, 'login');
  },
};

export const identifierFirst = {
  async 'keys-identifier-first'(s) {
    calm(s);
    const email = s.email(), a = new Authenticator('keys-identifier-first');
    const r = await open(s, 'registration');
    const c = (await script(s, 'who', r, { method: 'profile', traits: { email } })).data;
    await script(s, 'passkey', r, { passkey_register: a.create(optionsIn(c, 'passkey_create_data').credentialOptions), traits: { email } });
    await addKey(s, a, 'Key');
    s.jar.clear();
    const l = await open(s, 'login');
    await script(s, 'nobody', l, { method: 'identifier_first', identifier: 'nobody@example.org' });
    await script(s, 'who it is', l, { method: 'identifier_first', identifier: email });
    await fetched(s, 'login', l.id);
    await script(s, 'key', l, { method: 'webauthn', identifier: email });
    await fetched(s, 'login', l.id);
    const g = await open(s, 'login');
    await script(s, 'passkey at once', g, { passkey_login: a.get(optionsIn(g, 'passkey_challenge'), { id: JSON.parse(a.get(optionsIn(g, 'passkey_challenge'), { id: [...a.keys.keys()][0] })).id }) });
    await whoami(s);
  },
  async 'keys-identifier-first-none'(s) {
    calm(s);
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const l = await page(s, 'login');
    await form(s, 'who', l, { method: 'identifier_first', identifier: email });
    await fetched(s, 'login', l.id);
    const n = await native(s, 'login');
    await app(s, 'who', n, { method: 'identifier_first', identifier: email });
  },
};
