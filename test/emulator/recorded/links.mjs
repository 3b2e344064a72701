import { actionPath, csrf } from '../../conformance/lib.mjs';
import { flowId, html, PW, PW2, registerApi, registerSpa } from '../../conformance/scenarios.mjs';
import { ALLOWED, app, fetched, form, goTo, mailed, NOBODY, native, open, page, script } from './steps.mjs';
const linkIn = async (s, email, kind) => (await mailed(s, email, `${kind}_valid`))?.match(/https?:\/\/[^\s"<>]+token=[^\s"<>]+/)?.[0].replaceAll('&amp;', '&');
/** Its token is random, and no recording says so. */
const follow = async (s, label, link, options) => { const r = await goTo(s, label, link ?? 'http://none/', options); s.steps.at(-1).request.path = '<link>'; hide(s.steps.at(-1)); return r; };
const hide = step => { step.response = JSON.parse(JSON.stringify(step.response).replace(/token=[A-Za-z0-9]{32}/g, 'token=<token>')); };
const fetchHidden = async (s, kind, id, label) => { const r = await fetched(s, kind, id, label); hide(s.steps.at(-1)); return r; };
export const scenarios = {
  async 'link-recovery'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const f = await page(s, 'recovery', '?return_to=' + ALLOWED);
    for (const [label, fields] of Object.entries({ empty: { method: 'link' }, bad: { method: 'link', email: 'nope' }, 'without a token': { method: 'link', email, csrf_token: '' }, 'by code': { method: 'code', email }, unknown: { method: 'link', email: s.email('nobody') }, known: { method: 'link', email }, again: { method: 'link', email } })) {
      await form(s, label, f, fields);
      if (label !== 'without a token') await fetched(s, 'recovery', f.id, 'fetch ' + label);
    }
    const link = await linkIn(s, email, 'recovery');
    await s.step('a wrong token', `/self-service/recovery?flow=${f.id}&token=nope`, { accept: html });
    await s.step('a wrong token, script', `/self-service/recovery?flow=${f.id}&token=nope`);
    const w = await s.step('a wrong token, posted', `/self-service/recovery?flow=${f.id}`, { method: 'POST', json: { token: 'nope' } });
    if (flowId(w.location ?? 'http://x/')) await fetchHidden(s, 'recovery', flowId(w.location), 'what is wrong');
    const r = await follow(s, 'open the link', link, { accept: html });
    await fetched(s, 'recovery', f.id, 'the flow after');
    const st = await fetchHidden(s, 'settings', flowId(r.location), 'settings');
    await s.step('whoami', '/sessions/whoami');
    const a = await follow(s, 'open the link again', link, { accept: html });
    if (flowId(a.location ?? 'http://x/')) await fetchHidden(s, 'recovery', flowId(a.location), 'what is wrong then');
    await form(s, 'ask while signed in', f, { method: 'link', email });
    await script(s, 'ask while signed in, script', f, { method: 'link', email });
    if (st?.ui) await script(s, 'new password', st, { method: 'password', password: PW2 });
    s.jar.clear();
    await form(s, 'ask of a done one', f, { method: 'link', email });
  },
  async 'link-recovery-script'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const f = await open(s, 'recovery', '?return_to=' + ALLOWED);
    await script(s, 'nothing', f, {});
    await script(s, 'empty', f, { method: 'link' });
    await script(s, 'bad', f, { method: 'link', email: 'x' });
    await s.step('no csrf', actionPath(f), { method: 'POST', json: { method: 'link', email } });
    await script(s, 'ask', f, { method: 'link', email });
    await follow(s, 'open the link as a script', await linkIn(s, email, 'recovery'));
    await s.step('whoami', '/sessions/whoami');
    s.jar.clear();
    const n = await native(s, 'recovery');
    await app(s, 'native bad', n, { method: 'link', email: 'x' });
    await app(s, 'native ask', n, { method: 'link', email });
    await fetched(s, 'recovery', n.id);
    const r = await follow(s, 'open the link of the native one', await linkIn(s, email, 'recovery'), { accept: html });
    await fetched(s, 'recovery', n.id);
    if (flowId(r.location ?? 'http://x/')) await fetchHidden(s, 'settings', flowId(r.location), 'settings');
    await s.step('whoami', '/sessions/whoami');
  },
  async 'link-by-admin'(s) {
    const email = s.email(); const { identity: { id } } = await registerApi(s, email); s.jar.clear();
    const link = async (label, json, q = '') => { const r = (await s.step(label, '/admin/recovery/link' + q, { method: 'POST', admin: true, json })).data; hide(s.steps.at(-1)); return r.recovery_link; };
    const a = await link('link', { identity_id: id });
    if (a) { await fetched(s, 'recovery', flowId(a)); await follow(s, 'open', a, { accept: html }); await s.step('whoami', '/sessions/whoami'); await follow(s, 'open again', a, { accept: html }); }
    s.jar.clear();
    const b = await link('link with expiry', { identity_id: id, expires_in: '1h' });
    if (b) await follow(s, 'open as a script', b);
    s.jar.clear();
    const c = await link('link with return_to', { identity_id: id }, '?return_to=' + ALLOWED);
    if (c) { const r = await follow(s, 'open', c, { accept: html }); if (flowId(r.location ?? 'http://x/')) await fetchHidden(s, 'settings', flowId(r.location), 'settings'); }
    await link('foreign return_to', { identity_id: id }, '?return_to=https%3A%2F%2Fevil.example%2F');
    await link('nobody', { identity_id: NOBODY });
    await link('nothing', {});
    await link('bad id', { identity_id: 'x' });
    await link('bad expiry', { identity_id: id, expires_in: 'x' });
    await link('no time', { identity_id: id, expires_in: '0s' });
    await link('past', { identity_id: id, expires_in: '-1h' });
    for (const raw of ['', '{', '[]', 'null']) await s.step('raw ' + raw, '/admin/recovery/link', { method: 'POST', admin: true, raw, headers: { 'content-type': 'application/json' } }), hide(s.steps.at(-1));
    const d = (await s.step('a code all the same', '/admin/recovery/code', { method: 'POST', admin: true, json: { identity_id: id } })).data;
    if (d?.recovery_code) { s.jar.clear(); await fetched(s, 'recovery', flowId(d.recovery_link)); await s.step('use it', `/self-service/recovery?flow=${flowId(d.recovery_link)}`, { method: 'POST', json: { method: 'code', code: d.recovery_code } }); }
  },
  async 'link-verification'(s) {
    const email = s.email(); await registerSpa(s, email);
    await follow(s, 'open the link of the registration', await linkIn(s, email, 'verification'), { accept: html });
    await s.step('whoami', '/sessions/whoami');
    const st = await open(s, 'settings'), next = s.email('next');
    await script(s, 'new address', st, { method: 'profile', traits: { email: next } });
    s.jar.clear();
    const f = await page(s, 'verification', '?return_to=' + ALLOWED);
    for (const [label, fields] of Object.entries({ nothing: {}, empty: { method: 'link' }, bad: { method: 'link', email: 'nope' }, 'without a token': { method: 'link', email: next, csrf_token: '' }, 'by code': { method: 'code', email: next }, 'a code': { method: 'code', code: '123456' }, unknown: { method: 'link', email: s.email('nobody') }, known: { method: 'link', email: next } })) {
      await form(s, label, f, fields);
      await fetched(s, 'verification', f.id, 'fetch ' + label);
    }
    const g = await page(s, 'verification', '?return_to=' + ALLOWED);
    await form(s, 'ask', g, { method: 'link', email: next });
    await fetched(s, 'verification', g.id);
    const w = await s.step('a wrong token', `/self-service/verification?flow=${g.id}&token=nope`, { accept: html });
    if (flowId(w.location ?? 'http://x/')) await fetchHidden(s, 'verification', flowId(w.location), 'what is wrong');
    const link = await linkIn(s, next, 'verification');
    await s.step('a wrong token, script', `/self-service/verification?flow=${g.id}&token=nope`);
    await follow(s, 'open the link', link, { accept: html });
    await fetched(s, 'verification', g.id);
    const a = await follow(s, 'open it again', link, { accept: html });
    if (flowId(a.location ?? 'http://x/')) await fetchHidden(s, 'verification', flowId(a.location), 'what is wrong then');
    await form(s, 'ask of a done one', g, { method: 'link', email: next });
    await script(s, 'ask of a done one, script', g, { method: 'link', email: next });
  },
  async 'link-verification-script'(s) {
    const email = s.email(); await registerApi(s, email); s.jar.clear();
    const f = await open(s, 'verification');
    await script(s, 'nothing', f, {});
    await script(s, 'empty', f, { method: 'link' });
    await script(s, 'bad', f, { method: 'link', email: 'x' });
    await s.step('no csrf', actionPath(f), { method: 'POST', json: { method: 'link', email } });
    const g = await open(s, 'verification');
    await script(s, 'ask', g, { method: 'link', email });
    await script(s, 'ask again', g, { method: 'link', email });
    s.jar.clear();
    const n = await native(s, 'verification');
    await app(s, 'native empty', n, { method: 'link' });
    await app(s, 'native ask', n, { method: 'link', email });
    await s.step('native token', actionPath(n), { method: 'POST', json: { token: 'nope' } });
    await s.step('native token by code', actionPath(n), { method: 'POST', json: { method: 'link', token: 'nope' } });
    await fetched(s, 'verification', n.id);
    await follow(s, 'open the link as a script', await linkIn(s, email, 'verification'));
  },
};
