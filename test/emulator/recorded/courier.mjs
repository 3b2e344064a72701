// What Kratos sends, by mail and SMS: everything a template and the body of an HTTP channel are told, the subject,
// and the lines that hold a code or a link. Recorded with `KRATOS=<binary> node courier.mjs`; the rest of the texts
// is Kratos' own and not kept.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { receiver, snippet, withKratos } from './real-kratos.mjs';

export const PW = 'Tr0ub4dor&3-lab-pw';
const request = (url, more = {}) => ({ url, method: 'POST', body: snippet('function(ctx) ctx'), ...more });
const flow = more => ({ enabled: true, notify_unknown_recipients: true, ...more });

/** Mails and SMS go to `url`, over HTTP. */
export const configuration = (url, { use = 'code', choose = false, wait = '1s', templates = false } = {}) => ({
  selfservice: {
    default_browser_return_url: 'http://127.0.0.1:4455/',
    methods: {
      password: { config: { haveibeenpwned_enabled: false } },
      code: { enabled: true, passwordless_enabled: true, config: { lifespan: '15m' } },
      link: { enabled: true, config: { lifespan: '20m' } },
    },
    flows: { recovery: flow({ use }), verification: flow({ use }) },
  },
  identity: { schemas: [{ id: 'default', url: new URL('phone.schema.json', import.meta.url).href }] },
  courier: {
    ...(templates && {
      template_override_path: fileURLToPath(new URL('mails', import.meta.url)),
      templates: {
        login_code: { valid: { email: { subject: snippet('{{ .LoginCode }} for {{ .Identity.traits.email }} '), body: { plaintext: snippet('{{ .LoginCode }}') } } } },
        verification_code: { valid: { email: { subject: snippet('{{ .Nope }}'), body: {} } }, invalid: { email: { subject: snippet("nobody's {{ .To }}") } } },
      },
    }),
    delivery_strategy: 'http', worker: { pull_wait: wait },
    http: { request_config: request(`${url}/mail`, { auth: { type: 'basic_auth', config: { user: 'me', password: 'pw' } } }) },
    channels: [{
      id: 'sms', type: 'http',
      request_config: request(`${url}/sms`, { headers: { 'X-Own': 'yes' }, auth: { type: 'api_key', config: { name: 'X-Key', value: 'k', in: 'header' } } }),
    }],
  },
  ...(choose && { feature_flags: { choose_recovery_address: true } }),
});

const native = async (url, kind) => (await fetch(`${url}/self-service/${kind}/api`)).json();
const post = async (url, json) =>
  (await fetch(url, { method: 'POST', headers: { accept: 'application/json', 'content-type': 'application/json', 'user-agent': 'lab' }, body: JSON.stringify(json) })).json();
const submit = async (url, kind, json) => post((await native(url, kind)).ui.action, json);
const transient_payload = { from: 'lab' };
const both = { email: 'a@example.org', phone: '+491700000001' };
const imported = traits => ({ schema_id: 'default', traits, credentials: { password: { config: { password: PW } } }, metadata_public: { p: 1 }, metadata_admin: { a: 1 } });

/** Each makes Kratos send as many messages as it says. */
export const scenarios = {
  'code of signing up': [2, ({ url }) => submit(url, 'registration', { method: 'code', traits: both, transient_payload })],
  'code of signing in by mail': [1, async ({ url, adminUrl }) => {
    await post(`${adminUrl}/admin/identities`, imported({ email: 'b@example.org', phone: '+491700000002' }));
    await submit(url, 'login', { method: 'code', identifier: 'b@example.org', transient_payload });
  }],
  'code of signing in by SMS': [1, ({ url }) => submit(url, 'login', { method: 'code', identifier: '+491700000002' })],
  'recovery': [1, ({ url }) => submit(url, 'recovery', { method: 'code', email: 'b@example.org', transient_payload })],
  'recovery of nobody': [1, ({ url }) => submit(url, 'recovery', { method: 'code', email: 'nobody@example.org', transient_payload })],
  'verification': [1, ({ url }) => submit(url, 'verification', { method: 'code', email: 'b@example.org', transient_payload })],
  'verification of nobody': [1, ({ url }) => submit(url, 'verification', { method: 'code', email: 'nobody@example.org' })],
  'verification by SMS': [1, ({ url }) => submit(url, 'registration', { method: 'password', password: PW, traits: { phone: '+491700000003' }, transient_payload })],
};
const byLink = (kind, email) => [1, ({ url }) => submit(url, kind, { method: 'link', email, transient_payload })];
export const links = {
  'somebody': [0, ({ adminUrl }) => post(`${adminUrl}/admin/identities`, imported({ email: 'c@example.org' }))],
  'link of recovery': byLink('recovery', 'c@example.org'),
  'link of recovery for nobody': byLink('recovery', 'nobody@example.org'),
  'link of verification': byLink('verification', 'c@example.org'),
  'link of verification for nobody': byLink('verification', 'nobody@example.org'),
};
export const chosen = {
  'recovery by SMS': [1, async ({ url, adminUrl }) => {
    await post(`${adminUrl}/admin/identities`, imported({ phone: '+491700000004' }));
    await submit(url, 'recovery', { method: 'code', recovery_address: '+491700000004', transient_payload });
  }],
};

const pick = (...names) => Object.fromEntries(names.map(name => [name, scenarios[name]]));
/** Its texts are not ours to keep. */
const KRATOS_OWN = 'verification of nobody';
/** With templates of our own, some of which fail. */
export const templated = {
  ...pick('code of signing in by mail', 'code of signing in by SMS', 'recovery', 'verification of nobody'),
  'verification that fails': [0, ({ url }) => submit(url, 'verification', { method: 'code', email: 'b@example.org' })],
  'verification by SMS that fails': [0, ({ url }) => submit(url, 'registration', { method: 'password', password: PW, traits: { phone: '+491700000003' } })],
};

/** Codes, links, ids and times by their kind; of Kratos' own texts, the lines with a code or a link. */
export function normal(message, url, whole) {
  const plain = JSON.stringify(message)
    .replaceAll(url, '<public>')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
    .replace(/(?<![\d+])\d{6}(?!\d)/g, '<code>')
    .replace(/token=\w+/g, 'token=<token>');
  const { method, path, headers, body } = JSON.parse(plain);
  const lines = text => text?.split('\n').filter(line => /<code>|<public>/.test(line));
  const { body: text, html_body, ...told } = body;
  const kept = Object.entries(headers).filter(([name]) => /^(content-type|authorization|x-.*)$/.test(name));
  return {
    ...(whole && { text, html_body }),
    method, path, headers: Object.fromEntries(kept.sort()), ...told, lines: lines(text),
    ...(html_body !== undefined && { htmlLines: lines(html_body) }),
  };
}

/** What arrives when the scenarios are played, one after the other. */
export async function play(some, places, heard, whole = false) {
  const found = {};
  for (const [name, [count, run]] of Object.entries(some)) {
    const before = heard.arrived.length;
    const answer = await run(places);
    await heard.count(before + count);
    found[name] = heard.arrived.slice(before).map(message => normal(message, places.url, whole && name !== KRATOS_OWN))
      .sort((a, b) => a.path < b.path ? -1 : 1);
    if (name.endsWith('fails')) found[name] = [answer.error ? { error: { ...answer.error, message: '' } } : { state: answer.state, messages: answer.ui?.messages ?? null }];
  }
  return found;
}

/** How a message that is refused twice is shown, at once and in the end. */
export async function playQueue({ url, adminUrl }, heard) {
  await post(`${adminUrl}/admin/identities`, imported({ email: 'b@example.org' }));
  await submit(url, 'recovery', { method: 'code', email: 'b@example.org' });
  const ask = async path => (await fetch(`${adminUrl}/admin/courier/messages${path}`)).json();
  const [first] = await ask('');
  await heard.count(3);
  let one;
  do one = await ask(`/${first.id}`); while (one.status !== 'sent');
  const listed = await ask('?status=sent');
  const shown = JSON.stringify({ first, one, listed }, (key, value) => (key === 'body' || key === 'message' ? `<${key}>` : value));
  return JSON.parse(shown.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<uuid>').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>').replace(/code \d{6}/g, 'code <code>'));
}
/** What the server of mails says: no, no, yes. */
export const twiceRefused = (_, arrived) => ({ status: arrived.length < 3 ? 500 : 200 });

/** The three of them, each with its own configuration. */
export const SETS = { codes: [scenarios, {}], links: [links, { use: 'link' }], chosen: [chosen, { choose: true }], templates: [templated, { templates: true }] };

async function record(only) {
  const file = new URL('golden/courier/messages.json', import.meta.url);
  const all = JSON.parse(readFileSync(file, 'utf8'));
  for (const [name, [some, variant]] of Object.entries(SETS)) {
    if (only.length && !only.includes(name)) continue;
    const heard = await receiver();
    all[name] = await withKratos(configuration(heard.url, variant), places => play(some, places, heard, variant.templates));
    await heard.close();
  }
  if (!only.length || only.includes('queue')) {
    const heard = await receiver(twiceRefused);
    all.queue = await withKratos(configuration(heard.url), places => playQueue(places, heard));
    await heard.close();
  }
  writeFileSync(file, `${JSON.stringify(all, null, 1)}\n`);
}

const isMain = process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href;
if (isMain && process.env.KRATOS) await record(process.argv.slice(2));
