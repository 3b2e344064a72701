// Web hooks: what Kratos tells them, in which order it calls them, how often, and what it makes of their answers.
// Recorded with `KRATOS=<binary> node hooks.mjs`, which starts a Kratos for each configuration.
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { receiver, snippet, withKratos } from './real-kratos.mjs';

const PW = 'Tr0ub4dor&3-lab-pw';
const ALL = snippet('function(ctx) ctx');
const SHORT_FLOW = snippet("function(ctx) { state: ctx.flow.state, active: std.get(ctx.flow, 'active'), who: if std.objectHas(ctx, 'identity') then ctx.identity.id }");
const SHORT = snippet('function(ctx) { email: ctx.identity.traits.email, flow: ctx.flow.type }');
const hook = (url, config = {}) => ({ hook: 'web_hook', config: { url, method: 'POST', body: ALL, ...config } });
const parse = { response: { parse: true } };
const session = { hook: 'session' };

const configuration = (flows, more = {}) => ({
  selfservice: {
    default_browser_return_url: 'http://127.0.0.1:4455/',
    methods: {
      password: { config: { haveibeenpwned_enabled: false } }, code: { enabled: true }, profile: { enabled: true },
    },
    flows: { recovery: { enabled: true }, ...flows },
    ...more,
  },
  identity: { schemas: [{ id: 'default', url: new URL('../../conformance/identity.schema.json', import.meta.url).href }] },
  courier: { smtp: { connection_uri: 'smtp://127.0.0.1:1/' } },
});

const JSON_TYPE = { accept: 'application/json', 'content-type': 'application/json', 'user-agent': 'lab', 'x-secret': 's' };
/** A client with cookies, for one scenario. */
function client(url) {
  const jar = new Map();
  const ask = async (path, { json, headers = {}, method = json ? 'POST' : 'GET' } = {}) => {
    const answer = await fetch(path.startsWith('http') ? path : url + path, {
      method, redirect: 'manual',
      headers: { ...JSON_TYPE, ...headers, ...(jar.size && { cookie: [...jar].map(([k, v]) => `${k}=${v}`).join('; ') }) },
      ...(json && { body: JSON.stringify(json) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (value) jar.set(name, value); else jar.delete(name);
    }
    const text = await answer.text();
    let body; try { body = JSON.parse(text); } catch { body = text; }
    return { status: answer.status, location: answer.headers.get('location'), body };
  };
  const flow = async (kind, type = 'api', q = '', headers) => (await ask(`/self-service/${kind}/${type}${q}`, { headers })).body;
  const csrf = f => f.ui.nodes.find(n => n.attributes.name === 'csrf_token')?.attributes.value;
  const submit = (f, json, headers) => ask(f.ui.action, { json: { csrf_token: csrf(f), ...json }, headers });
  const register = async (email, { type = 'api', ...more } = {}) =>
    submit(await flow('registration', type), { method: 'password', password: PW, traits: { email }, ...more });
  return { ask, flow, submit, register };
}

let number = 0;
const fresh = () => `hook.${++number}@example.org`;

/** One configuration, what is done with it, and what is noted of it. */
const TOLD = {
  config: url => {
    const both = name => ({ before: { hooks: [hook(`${url}/${name}/before`)] } });
    return configuration({
      registration: { ...both('registration'), after: { password: { hooks: [session, hook(`${url}/registration/after`), hook(`${url}/registration/asked`, parse), hook(`${url}/registration/second`)] }, hooks: [hook(`${url}/registration/global`)] } },
      login: { ...both('login'), after: { hooks: [hook(`${url}/login/global`)], password: { hooks: [hook(`${url}/login/after`), hook(`${url}/login/asked`, parse)] } } },
      settings: { ...both('settings'), after: { hooks: [hook(`${url}/settings/global`)], profile: { hooks: [hook(`${url}/settings/after`), hook(`${url}/settings/asked`, parse)] } } },
      recovery: { enabled: true, ...both('recovery'), after: { hooks: [hook(`${url}/recovery/after`)] } },
      verification: { enabled: true, ...both('verification'), after: { hooks: [hook(`${url}/verification/after`)] } },
    });
  },
  async run({ url, adminUrl }, _heard, say) {
    say(() => ({ status: 204 }));
    const email = fresh(), c = client(url);
    const codeFor = async template => {
      const messages = await (await fetch(`${adminUrl}/admin/courier/messages?recipient=${encodeURIComponent(email)}`)).json();
      return messages.find(m => m.template_type === template).body.match(/(?<![\w-])\d{6}(?![\w-])/)[0];
    };
    const transient_payload = { t: 1 };
    const { session_token } = (await c.register(email, { transient_payload })).body;
    const headers = { 'x-session-token': session_token };
    const profile = { method: 'profile', traits: { email, name: { first: 'A' } } };
    await c.submit(await c.flow('settings', 'api', '', headers), { ...profile, transient_payload }, headers);
    await c.submit(await c.flow('settings', 'api', '', headers), { method: 'password', password: `${PW}-2` }, headers);
    await c.submit(await c.flow('login'), { method: 'password', identifier: email, password: `${PW}-2`, transient_payload });
    const b = client(url);
    await b.submit(await b.flow('login', 'browser'), { method: 'password', identifier: email, password: `${PW}-2` });
    const r = client(url), recovery = await r.flow('recovery', 'browser');
    await r.submit(recovery, { method: 'code', email, transient_payload });
    await r.submit(recovery, { method: 'code', code: await codeFor('recovery_code_valid') });
    const v = client(url), verification = await v.flow('verification');
    await v.submit(verification, { method: 'code', email });
    await v.submit(verification, { method: 'code', code: await codeFor('verification_code_valid') });
    return [];
  },
};

/** Signing up in two steps, with a step back: hooks are called at the end alone. */
const TWO_STEPS = {
  config: url => configuration({
    registration: {
      before: { hooks: [hook(`${url}/before`, { body: SHORT_FLOW })] },
      after: { password: { hooks: [hook(`${url}/told`, { body: SHORT_FLOW }), hook(`${url}/asked`, { ...parse, body: SHORT_FLOW }), session] } },
    },
  }),
  async run({ url }, _heard, say) {
    say(() => ({ status: 204 }));
    const email = fresh(), c = client(url), traits = { email };
    const f = await c.flow('registration', 'browser');
    const first = await c.submit(f, { method: 'profile', traits });
    const back = await c.submit(f, { method: 'profile', screen: 'previous', traits });
    const again = await c.submit(f, { method: 'profile', traits });
    const done = await c.submit(f, { method: 'password', password: PW, traits });
    return [first.status, back.status, again.status, done.status, done.body.identity?.traits];
  },
};

const bad = { messages: [{ instance_ptr: '#/traits/email', messages: [{ id: 1234, text: 'not you', type: 'error', context: { c: 1 } }] }, { messages: [{ id: 1235, text: 'never', type: 'validation' }] }] };
/** What a hook may answer. */
export const ANSWERS = {
  'nothing': { status: 200 },
  'no content': { status: 204 },
  'no JSON': { status: 200, text: 'hello' },
  'a list': { status: 200, json: [] },
  'no identity': { status: 200, json: {} },
  'identity null': { status: 200, json: { identity: null } },
  'identity of a wrong type': { status: 200, json: { identity: { traits: {}, state: 5 } } },
  'other traits': { status: 200, json: { identity: { traits: { email: 'other@example.org', name: { last: 'L' } }, metadata_public: { p: 1 }, metadata_admin: { a: 1 }, state: 'inactive', external_id: 'ext' } } },
  'traits that the schema refuses': { status: 200, json: { identity: { traits: { email: 5 } } } },
  'an unknown schema': { status: 200, json: { identity: { schema_id: 'nope' } } },
  'created with traits': { status: 201, json: { identity: { traits: { email: 'c@example.org' } } } },
  'moved': { status: 302, headers: { location: '/moved' } },
  'moved for good, as asked': { status: 308, headers: { location: '/moved' } },
  'moved nowhere': { status: 302 },
  'not modified': { status: 304 },
  'bad': { status: 400, json: bad },
  'bad, and says nothing': { status: 400 },
  'bad, with no JSON': { status: 400, text: 'no' },
  'bad, without messages': { status: 400, json: { messages: [] } },
  'bad, messages of a wrong type': { status: 400, json: { messages: 'x' } },
  'bad, id of a wrong type': { status: 400, json: { messages: [{ instance_ptr: '#/traits/email', messages: [{ id: 'x', text: 't' }] }] } },
  'bad, an odd place': { status: 400, json: { messages: [{ instance_ptr: '#/nowhere', messages: [{ id: 1, text: 't', type: 'error' }] }] } },
  'forbidden': { status: 403, json: bad },
  'conflict': { status: 409, json: bad },
  'unprocessable': { status: 422, json: bad },
  'not implemented': { status: 501, json: bad },
  'megabytes': { status: 200, text: JSON.stringify({ x: 'x'.repeat(6 * 1024 * 1024) }) },
};
/** Asked three times: without an answer that says when, within three seconds. */
export const TRIED = {
  'too many': { status: 429, json: bad, headers: { 'retry-after': '0' } },
  'failed': { status: 500, json: bad },
  'away': { status: 503, json: bad, headers: { 'retry-after': '0' } },
};
const KINDS = { plain: {}, parse, can_interrupt: { can_interrupt: true }, ignore: { response: { ignore: true } } };

/** Signs up, with a hook of that kind that answers so. */
const answering = (kind, answers) => ({
  answers,
  config: url => configuration({ registration: { after: { password: { hooks: [hook(`${url}/hook`, { ...KINDS[kind], body: SHORT }), session] } } } }),
  async run({ url }, heard, say) {
    const found = {};
    for (const [name, answer] of Object.entries(answers)) {
      const before = heard.arrived.length;
      say(one => (one.path === '/moved' ? {} : answer));
      found[name] = await client(url).register(fresh());
      // An ignored one is called at some time.
      if (kind !== 'ignore') found[name].calls = heard.arrived.slice(before).map(one => `${one.method} ${one.path}`);
    }
    return found;
  },
});

/** What a hook may be asked with. */
const REQUESTS = url => ({
  'a key in a header': hook(`${url}/h`, { auth: { type: 'api_key', config: { name: 'x-key', value: 'k', in: 'header' } } }),
  'a key in a cookie': hook(`${url}/h`, { auth: { type: 'api_key', config: { name: 'key', value: 'k v', in: 'cookie' } } }),
  'name and password': hook(`${url}/h`, { auth: { type: 'basic_auth', config: { user: 'u', password: 'p:ä' } } }),
  'headers': hook(`${url}/h?q=1`, { method: 'PUT', headers: { 'x-own': 'yes', 'X-Other': 'no' } }),
  'GET': hook(`${url}/h`, { method: 'GET' }),
  'DELETE': hook(`${url}/h`, { method: 'DELETE' }),
  'TRACE': hook(`${url}/h`, { method: 'TRACE' }),
  'a form': hook(`${url}/h`, { headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: snippet("function(ctx) { b: ctx.identity.traits.email, a: 'x y&z' }") }),
  'a form of numbers': hook(`${url}/h`, { headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: snippet('function(ctx) { a: 1 }') }),
  'another type': hook(`${url}/h`, { headers: { 'Content-Type': 'text/plain' } }),
  'JSON by another name': hook(`${url}/h`, { headers: { 'content-type': 'application/json; charset=utf-8' } }),
  'no body': { hook: 'web_hook', config: { url: `${url}/h`, method: 'POST' } },
  'no body, GET': { hook: 'web_hook', config: { url: `${url}/h`, method: 'GET' } },
  'cancelled': hook(`${url}/h`, { body: snippet("function(ctx) error 'cancel'") }),
  'cancelled in a branch': hook(`${url}/h`, { body: snippet("function(ctx) if ctx.flow.type == 'api' then error 'cancel' else {}") }),
  'failing': hook(`${url}/h`, { body: snippet("function(ctx) error 'no'") }),
  'no such field': hook(`${url}/h`, { body: snippet('function(ctx) ctx.nope') }),
  'no function': hook(`${url}/h`, { body: snippet('{ a: 1 }') }),
  'text': hook(`${url}/h`, { body: snippet("function(ctx) 'hi'") }),
  'endless': hook(`${url}/h`, { body: snippet('local f(x) = f(x + 1) tailstrict; function(ctx) f(1)') }),
  'a file that is not there': hook(`${url}/h`, { body: 'file:///nowhere/at/all.jsonnet' }),
  'refused': hook('http://127.0.0.1:9/h'),
});
const asking = name => ({
  config: url => configuration({ registration: { after: { password: { hooks: [{ ...REQUESTS(url)[name], config: { ...REQUESTS(url)[name].config } }, session] } } } }),
  run: async ({ url }) => client(url).register(fresh()),
  keeps: 'request',
});

const three = (url, flags) => ['one', 'two', 'three'].map((name, i) => hook(`${url}/${name}`, { body: SHORT, ...flags[i] }));
/** Several hooks of which one says no. */
const ordering = (flags, refusing) => ({
  config: url => configuration({ registration: { after: { password: { hooks: [session, ...three(url, flags)] } } } }),
  run: ({ url }, _heard, say) => {
    say(({ path }) => (path === refusing ? { status: 400, json: bad } : {}));
    return client(url).register(fresh());
  },
});

const AFTERWARDS = (flow, method, submit) => kind => ({
  ignored: kind === 'ignore',
  config: url => configuration({ registration: { after: { password: { hooks: [session] } } }, [flow]: { after: { [method]: { hooks: [hook(`${url}/hook`, { ...KINDS[kind], body: SHORT })] } } } }),
  async run({ url }, _heard, say) {
    const found = {};
    for (const name of ['bad', 'other traits', 'bad, and says nothing', 'no JSON']) {
      const c = client(url), email = fresh();
      say(() => ANSWERS.nothing);
      const { session_token } = (await c.register(email)).body;
      say(() => ANSWERS[name]);
      found[name] = await submit(c, email, { 'x-session-token': session_token });
    }
    return found;
  },
});
const signIn = async (c, email) => c.submit(await c.flow('login'), { method: 'password', identifier: email, password: PW });
const change = async (c, email, headers) => c.submit(await c.flow('settings', 'api', '', headers), { method: 'profile', traits: { email, name: { first: 'B' } } }, headers);
const BEFORE = flow => ({
  config: url => configuration({ [flow]: { ...(/recovery|verification/.test(flow) && { enabled: true }), before: { hooks: [hook(`${url}/hook`, { ...parse, body: snippet('function(ctx) { flow: ctx.flow.type }') })] } } }),
  async run({ url }, _heard, say) {
    const found = {};
    // With an identity in the answer this Kratos panics: there is none yet that it could change.
    for (const name of ['nothing', 'bad', 'no JSON', 'no identity']) {
      say(() => ANSWERS[name]);
      const c = client(url);
      found[name] = await c.ask(`/self-service/${flow}/api`);
      found[`${name}, page`] = await c.ask(`/self-service/${flow}/browser`, { headers: { accept: 'text/html' } });
    }
    return found;
  },
});

/** Everything, by name. */
export const SETS = {
  told: TOLD,
  'two steps': TWO_STEPS,
  ...Object.fromEntries(Object.keys(KINDS).map(kind => [`answers: ${kind}`, answering(kind, ANSWERS)])),
  'tried: plain': answering('plain', TRIED),
  'tried: parse': answering('parse', TRIED),
  ...Object.fromEntries(Object.keys(REQUESTS('')).map(name => [`request: ${name}`, asking(name)])),
  'order: asked first': ordering([{}, parse, {}], ''),
  'order: the asked one says no': ordering([{}, parse, {}], '/two'),
  'order: a told one says no': ordering([{}, parse, {}], '/one'),
  'order: the second of two says no': ordering([parse, { can_interrupt: true }, {}], '/two'),
  ...Object.fromEntries(Object.keys(KINDS).map(kind => [`login: ${kind}`, AFTERWARDS('login', 'password', signIn)(kind)])),
  ...Object.fromEntries(Object.keys(KINDS).map(kind => [`settings: ${kind}`, AFTERWARDS('settings', 'profile', change)(kind)])),
  ...Object.fromEntries(['login', 'registration', 'recovery', 'verification'].map(flow => [`before ${flow}`, BEFORE(flow)])),
};

/** Ids, times, tokens and addresses by their kind. */
export function normal(value, places) {
  const text = JSON.stringify(value)
    .replaceAll('https://www.ory.sh/kratos/docs/fallback/', '<public>/ui/')
    .replaceAll(places.hooks, '<hooks>').replaceAll(places.url, '<public>').replaceAll(new URL(places.url).host, '<host>')
    .replace(/00000000-0000-0000-0000-000000000000/g, '<nil>')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
    .replace(/0001-01-01T00:00:00Z/g, '<never>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
    .replace(/hook\.\d+@example\.org/g, '<email>')
    .replace(/hook\.\d+%40example\.org/g, '<email>')
    .replace(/ory_(st|lo|at|ct)_\w+/g, '<token>')
    .replace(/127\.0\.0\.1:\d{5}"/g, '<client>"')
    .replace(/csrf_token_[0-9a-f]{20,}/g, 'csrf_token_<hash>')
    .replace(/("csrf_token(_<hash>)?":|"csrf_token","type":"hidden","value":)"[^"]+"/g, '$1"<csrf>"')
    .replace(/"[A-Za-z0-9+/]{86}=="/g, '"<csrf>"')
    .replace(/"(http:\/\/127\.0\.0\.1:4455\/|<public>\/ui\/welcome)"/g, '"<home>"')
    .replace(/("ory_kratos_\w+":)"[^"]+"/g, '$1"<value>"')
    .replace(/(code=|"code":"|code )\d{6}/g, '$1<code>')
    .replace(/x{1000,}/g, 'x…');
  return JSON.parse(text);
}

const HEADERS = /^(content-type|authorization|cookie|x-.*|accept|ory-webhook-.*)$/;
const request = (one, full) => ({
  method: one.method, path: one.path,
  headers: Object.fromEntries(Object.entries(one.headers).filter(([name]) => HEADERS.test(name)).sort()),
  ...(full || JSON.stringify(one.body).length < 500 ? { body: one.body } : { body: '…' }),
});

/** Plays one of the sets. */
export async function play(set, places, heard, say) {
  const found = await set.run(places, heard, say);
  const all = { arrived: heard.arrived.map(one => request(one, set === TOLD)), found };
  // What the many answers were to is the same call again and again.
  // And whether an ignored one has arrived yet is chance.
  if (set.answers || set.ignored) delete all.arrived;
  return normal(all, { ...places, hooks: heard.url });
}

/** Plays it against what `start` makes of its configuration: a Kratos, or an emulator. */
export async function playWith(set, start) {
  let answer = () => ({});
  const heard = await receiver((one, arrived) => answer(one, arrived));
  try {
    return await start(set.config(heard.url), places => play(set, places, heard, say => { answer = say; }));
  } finally {
    await heard.close();
  }
}

async function record(only) {
  for (const [name, set] of Object.entries(SETS)) {
    if (only.length && !only.some(one => name.startsWith(one))) continue;
    const file = new URL(`golden/hooks/${name.replace(/\W+/g, '-')}.json`, import.meta.url);
    const found = await playWith(set, withKratos).catch(error => ({ error: String(error.cause ?? error) }));
    if (found.error) console.log(name, found.error);
    else writeFileSync(file, `${JSON.stringify(found)}\n`);
  }
}

const isMain = process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href;
if (isMain && process.env.KRATOS) await record(process.argv.slice(2));
