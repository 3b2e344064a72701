// What `serve.public.cors` makes of requests from other origins. Recorded with
// `KRATOS=<binary> node cors.mjs`, which starts a Kratos for each configuration and writes golden/cors/answers.json.
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export const configurations = {
  off: { enabled: false },
  open: { enabled: true },
  listed: { enabled: true, allowed_origins: ['http://a.test', 'HTTPS://B.test', 'http://*.c.test:3000'], max_age: 600 },
  narrow: {
    enabled: true,
    allowed_origins: ['http://a.test'],
    allowed_methods: ['GET'],
    allowed_headers: ['Content-Type', 'X-Own'],
    exposed_headers: ['X-Session-Token', 'content-type', 'x_odd'],
    allow_credentials: false,
  },
  wild: { enabled: true, allowed_origins: ['*'], allowed_headers: ['*'], allow_credentials: true },
  none: { enabled: true, allowed_origins: [], allowed_methods: [], allowed_headers: [], exposed_headers: [] },
  passthrough: { enabled: true, allowed_origins: ['http://a.test'], options_passthrough: true },
};

const origins = ['http://a.test', 'http://A.TEST', 'https://b.test', 'http://x.y.c.test:3000', 'http://c.test:3000', 'null', ''];
const preflight = (method, headers, origin = 'http://a.test') => [
  'OPTIONS',
  '/self-service/login/browser',
  { origin, 'access-control-request-method': method, ...(headers !== undefined && { 'access-control-request-headers': headers }) },
];

/** Method, path and headers. */
export const requests = [
  ...origins.map(origin => ['GET', '/self-service/login/api', origin === '' ? {} : { origin }]),
  ...origins.map(origin => preflight('POST', 'content-type', origin || undefined)),
  preflight('PUT'),
  preflight('DELETE', ''),
  preflight('HEAD', 'content-type'),
  preflight('CONNECT', 'content-type'),
  preflight('GET', 'authorization,content-type,x-session-token'),
  preflight('GET', 'content-type, x-csrf-token'),
  preflight('GET', 'x-csrf-token,content-type'),
  preflight('GET', 'content-type,content-type'),
  preflight('GET', 'Content-Type'),
  preflight('GET', 'x-own'),
  preflight('GET', ',,content-type,'),
  preflight('GET', 'accept'),
  preflight('get', 'content-type'),
  ['OPTIONS', '/self-service/login/browser', { origin: 'http://a.test' }],
  ['POST', '/self-service/login', { origin: 'http://a.test' }],
  ['GET', '/sessions/whoami', { origin: 'http://a.test' }],
  ['GET', '/schemas', { origin: 'http://a.test' }],
  ['GET', '/health/alive', { origin: 'http://a.test' }],
  ['GET', '/nowhere', { origin: 'http://a.test' }],
  ['PUT', '/self-service/login', { origin: 'http://a.test' }],
  ['GET', '//sessions/whoami', { origin: 'http://a.test' }],
  ['HEAD', '/health/alive', { origin: 'http://a.test' }],
];

/** The status, and what CORS is about. */
export function ask(base, [method, path, headers]) {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const req = request({ method, hostname, port, path, headers, agent: false }, res => {
      res.resume();
      const shown = Object.entries(res.headersDistinct).filter(([name]) => /^(access-control-|vary$)/.test(name));
      // Order and spelling of Vary mean nothing, so that each part is looked at.
      const parts = ([name, values]) => [name, name === 'vary' ? values.flatMap(v => v.split(/,\s*/)).sort() : values];
      res.on('end', () => resolve({ status: res.statusCode, headers: Object.fromEntries(shown.map(parts).sort()) }));
    });
    req.on('error', reject).end();
  });
}

async function record(kratos) {
  const answers = {};
  for (const [name, cors] of Object.entries(configurations)) {
    const file = join(mkdtempSync(join(tmpdir(), 'cors-')), 'kratos.json');
    const url = new URL('../../conformance/identity.schema.json', import.meta.url).href;
    const listener = port => ({ host: '127.0.0.1', port });
    const serve = { public: { ...listener(24433), base_url: 'http://127.0.0.1:24433/', cors }, admin: listener(24434) };
    const selfservice = { default_browser_return_url: 'http://127.0.0.1:24433/' };
    const rest = { dsn: 'memory', courier: { smtp: { connection_uri: 'smtp://127.0.0.1:1/' } } };
    writeFileSync(file, JSON.stringify({ serve, selfservice, identity: { schemas: [{ id: 'default', url }] }, ...rest }));
    const child = spawn(kratos, ['serve', '--dev', '--sqa-opt-out', '-c', file], { stdio: 'ignore' });
    for (let i = 0; i < 100; i++) {
      const up = await ask('http://127.0.0.1:24434', ['GET', '/admin/health/ready', {}]).catch(() => undefined);
      if (up?.status === 200) break;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    answers[name] = [];
    for (const one of requests) answers[name].push(await ask('http://127.0.0.1:24433', one));
    child.kill();
    await new Promise(resolve => child.once('exit', resolve));
  }
  const lines = Object.entries(answers).map(
    ([name, list]) => `"${name}":[\n${list.map(one => JSON.stringify(one)).join(',\n')}\n]`,
  );
  writeFileSync(new URL('golden/cors/answers.json', import.meta.url), `{${lines.join(',\n')}}\n`);
}

const isMain = process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href;
if (isMain && process.env.KRATOS) await record(process.env.KRATOS);
