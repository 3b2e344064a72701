// What few people set or send: old switches of Kratos, links that are too old, numbers as identifiers.
import { pbkdf2Sync } from 'node:crypto';
import { actionPath, csrf } from '../../conformance/lib.mjs';
import { flowId, html, PW, PW2, registerApi, totp } from '../../conformance/scenarios.mjs';
import { app, fetched, form, goTo, mailed, native, open, page, script, signIn, wait } from './steps.mjs';

const admin = (s, label, method, path, json) => s.step(label, path, { admin: true, method, ...(json !== undefined && { json }) });
const make = async (s, traits, more = {}) => (await admin(s, 'create', 'POST', '/admin/identities', { schema_id: 'default', traits, credentials: { password: { config: { password: PW } } }, ...more })).data;
const OLD = 2300;
/** Tokens are random, and no recording says so. */
const hide = s => { const step = s.steps.at(-1); step.response = JSON.parse(JSON.stringify(step.response).replace(/token=[A-Za-z0-9]{32}/g, 'token=<token>')); };
const linkIn = async (s, email, kind) => (await mailed(s, email, `${kind}_valid`))?.match(/https?:\/\/[^\s"<>]+token=[^\s"<>]+/)?.[0].replaceAll('&amp;', '&');
async function follow(s, label, link, options) {
  const r = await goTo(s, label, link ?? 'http://none/', options);
  s.steps.at(-1).request.path = '<link>';
  hide(s);
  return r;
}
/** What a redirect leads to, whoever made the flow. */
async function shown(s, kind, location) {
  const id = location && (flowId(location) ?? new URL(location).searchParams.get('id'));
  if (!id) return;
  const r = await fetched(s, kind, id, 'what is shown');
  hide(s);
  return r;
}
/** To whom mails went, as they come in any order within a second. */
async function mails(s, ...addresses) {
  for (const address of addresses) {
    const { data } = await s.step('mails', `/admin/courier/messages?recipient=${encodeURIComponent(address)}`, { admin: true });
    const { response, request } = s.steps.at(-1);
    response.body = data.map(({ template_type, recipient }) => `${template_type} ${recipient === address}`).sort();
    request.path = '<mails>';
  }
}

/** Kratos takes a person's addresses in any order, and so does what is sent to them. */
const inOrder = value => {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!value || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, /^(verifiable|recovery)_addresses$/.test(key) ? [...inner].sort((a, b) => (a.value < b.value ? -1 : 1)) : inOrder(inner)]));
};
const sorted = scenarios => Object.fromEntries(Object.entries(scenarios).map(([name, run]) => [name, async s => { await run(s); s.steps = JSON.parse(JSON.stringify(s.steps.map(inOrder)).replace(/<email:\w>/g, '<email>')); }]));

/** `feature_flags.legacy_continue_with_verification_ui`, with two addresses. */
export const everyAddress = sorted({
  async 'every-address-script'(s) {
    const [email, other] = [s.email(), s.email('b')];
    const r = await script(s, 'sign up', await open(s, 'registration'), { method: 'password', password: PW, traits: { email, other } });
    for (const { flow } of (r.data.continue_with ?? []).filter(one => one.flow)) await fetched(s, 'verification', flow.id, 'verification');
    await mails(s, email, other);
    const [next, last] = [s.email('c'), s.email('d')];
    await script(s, 'other addresses', await open(s, 'settings'), { method: 'profile', traits: { email: next, other: last } });
    await mails(s, next, last);
    await script(s, 'the same ones', await open(s, 'settings'), { method: 'profile', traits: { email: next, other: last } });
    await script(s, 'a password', await open(s, 'settings'), { method: 'password', password: PW2 });
    await mails(s, next, last);
  },
  async 'every-address-native'(s) {
    const [email, other] = [s.email(), s.email('b')];
    const r = await app(s, 'sign up', await native(s, 'registration'), { method: 'password', password: PW, traits: { email, other } });
    await mails(s, email, other);
    const headers = { 'X-Session-Token': r.data.session_token };
    await app(s, 'another address', await native(s, 'settings', '', headers), { method: 'profile', traits: { email, other: s.email('c') } }, headers);
  },
  async 'every-address-form'(s) {
    const [email, other] = [s.email(), s.email('b')];
    const r = await form(s, 'sign up', await page(s, 'registration'), { method: 'password', password: PW, 'traits.email': email, 'traits.other': other });
    await shown(s, 'verification', r.location);
    await mails(s, email, other);
    const f = await page(s, 'settings');
    await form(s, 'another address', f, { method: 'profile', 'traits.email': email, 'traits.other': s.email('c') });
    await fetched(s, 'settings', f.id);
  },
  async 'every-address-lists'(s) {
    const email = s.email();
    const registered = await open(s, 'registration');
    for (const method of ['password', 'profile'])
      for (const traits of [['x'], [], [{ email }], 'x', 1, '["x"]']) await script(s, `${method} ${JSON.stringify(traits).replace(email, '<email>')}`, registered, { method, password: PW, traits });
    await form(s, 'by form', registered, { method: 'password', password: PW, traits: '["x"]' });
    await fetched(s, 'registration', registered.id);
    await make(s, { email });
    await signIn(s, email);
    const f = await open(s, 'settings');
    for (const traits of [['x'], [], 'x', 1, '["x"]']) await script(s, `settings ${JSON.stringify(traits)}`, f, { method: 'profile', traits });
  },
  async 'every-address-one'(s) {
    const email = s.email();
    await script(s, 'sign up', await open(s, 'registration'), { method: 'password', password: PW, traits: { email } });
    await mails(s, email);
  },
});

/** Groups of nodes as older versions had them. */
export const groups = {
  async 'groups-registration'(s) {
    const f = await open(s, 'registration');
    await script(s, 'bad', f, { method: 'password', password: PW, traits: { email: 'x' } });
    await native(s, 'registration');
    await page(s, 'registration');
  },
};

/** Flows and links that last two seconds. */
export const links = {
  async 'old-link-recovery'(s) {
    const email = s.email();
    await registerApi(s, email);
    s.jar.clear();
    for (const [kind, accept] of [['page', html], ['script', 'application/json']]) {
      const n = await native(s, 'recovery');
      await app(s, 'ask', n, { method: 'link', email });
      const link = await linkIn(s, email, 'recovery');
      await wait(OLD);
      await shown(s, 'recovery', (await follow(s, `open the link as a ${kind}`, link, { accept })).location);
      await shown(s, 'recovery', (await app(s, `ask again, ${kind}`, n, { method: 'link', email })).location);
      s.jar.clear();
    }
    const f = await page(s, 'recovery');
    await form(s, 'ask', f, { method: 'link', email });
    const link = await linkIn(s, email, 'recovery');
    await wait(OLD);
    await shown(s, 'recovery', (await follow(s, 'open the link of the page', link, { accept: html })).location);
    await shown(s, 'recovery', (await form(s, 'ask again', f, { method: 'link', email })).location);
    await shown(s, 'recovery', (await script(s, 'ask again as a script', f, { method: 'link', email })).location);
  },
  async 'old-link-verification'(s) {
    const email = s.email();
    await registerApi(s, email);
    s.jar.clear();
    const n = await native(s, 'verification');
    await app(s, 'ask', n, { method: 'link', email });
    const link = await linkIn(s, email, 'verification');
    await wait(OLD);
    await shown(s, 'verification', (await follow(s, 'open the link', link, { accept: html })).location);
    await shown(s, 'verification', (await follow(s, 'open the link as a script', link)).location);
    await shown(s, 'verification', (await app(s, 'ask again', n, { method: 'link', email })).location);
  },
  async 'old-link-done'(s) {
    const email = s.email();
    await registerApi(s, email);
    s.jar.clear();
    const n = await native(s, 'recovery');
    await app(s, 'ask', n, { method: 'link', email });
    await follow(s, 'open the link', await linkIn(s, email, 'recovery'), { accept: html });
    s.jar.clear();
    await shown(s, 'recovery', (await app(s, 'ask a done one', n, { method: 'link', email })).location);
    const v = await native(s, 'verification');
    await app(s, 'ask', v, { method: 'link', email });
    await follow(s, 'open the link', await linkIn(s, email, 'verification'), { accept: html });
    s.jar.clear();
    await shown(s, 'verification', (await app(s, 'ask a done one', v, { method: 'link', email })).location);
  },
};

/** Links that last two seconds, in flows that last an hour. */
export const tokens = {
  async 'old-token'(s) {
    const email = s.email();
    const { identity: { id } } = await registerApi(s, email);
    s.jar.clear();
    for (const kind of ['recovery', 'verification']) {
      const n = await native(s, kind);
      await app(s, 'ask', n, { method: 'link', email });
      const link = await linkIn(s, email, kind);
      await wait(OLD);
      await shown(s, kind, (await follow(s, `open the link of ${kind}`, link, { accept: html })).location);
      await shown(s, kind, (await follow(s, 'and again', link, { accept: html })).location);
      await fetched(s, kind, n.id, 'the flow');
      s.jar.clear();
    }
    const { data } = await admin(s, 'by an administrator', 'POST', '/admin/recovery/link', { identity_id: id, expires_in: '1s' });
    hide(s);
    await wait(OLD);
    await shown(s, 'recovery', (await follow(s, 'open it', data.recovery_link, { accept: html })).location);
  },
};

async function authenticatorUrl(s, { id }, identifier) {
  await signIn(s, identifier);
  const f = await open(s, 'settings');
  const secret = f.ui.nodes.find(n => n.attributes.id === 'totp_secret_key').attributes.text.text;
  await script(s, 'set up', f, { method: 'totp', totp_code: totp(secret) });
  await admin(s, 'its credentials', 'GET', `/admin/identities/${id}?include_credential=totp`);
  s.steps[s.steps.length - 1] = JSON.parse(JSON.stringify(s.steps.at(-1)).replace(/secret=[A-Z2-7]+/g, 'secret=<secret>'));
}

/** The telephone number is what one signs in with. */
export const number = {
  async 'phone-totp-url'(s) {
    const number = '+49 (1511) 23456-78';
    await authenticatorUrl(s, await make(s, { phone: number }), number);
  },
  async 'phone-number'(s) {
    const number = `+49 170 ${String(Date.now()).slice(-7)}`;
    const bare = number.replaceAll(' ', '');
    const plain = step => { const text = JSON.stringify(s.steps.at(-1)).replaceAll(number, '<number>').replaceAll(bare, '<bare>').replaceAll(bare.slice(1), '<bare without +>'); s.steps[s.steps.length - 1] = JSON.parse(text); return step; };
    plain(await script(s, 'sign up', await open(s, 'registration'), { method: 'password', password: PW, traits: { phone: number } }));
    s.jar.clear();
    for (const identifier of [number, bare, ` ${number} `, `00${bare.slice(1)}`, bare.toUpperCase()])
      plain(await app(s, 'sign in', await native(s, 'login'), { method: 'password', identifier, password: PW }));
    plain(await script(s, 'sign up with the same', await open(s, 'registration'), { method: 'password', password: PW, traits: { phone: bare } }));
    s.jar.clear();
    for (const bad of ['12345', 'nope', '+1'])
      plain(await script(s, 'sign up with a bad one', await open(s, 'registration'), { method: 'password', password: PW, traits: { phone: bad } }));
  },
};

/** Only codes, the identifier first, and nothing that says who has an account. */
export const hidden = {
  async 'hidden-code-login'(s) {
    const email = s.email();
    await make(s, { email }, { credentials: undefined, verifiable_addresses: [{ value: email, verified: true, via: 'email', status: 'completed' }] });
    for (const identifier of [email, s.email('nobody'), 'nope', '']) {
      const f = await open(s, 'login');
      await script(s, `identifier ${identifier === email ? 'known' : 'unknown'}`, f, { method: 'identifier_first', identifier });
      await fetched(s, 'login', f.id);
      const p = await page(s, 'login');
      await form(s, 'by form', p, { method: 'identifier_first', identifier });
      await fetched(s, 'login', p.id);
      await app(s, 'native', await native(s, 'login'), { method: 'identifier_first', identifier });
      await script(s, 'the code at once', await open(s, 'login'), { method: 'code', identifier });
    }
    await mails(s, email);
  },
};

export const scenarios = {
  async 'odd-patches'(s) {
    const { id } = await make(s, { email: s.email() });
    const patch = (label, ...operations) => admin(s, label, 'PATCH', `/admin/identities/${id}`, operations);
    for (const path of ['/created_at', '/updated_at', '/state_changed_at', '/verifiable_addresses/0/verified_at', '/verifiable_addresses/0/created_at', '/recovery_addresses/0/created_at'])
      for (const value of ['x', '', '2020-01-01', '2020-01-01T00:00:00Z', 1, null, true, {}]) await patch(`${path} ${JSON.stringify(value)}`, { op: 'replace', path, value });
    for (const path of ['/schema_id', '/state', '/organization_id', '/external_id', '/traits', '/schema_url', '/verifiable_addresses', '/recovery_addresses'])
      for (const value of [1, 'x', [], null]) await patch(`${path} ${JSON.stringify(value)}`, { op: 'replace', path, value });
    await admin(s, 'what is left', 'GET', `/admin/identities/${id}`);
    for (const key of ['created_at', 'verified_at'])
      for (const value of ['x', 1, null, '2020-01-01T00:00:00Z']) {
        const email = s.email('t');
        await make(s, { email }, { verifiable_addresses: [{ value: email, via: 'email', verified: true, status: 'completed', [key]: value }] });
      }
  },
  async 'odd-traits'(s) {
    const email = s.email();
    await make(s, { email });
    await signIn(s, email);
    const set = await open(s, 'settings');
    for (const traits of ['x', '', 'null', '[]', 1, [], null, [{ email }], { email: null }, { email: {} }, { email, name: 'x' }, { email, name: null }, { email, name: [] }])
      await script(s, `settings ${JSON.stringify(traits).replace(email, '<email>')}`, set, { method: 'profile', traits });
    await script(s, 'without a method', set, { traits: 'x' });
    for (const traits of ['x', 'null', 'nope', '[]']) await form(s, `settings by form ${traits}`, set, { method: 'profile', traits });
    await fetched(s, 'settings', set.id);
    s.jar.clear();
    const [browser, phone] = [await open(s, 'registration'), await native(s, 'registration', '', { cookie: '' })];
    for (const method of ['profile', 'password'])
      for (const traits of ['x', '', 'null', 'nope', ' tru', 'fa ', 'nope!', 'Nope', 'tru!', '1x', 'inf', '-', '[]', 1, [], ['x'], [{ email: 'x' }], '["x",1,true]', null, { email: null }, { email: {} }]) {
        await script(s, `${method} ${JSON.stringify(traits)}`, browser, { method, password: PW, traits });
        await app(s, `native ${method} ${JSON.stringify(traits)}`, phone, { method, password: PW, traits }, { cookie: '' });
      }
  },
  async 'odd-hashes'(s) {
    const salt = 'c2FsdHNhbHRzYWx0';
    const key = (length, digest) => pbkdf2Sync(PW, Buffer.from(salt, 'base64'), 1000, length, digest).toString('base64').replaceAll('=', '');
    for (const [label, hash] of Object.entries({
      'its length': `$pbkdf2-sha256$i=1000,l=32$${salt}$${key(32, 'sha256')}`,
      'a shorter length is said': `$pbkdf2-sha256$i=1000,l=16$${salt}$${key(32, 'sha256')}`,
      'a longer length is said': `$pbkdf2-sha256$i=1000,l=64$${salt}$${key(32, 'sha256')}`,
      'a short key': `$pbkdf2-sha512$i=1000,l=64$${salt}$${key(20, 'sha512')}`,
      'a key of one byte': `$pbkdf2-sha1$i=1000,l=20$${salt}$${key(1, 'sha1')}`,
    })) {
      const email = s.email('h');
      const made = await admin(s, label, 'POST', '/admin/identities', { schema_id: 'default', traits: { email }, credentials: { password: { config: { hashed_password: hash } } } });
      await app(s, 'sign in', await native(s, 'login'), { method: 'password', identifier: email, password: PW });
      await app(s, 'another password', await native(s, 'login'), { method: 'password', identifier: email, password: PW2 });
      if (made.data.id) await admin(s, 'gone', 'DELETE', `/admin/identities/${made.data.id}`);
    }
  },
  async 'odd-sessions'(s) {
    const email = s.email();
    const { id } = await make(s, { email });
    const token = (await app(s, 'sign in', await native(s, 'login'), { method: 'password', identifier: email, password: PW })).data.session;
    await admin(s, 'inactive', 'PATCH', `/admin/identities/${id}`, [{ op: 'replace', path: '/state', value: 'inactive' }]);
    for (const query of ['', '?expand=identity', '?active=true', '?active=false']) {
      await admin(s, `sessions ${query}`, 'GET', `/admin/sessions${query}`);
      await admin(s, `of the person ${query}`, 'GET', `/admin/identities/${id}/sessions${query}`);
      // Of everybody's, this person's.
      for (const step of s.steps.slice(-2)) step.response.body = step.response.body.filter(one => one.identity === undefined || one.identity === null || one.identity.traits.email === '<email:a>').slice(0, 1);
    }
    if (token) await admin(s, 'one', 'GET', `/admin/sessions/${token.id}`);
    if (token) await admin(s, 'one, with its owner', 'GET', `/admin/sessions/${token.id}?expand=identity`);
    await admin(s, 'an address that cannot be seen', 'POST', '/admin/identities', { traits: { email: '\u0000' } });
    await s.step('a provider posts nothing', '/self-service/methods/oidc/callback/mock', { method: 'POST', cookies: false });
  },
  async 'odd-totp-url'(s) {
    const email = s.email();
    await authenticatorUrl(s, await make(s, { email }), email);
  },
};

/** Security keys are switched on, and nobody has one. */
export const keyless = {
  async 'keyless-people'(s) {
    const email = s.email();
    const { id } = await make(s, { email });
    await admin(s, 'as it is kept', 'GET', `/admin/identities/${id}`);
    await admin(s, 'replaced', 'PUT', `/admin/identities/${id}`, { schema_id: 'default', state: 'active', traits: { email } });
    await admin(s, 'with another address', 'PUT', `/admin/identities/${id}`, { schema_id: 'default', state: 'active', traits: { email: s.email('b') } });
    await admin(s, 'patched', 'PATCH', `/admin/identities/${id}`, [{ op: 'replace', path: '/metadata_public', value: { a: 1 } }]);
    await admin(s, 'patched to another address', 'PATCH', `/admin/identities/${id}`, [{ op: 'replace', path: '/traits/email', value: s.email('c') }]);
    await admin(s, 'as it is kept then', 'GET', `/admin/identities/${id}`);
    await admin(s, 'in a batch', 'PATCH', '/admin/identities', { identities: [{ create: { schema_id: 'default', traits: { email: s.email('d') } } }] });
    await admin(s, 'in the list', 'GET', `/admin/identities?ids=${id}`);
  },
};
