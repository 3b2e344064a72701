import { actionPath, csrf } from '../../conformance/lib.mjs';
import { flowId, html, PW, PW2, registerApi, registerSpa } from '../../conformance/scenarios.mjs';
import { ALLOWED, app, codeIn, fetched, form, native, open, page, script, signIn } from './steps.mjs';
const CODE = 'recovery_code_valid';
const choices = f => (f?.ui?.nodes ?? []).filter(n => n.attributes.name === 'recovery_select_address').map(n => n.attributes.value);
/** A hash of a random address is random. */
const hide = s => { const step = s.steps.at(-1); step.response = JSON.parse(JSON.stringify(step.response).replace(/"value":"[A-Za-z0-9+/]{43}="/g, '"value":"<hash>"').replace(/[a-z0-9.]{2}\*{4}@/g, 'xx****@')); if (step.request.json?.recovery_select_address) step.request.json.recovery_select_address = '<hash>'; if (step.request.form?.recovery_select_address) step.request.form.recovery_select_address = '<hash>'; };
const told = async (s, ...rest) => { const r = await script(s, ...rest); hide(s); return r.data; };
const sent = async (s, ...rest) => { const r = await form(s, ...rest); hide(s); return r; };
const seen = async (s, id) => { const f = await fetched(s, 'recovery', id); hide(s); return f; };
export const scenarios = {
  async 'choose-one'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const f = await open(s, 'recovery', '?return_to=' + ALLOWED);
    await told(s, 'nothing', f, {});
    await told(s, 'only a method', f, { method: 'code' });
    await told(s, 'by email', f, { method: 'code', email });
    await told(s, 'no address', f, { method: 'code', recovery_address: 'nope' });
    await told(s, 'a code', f, { method: 'code', code: '123456' });
    await told(s, 'back', f, { method: 'code', screen: 'previous' });
    await s.step('no csrf', actionPath(f), { method: 'POST', json: { method: 'code', recovery_address: email } });
    await told(s, 'unknown', f, { method: 'code', recovery_address: s.email('nobody') });
    await told(s, 'back', f, { method: 'code', screen: 'previous', recovery_address: s.email('nobody') });
    await told(s, 'known', f, { method: 'code', recovery_address: email });
    await told(s, 'wrong', f, { method: 'code', code: '000000' });
    await told(s, 'resend', f, { method: 'code', recovery_confirm_address: email, recovery_address: email });
    await told(s, 'resend to nobody', f, { method: 'code' });
    await told(s, 'resend again', f, { method: 'code', recovery_confirm_address: email });
    await told(s, 'right', f, { method: 'code', code: await codeIn(s, email, CODE) });
    await seen(s, f.id);
    await told(s, 'again', f, { method: 'code', code: '123456' });
    await s.step('whoami', '/sessions/whoami');
  },
  async 'choose-one-form'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const f = await page(s, 'recovery');
    for (const [label, fields] of Object.entries({ nothing: {}, empty: { method: 'code', recovery_address: '' }, known: { method: 'code', recovery_address: email }, wrong: { method: 'code', code: '1' }, back: { screen: 'previous', recovery_address: email }, known2: { method: 'code', recovery_address: email } })) { await sent(s, label, f, fields); await seen(s, f.id); }
    const r = await sent(s, 'right', f, { method: 'code', code: await codeIn(s, email, CODE) });
    if (flowId(r.location ?? 'http://x')) await fetched(s, 'settings', flowId(r.location));
    s.jar.clear();
    const n = await native(s, 'recovery');
    await app(s, 'native', n, { method: 'code', recovery_address: email }); hide(s);
    await app(s, 'native wrong', n, { method: 'code', code: '000000' }); hide(s);
    await app(s, 'native right', n, { method: 'code', code: await codeIn(s, email, CODE) }); hide(s);
  },
};
export const two = {
  async 'choose-of-two-said-before'(s) {
    const email = s.email();
    await s.step('create', '/admin/identities', { admin: true, method: 'POST', json: { schema_id: 'default', traits: { email } } });
    const f = await native(s, 'recovery');
    for (const [label, fields] of [['known', { recovery_address: email }], ['nothing', {}], ['wrong', { code: '000000' }]]) { await app(s, label, f, { method: 'code', ...fields }); hide(s); }
    await app(s, 'right', f, { method: 'code', code: await codeIn(s, email, CODE) });
    await seen(s, f.id);
  },
  async 'choose-of-two-astray'(s) {
    const email = s.email(), other = s.email('o');
    await s.step('create', '/admin/identities', { admin: true, method: 'POST', json: { schema_id: 'default', traits: { email } } });
    const f = await open(s, 'recovery');
    await told(s, 'to nobody', f, { method: 'code', recovery_address: 'nope' });
    await told(s, 'another before the code', f, { method: 'code', recovery_address: email });
    await told(s, 'what the flow says', f, { method: 'code' });
    const r = await open(s, 'registration');
    await script(s, 'register', r, { method: 'password', password: PW, traits: { email: other, other: s.email('p') } });
    s.jar.clear();
    for (const kind of ['script', 'form']) {
      const g = await open(s, 'recovery');
      await told(s, `${kind}: back from the first step`, g, { method: 'code', screen: 'previous', recovery_address: other });
      await told(s, `${kind}: one of them`, g, { method: 'code', recovery_address: other });
      await (kind === 'script' ? told : sent)(s, `${kind}: back from the choice`, g, { method: 'code', screen: 'previous', recovery_address: other });
      await seen(s, g.id);
    }
  },
  async 'choose-of-two'(s) {
    const email = s.email(), other = s.email('o');
    const r = await open(s, 'registration');
    await script(s, 'register', r, { method: 'password', password: PW, traits: { email, other } }); s.jar.clear();
    const f = await open(s, 'recovery');
    const c = await told(s, 'one of them', f, { method: 'code', recovery_address: other });
    await told(s, 'no choice', f, { method: 'code', recovery_address: other });
    await told(s, 'no address', f, { method: 'code', recovery_select_address: choices(c)[0] });
    await told(s, 'the other', f, { method: 'code', recovery_address: other, recovery_select_address: choices(c)[0] });
    await told(s, 'back', f, { method: 'code', screen: 'previous', recovery_address: other });
    await told(s, 'the other again', f, { method: 'code', recovery_address: other, recovery_select_address: choices(c)[0] });
    await told(s, 'not in full', f, { method: 'code', recovery_address: other });
    await told(s, 'wrong address', f, { method: 'code', recovery_address: other, recovery_confirm_address: s.email('nobody') });
    await told(s, 'back', f, { method: 'code', screen: 'previous', recovery_address: other });
    await told(s, 'the same', f, { method: 'code', recovery_address: other, recovery_select_address: choices(c)[1] });
    await told(s, 'right', f, { method: 'code', code: await codeIn(s, other, CODE) });
    s.jar.clear();
    const g = await open(s, 'recovery');
    await told(s, 'one of them', g, { method: 'code', recovery_address: other });
    await told(s, 'a made-up choice', g, { method: 'code', recovery_address: other, recovery_select_address: 'x' });
    const h = await page(s, 'recovery');
    await sent(s, 'one of them', h, { method: 'code', recovery_address: email });
    const d = await seen(s, h.id);
    await sent(s, 'the other', h, { method: 'code', recovery_address: email, recovery_select_address: choices(d)[1] });
    await seen(s, h.id);
    await sent(s, 'in full', h, { method: 'code', recovery_address: email, recovery_confirm_address: other });
    await seen(s, h.id);
    await sent(s, 'right', h, { method: 'code', code: await codeIn(s, other, CODE) });
  },
};
