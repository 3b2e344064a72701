// Steps that many scenarios share.
import { actionPath, csrf } from '../../conformance/lib.mjs';
import { flowId, html, PW } from '../../conformance/scenarios.mjs';

export { wait } from '../../conformance/time.mjs';

export const NOBODY = '3e9b2a6c-3c0f-4a39-9d8e-0c4d9a3f0c11';
export const ALLOWED = encodeURIComponent('http://127.0.0.1:4455/deep?x=1');
export const FOREIGN = encodeURIComponent('https://evil.example/');

export const open = async (s, kind, q = '') => (await s.step(`open ${kind} ${q}`, `/self-service/${kind}/browser${q}`)).data;
export const native = async (s, kind, q = '', headers = {}) => (await s.step(`native ${kind} ${q}`, `/self-service/${kind}/api${q}`, { headers })).data;
/** As a browser does it: the redirect to the page, and what the page then asks for. */
export async function page(s, kind, q = '') {
  const { location } = await s.step(`page of ${kind} ${q}`, `/self-service/${kind}/browser${q}`, { accept: html });
  return fetched(s, kind, flowId(location), 'what the page asks for');
}
/** The same with other names for its steps, which recordings hold. */
export async function htmlFlow(s, kind, q = '') {
  const o = await s.step('open ' + kind + q, `/self-service/${kind}/browser${q}`, { accept: html });
  const id = flowId(o.location);
  return (await s.step('fetch ' + kind, `/self-service/${kind}/flows?id=${id}`)).data;
}
export const fetchFlow = (s, label, kind, f) => s.step(label, `/self-service/${kind}/flows?id=${f.id}`);
export const fetched = async (s, kind, id, label = 'fetch') => (await s.step(label, `/self-service/${kind}/flows?id=${id}`)).data;
export const script = (s, label, f, json, headers = {}) => s.step(label, actionPath(f), { method: 'POST', headers, json: { csrf_token: csrf(f), ...json } });
export const form = (s, label, f, fields) => s.step(label, actionPath(f), { method: 'POST', accept: html, form: { csrf_token: csrf(f), ...fields } });
export const app = (s, label, f, json, headers = {}) => s.step(label, actionPath(f), { method: 'POST', headers, json });
export async function signIn(s, identifier, password = PW, q = '') {
  const f = await open(s, 'login', q);
  return (await script(s, 'sign in', f, { method: 'password', identifier, password })).data;
}
export async function signInNatively(s, identifier, password = PW) {
  const f = await native(s, 'login');
  return (await app(s, 'sign in', f, { method: 'password', identifier, password })).data;
}
export const goTo = (s, label, url, options) => s.step(label, new URL(url).pathname + new URL(url).search, options);
/** What a mail of that kind says: mails of one second come in any order. */
export async function mailed(s, email, template) {
  const messages = await (await fetch(`${s.rec.adminUrl}/admin/courier/messages?recipient=${encodeURIComponent(email)}`)).json();
  return messages.find(m => m.template_type === template)?.body;
}
export const codeIn = async (s, email, template) => (await mailed(s, email, template))?.match(/(?<![\w-])\d{6}(?![\w-])/)?.[0];
