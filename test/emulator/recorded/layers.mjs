// What several configurations, and the environment over them, come to. Recorded with `KRATOS=<binary> node layers.mjs [cases]`,
// which starts a Kratos for each case and writes golden/layers/answers.json; compared by config/recorded-layers.test.ts.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const PUBLIC = 24633;
const schemaUrl = name => new URL(name, import.meta.url).href;

/** What every case stands on: the first file. */
export const ground = {
  dsn: 'memory',
  selfservice: { default_browser_return_url: 'http://home.test/' },
  identity: { schemas: [{ id: 'default', url: schemaUrl('../../conformance/identity.schema.json') }] },
  courier: { smtp: { connection_uri: 'smtp://127.0.0.1:1/' } },
};

const one = {
  session: { lifespan: '2h', cookie: { name: 'one', same_site: 'Strict' } },
  selfservice: {
    allowed_return_urls: ['http://a.test', 'http://b.test'],
    methods: { totp: { enabled: true, config: { issuer: 'One' } }, code: { enabled: true, passwordless_enabled: true } },
    flows: {
      login: { lifespan: '5m', ui_url: 'http://ui.test/one', after: { default_browser_return_url: 'http://after.test/one' } },
      registration: { lifespan: '9m', after: { password: { hooks: [{ hook: 'session' }] } } },
    },
  },
};
const two = {
  session: { cookie: { name: 'two' } },
  identity: { default_schema_id: 'second', schemas: [{ id: 'second', url: schemaUrl('number.schema.json') }] },
  selfservice: {
    allowed_return_urls: ['http://c.test'],
    methods: { totp: { enabled: false }, password: { config: { min_password_length: 14 } }, code: { passwordless_enabled: false } },
    flows: {
      login: { lifespan: '7m' },
      registration: { ui_url: 'http://ui.test/two', after: { password: { hooks: [] } } },
    },
  },
};
const emptied = { feature_flags: null, selfservice: { methods: { totp: null, code: null }, flows: { login: null, registration: { after: null } }, allowed_return_urls: null } };
const totpEmptied = { selfservice: { methods: { totp: null } } };
const loginEmptied = { selfservice: { flows: { login: null } } };
const baseless = { SERVE_PUBLIC_BASE_URL: 'https://env.test/x/' };
/** Files over the ground, in their order, and the environment. */
export const cases = {
  ground: [[]],
  'one, then two': [[one, two]],
  'two, then one': [[two, one]],
  'one twice': [[one, one]],
  'one, then sections with nothing below': [[one, emptied]],
  'sections with nothing below, then one': [[emptied, one]],
  'addresses of the environment': [[one], { ...baseless, SELFSERVICE_DEFAULT_BROWSER_RETURN_URL: 'http://env.test/home', SELFSERVICE_FLOWS_LOGIN_UI_URL: 'http://env.test/login' }],
  'an address of the environment over one of a file': [[{ serve: { public: { base_url: 'http://file.test/' } } }], baseless],
  'methods and lifespans of the environment': [[one, two], {
    SELFSERVICE_METHODS_TOTP_ENABLED: 'true', SELFSERVICE_METHODS_CODE_PASSWORDLESS_ENABLED: 'true', SELFSERVICE_METHODS_PASSWORD_CONFIG_MIN_PASSWORD_LENGTH: '9',
    SELFSERVICE_FLOWS_LOGIN_LIFESPAN: '3m', SELFSERVICE_FLOWS_REGISTRATION_ENABLED: 'false', SESSION_COOKIE_NAME: 'three', SESSION_LIFESPAN: '30m',
  }],
  'lists of the environment': [[one], { SELFSERVICE_ALLOWED_RETURN_URLS: 'http://c.test' }],
  'longer lists of the environment': [[one], { SELFSERVICE_ALLOWED_RETURN_URLS: 'http://c.test,http://d.test,http://e.test' }],
  'lists of the environment as JSON': [[one], { SELFSERVICE_ALLOWED_RETURN_URLS: '["http://c.test"]' }],
  'places in a list of the environment': [[one], { SELFSERVICE_ALLOWED_RETURN_URLS_1: 'http://c.test' }],
  'a section of the environment': [[one], { SELFSERVICE_METHODS_TOTP: '{"config":{"issuer":"Env"}}', SELFSERVICE_METHODS_PASSWORD_ENABLED: 'no' }],
  'feature flags with nothing below': [[{ feature_flags: null }]],
  'a method with nothing below': [[totpEmptied]],
  'one, then a method with nothing below': [[one, totpEmptied]],
  'one, then a flow with nothing below': [[one, loginEmptied]],
  'one, then a list with nothing in it': [[one, { selfservice: { allowed_return_urls: null } }]],
  'an environment over a method with nothing below': [[one, totpEmptied], { SELFSERVICE_METHODS_TOTP_ENABLED: 'true' }],
  'an environment over sections with nothing below': [[one, emptied], { SELFSERVICE_METHODS_TOTP_ENABLED: 'true', SELFSERVICE_FLOWS_LOGIN_LIFESPAN: '3m' }],
  'a word that is neither true nor false': [[one], { SELFSERVICE_METHODS_TOTP_ENABLED: 'yes' }],
  'a lifespan that is none': [[one], { SELFSERVICE_FLOWS_LOGIN_LIFESPAN: 'soon' }],
  'a mistake in the first file, mended by the second': [[{ session: { lifespan: 'soon' } }, { session: { lifespan: '1h' } }]],
  'a mistake in the second file': [[{ session: { lifespan: '1h' } }, { session: { lifespan: 'soon' } }]],
};

const lifespan = flow => Math.round((Date.parse(flow.expires_at) - Date.parse(flow.issued_at)) / 1000);
const names = flow => flow.ui.nodes.map(({ group, attributes }) => `${group}: ${attributes.name}`);
const RETURNS = ['http://a.test/x', 'http://b.test/x', 'http://c.test/x', 'http://d.test/x', 'http://e.test/x', 'http://home.test/x'];
/** Where a set-up is, without the address that a start happens to have. */
const shown = (url, at) => url?.replace(at, '<public>').replace(/(flow|id)=[^&]+/, '$1=<id>');

/** What of a configuration can be seen from outside. */
export async function effects(url) {
  const get = (path, headers = {}) => fetch(url + path, { redirect: 'manual', headers: { accept: 'application/json', ...headers } });
  const seen = {};
  for (const kind of ['login', 'registration']) {
    const native = await get(`/self-service/${kind}/api`), flow = await native.json();
    seen[kind] = native.ok ? { lifespan: lifespan(flow), action: shown(flow.ui.action, url), nodes: names(flow) } : { status: native.status, error: flow.error?.id ?? flow.ui?.messages };
    const sent = await get(`/self-service/${kind}/browser`, { accept: 'text/html' });
    seen[kind].page = shown(sent.headers.get('location'), url);
  }
  seen.returns = {};
  for (const to of RETURNS) {
    const answer = await get(`/self-service/login/browser?return_to=${encodeURIComponent(to)}`);
    seen.returns[to] = answer.ok ? 'taken' : (await answer.json()).error.reason.replace(url, '<public>');
  }
  seen.schemas = (await (await get('/schemas')).json()).map(({ id }) => id);
  const traits = { email: 'layers@example.org', phone: '+14155550123', number: '+14155550123' };
  seen.passwords = {};
  const who = flow => Object.fromEntries(flow.ui.nodes.filter(({ attributes: { name, type } }) => name?.startsWith('traits.') && type !== 'hidden').map(({ attributes: { name } }) => [name.slice(7), traits[name.slice(7)]]).filter(([, v]) => v));
  for (const password of ['k7Qz-p4v!', 'k7Qz-p4v!Lw9', 'k7Qz-p4v!Lw9-mm3x']) {
    const opened = await get('/self-service/registration/api');
    if (!opened.ok) break;
    const flow = await opened.json(), action = `/self-service/registration?flow=${flow.id}`;
    const answer = await fetch(url + action, { method: 'POST', headers: { accept: 'application/json', 'content-type': 'application/json' }, body: JSON.stringify({ method: 'password', password, traits: who(flow) }) });
    const body = await answer.json();
    seen.passwords[password.length] = answer.ok ? { made: Object.keys(body).sort(), session: body.session && Math.round((Date.parse(body.session.expires_at) - Date.parse(body.session.issued_at)) / 1000) } : body.ui?.nodes.flatMap(({ messages }) => messages.map(({ id }) => id)) ?? body.error?.id;
    if (answer.ok && body.session_token) {
      const settings = await (await get('/self-service/settings/api', { 'x-session-token': body.session_token })).json();
      seen.settings = [...new Set(settings.ui?.nodes.map(({ group }) => group))];
    }
    if (answer.ok) break;
  }
  return seen;
}

async function record(kratos, only) {
  const out = new URL('golden/layers/answers.json', import.meta.url);
  const answers = only.length > 0 ? JSON.parse(readFileSync(out, 'utf8')) : {};
  for (const [name, [files, env = {}]] of Object.entries(cases)) {
    if (only.length > 0 && !only.includes(name)) continue;
    const folder = mkdtempSync(join(tmpdir(), 'layers-'));
    const listener = port => ({ host: '127.0.0.1', port, ...(JSON.stringify([files, env]).match(/base_url"|BASE_URL/) ? {} : { base_url: `http://127.0.0.1:${port}/` }) });
    const first = { serve: { public: listener(PUBLIC), admin: { host: '127.0.0.1', port: PUBLIC + 1 } }, ...ground };
    const paths = [first, ...files].map((content, i) => {
      const path = join(folder, `${i}.json`);
      writeFileSync(path, JSON.stringify(content));
      return path;
    });
    const child = spawn(kratos, ['serve', '--dev', '--sqa-opt-out', ...paths.flatMap(path => ['-c', path])], { stdio: process.env.KRATOS_LOG ? 'inherit' : 'ignore', env: { PATH: process.env.PATH, HOME: folder, ...env } });
    const gone = new Promise(resolve => child.once('exit', resolve));
    const places = { url: `http://127.0.0.1:${PUBLIC}`, adminUrl: `http://127.0.0.1:${PUBLIC + 1}` };
    let up = false;
    for (let i = 0; i < 150 && child.exitCode === null && !up; i++) {
      up = await fetch(`${places.adminUrl}/admin/health/ready`).then(r => r.ok, () => false);
      if (!up) await new Promise(resolve => setTimeout(resolve, 100));
    }
    answers[name] = up ? await effects(places.url).catch(error => ({ stopped: error.message })) : 'does not start';
    child.kill();
    await gone;
    rmSync(folder, { recursive: true, maxRetries: 5 });
  }
  writeFileSync(out, `${JSON.stringify(answers, null, 1)}\n`);
}

const isMain = process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href;
if (isMain && process.env.KRATOS) await record(process.env.KRATOS, process.argv.slice(2));
