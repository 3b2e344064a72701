// What an edit of the configuration, or of a schema, does to a Kratos that runs. Recorded with
// `KRATOS=<binary> node live.mjs`, which writes golden/live/answers.json; compared by config/recorded-live.test.ts.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const PUBLIC = 24833;
const person = trait => ({
  type: 'object',
  properties: { traits: { type: 'object', properties: {
    email: { type: 'string', format: 'email', 'ory.sh/kratos': { credentials: { password: { identifier: true } } } },
    [trait]: { type: 'string' },
  } } },
});
const config = changes => ({
  dsn: 'memory', courier: { smtp: { connection_uri: 'smtp://127.0.0.1:1/' } },
  selfservice: { default_browser_return_url: 'http://home.test/', ...changes },
  identity: { schemas: [{ id: 'default', url: 'file://./person.json' }] },
});
const text = value => JSON.stringify(value);
const login = lifespan => ({ flows: { login: { lifespan } }, allowed_return_urls: ['http://a.test'] });

export const before = { 'kratos.json': text(config(login('5m'))), 'person.json': text(person('nick')) };
/** One after another: the file, and what it then holds. */
export const edits = [
  ['a good edit', 'kratos.json', text(config(login('6m')))],
  ['a value that is none', 'kratos.json', text(config(login('soon')))],
  ['half a file', 'kratos.json', text(config(login('7m'))).slice(0, 60)],
  ['mended', 'kratos.json', text(config(login('8m')))],
  ['a good schema', 'person.json', text(person('city'))],
  ['half a schema', 'person.json', text(person('town')).slice(0, 60)],
  ['a schema mended', 'person.json', text(person('town'))],
];

/** What is in force, and whether the person who signed in before still is. */
export async function inForce(url, token) {
  const get = async (path, headers) => {
    const answer = await fetch(url + path, { headers: { accept: 'application/json', ...headers } });
    return [answer.status, await answer.json()];
  };
  const [, flow] = await get('/self-service/login/api');
  const [status, form] = await get('/self-service/registration/api');
  const traits = form.ui?.nodes.map(({ attributes: { name } }) => name).filter(name => name.startsWith('traits.')).sort();
  const [whoami] = await get('/sessions/whoami', { 'x-session-token': token });
  return { lifespan: Math.round((Date.parse(flow.expires_at) - Date.parse(flow.issued_at)) / 1000), registration: status, traits, whoami };
}

/** Signs in somebody that the admin API has made. */
export async function signIn(url, adminUrl) {
  const post = async (to, body) => (await fetch(to, { method: 'POST', headers: { accept: 'application/json', 'content-type': 'application/json' }, body: text(body) })).json();
  const email = 'live@example.org', password = 'k7Qz-p4v!Lw9-mm3x';
  await post(`${adminUrl}/admin/identities`, { schema_id: 'default', traits: { email }, credentials: { password: { config: { password } } } });
  const { id } = await (await fetch(`${url}/self-service/login/api`)).json();
  return (await post(`${url}/self-service/login?flow=${id}`, { method: 'password', identifier: email, password })).session_token;
}

async function record(kratos) {
  const folder = mkdtempSync(join(tmpdir(), 'live-'));
  const url = `http://127.0.0.1:${PUBLIC}`, adminUrl = `http://127.0.0.1:${PUBLIC + 1}`;
  const listener = port => ({ host: '127.0.0.1', port, base_url: `http://127.0.0.1:${port}/` });
  const serve = text({ public: listener(PUBLIC), admin: listener(PUBLIC + 1) });
  const write = (file, content) => writeFileSync(join(folder, file), content.replace('{"dsn"', `{"serve":${serve},"dsn"`).replace('file://./', `file://${folder}/`));
  for (const [file, content] of Object.entries(before)) write(file, content);
  const child = spawn(kratos, ['serve', '--dev', '--sqa-opt-out', '-c', join(folder, 'kratos.json')], { stdio: process.env.KRATOS_LOG ? 'inherit' : 'ignore' });
  const gone = new Promise(resolve => child.once('exit', resolve));
  for (let i = 0; i < 300; i++) {
    if (await fetch(`${adminUrl}/admin/health/ready`).then(r => r.ok, () => false)) break;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  const token = await signIn(url, adminUrl);
  const answers = { before: await inForce(url, token) };
  for (const [name, file, content] of edits) {
    write(file, content);
    await new Promise(resolve => setTimeout(resolve, 3000));
    answers[name] = await inForce(url, token);
  }
  child.kill();
  await gone;
  rmSync(folder, { recursive: true, maxRetries: 5 });
  writeFileSync(new URL('golden/live/answers.json', import.meta.url), `${JSON.stringify(answers, null, 1)}\n`);
}

const isMain = process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href;
if (isMain && process.env.KRATOS) await record(process.env.KRATOS);
