// Settings that need a fresh sign-in, asked for without one: the refusal, the sign-in, and what becomes of what was typed.
import { flowId, html, PW, PW2, registerApi, registerSpa } from '../../conformance/scenarios.mjs';
import { ALLOWED, app, fetched, form, goTo, native, open, page, script, signIn, wait } from './steps.mjs';

/** Longer than `privileged_session_max_age` of the variant. */
const OLD = 3300;
const OTHER = email => 'next.' + email;
/** What needs a fresh sign-in, and what does not. */
const CHANGES = email => ({
  password: { method: 'password', password: PW2 },
  name: { method: 'profile', traits: { email, name: { first: 'Old' } } },
  address: { method: 'profile', traits: { email: OTHER(email), name: { first: 'New' } } },
});
const FIELDS = email => ({
  password: { method: 'password', password: PW2 },
  name: { method: 'profile', 'traits.email': email, 'traits.name.first': 'Old' },
  address: { method: 'profile', 'traits.email': OTHER(email), 'traits.name.first': 'New' },
});

/** Follows the refusal, signs in again as a browser does, and comes back. */
async function refresh(s, url, email, how) {
  const { location } = await goTo(s, 'follow', url, { accept: html });
  const login = await fetched(s, 'login', flowId(location), 'the sign-in');
  const given = { method: 'password', identifier: email, password: PW };
  const r = how === 'form' ? await form(s, 'sign in afresh', login, given) : await script(s, 'sign in afresh', login, given);
  if (r.location) return goTo(s, 'come back', r.location, { accept: html });
}
const people = async (s, email) => {
  await s.step('whoami', '/sessions/whoami');
  s.jar.clear();
  await signIn(s, email, PW);
  s.jar.clear();
  await signIn(s, email, PW2);
  s.jar.clear();
  await signIn(s, OTHER(email), PW);
};

const byScript = kind => async s => {
  const email = s.email(); await registerSpa(s, email); await wait(OLD);
  const f = await open(s, 'settings', '?return_to=' + ALLOWED);
  const { data } = await script(s, kind, f, CHANGES(email)[kind]);
  if (data.redirect_browser_to) await refresh(s, data.redirect_browser_to, email, 'script');
  await fetched(s, 'settings', f.id, 'the same flow');
  await script(s, `${kind} again`, f, CHANGES(email)[kind]);
  await people(s, email);
};
const byForm = (kind, how = 'form') => async s => {
  const email = s.email(); await registerSpa(s, email); await wait(OLD);
  const f = await page(s, 'settings', '?return_to=' + ALLOWED);
  const { location } = await form(s, kind, f, FIELDS(email)[kind]);
  if (location.includes('/login/')) await refresh(s, location, email, how);
  await fetched(s, 'settings', f.id, 'the same flow');
  await people(s, email);
};
const natively = kind => async s => {
  const email = s.email(); const { session_token } = await registerApi(s, email); s.jar.clear(); await wait(OLD);
  const token = { 'X-Session-Token': session_token };
  const f = await native(s, 'settings', '', token);
  s.jar.clear();
  await app(s, kind, f, CHANGES(email)[kind], token);
  // An app keeps no cookies; the refusal sets one.
  s.jar.clear();
  const l = await native(s, 'login', '?refresh=true', token);
  s.jar.clear();
  await app(s, 'sign in afresh', l, { method: 'password', identifier: email, password: PW }, token);
  s.jar.clear();
  await s.step('the same flow', `/self-service/settings/flows?id=${f.id}`, { headers: token });
  s.jar.clear();
  await app(s, `${kind} again`, f, CHANGES(email)[kind], token);
  await s.step('whoami', '/sessions/whoami', { headers: token });
};

export const scenarios = {
  'script-password': byScript('password'),
  'script-name': byScript('name'),
  'script-address': byScript('address'),
  'form-password': byForm('password'),
  'form-name': byForm('name'),
  'form-address': byForm('address'),
  'form-password-script': byForm('password', 'script'),
  'native-password': natively('password'),
  'native-name': natively('name'),
  'native-address': natively('address'),
  /** What waits for one person is not done for another who signs in instead. */
  async 'somebody-else'(s) {
    const other = s.email('b'); await registerApi(s, other); s.jar.clear();
    const email = s.email(); await registerSpa(s, email); await wait(OLD);
    const f = await page(s, 'settings');
    const { location } = await form(s, 'address', f, FIELDS(email).address);
    const back = new URL(location).searchParams.get('return_to');
    for (const name of [...s.jar.keys()]) if (name === 'ory_kratos_session') s.jar.delete(name);
    await signIn(s, other);
    await goTo(s, 'come back as somebody else', back, { accept: html });
    await s.step('whoami', '/sessions/whoami');
  },
  /** Nor without signing in again. */
  async 'come-back-without'(s) {
    const email = s.email(); await registerSpa(s, email); await wait(OLD);
    const f = await page(s, 'settings');
    const { location } = await form(s, 'password', f, FIELDS(email).password);
    const back = new URL(location).searchParams.get('return_to');
    await goTo(s, 'come back', back, { accept: html });
    await goTo(s, 'come back by script', back);
    await s.step('whoami', '/sessions/whoami');
  },
};
