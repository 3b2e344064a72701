// A real Kratos of a recording's own, and a server beside it for what Kratos calls.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PUBLIC = 24533;

/** Starts the Kratos in $KRATOS with that configuration, asks `use` and stops it. */
export async function withKratos(config, use) {
  const folder = mkdtempSync(join(tmpdir(), 'kratos-'));
  const file = join(folder, 'kratos.json');
  const url = `http://127.0.0.1:${PUBLIC}`, adminUrl = `http://127.0.0.1:${PUBLIC + 1}`;
  const listener = port => ({ host: '127.0.0.1', port, base_url: `http://127.0.0.1:${port}/` });
  writeFileSync(file, JSON.stringify({
    dsn: 'memory', serve: { public: listener(PUBLIC), admin: listener(PUBLIC + 1) }, ...config,
    secrets: { cookie: ['PLEASE-CHANGE-ME-I-AM-VERY-INSECURE'], cipher: ['32-LONG-SECRET-NOT-SECURE-AT-ALL'] },
    hashers: { algorithm: 'bcrypt', bcrypt: { cost: 4 } }, log: { level: 'warning' },
  }));
  const child = spawn(process.env.KRATOS, ['serve', '--dev', '--sqa-opt-out', '--watch-courier', '-c', file], {
    stdio: process.env.KRATOS_LOG ? 'inherit' : 'ignore',
  });
  const gone = new Promise(resolve => child.once('exit', resolve));
  try {
    for (let i = 0; i < 300; i++) {
      if (await fetch(`${adminUrl}/admin/health/ready`).then(r => r.ok, () => false)) break;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    return await use({ url, adminUrl });
  } finally {
    child.kill();
    await gone;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Notes what arrives; `answer` says what comes back, by default 200 and nothing. */
export async function receiver(answer = () => ({})) {
  const arrived = [];
  let told = () => {};
  const server = createServer(async (req, res) => {
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    let body; try { body = JSON.parse(text); } catch { body = text; }
    const one = { method: req.method, path: req.url, headers: req.headers, body };
    arrived.push(one);
    const { status = 200, headers = {}, json, text: raw = json === undefined ? '' : JSON.stringify(json) } = answer(one, arrived);
    res.writeHead(status, headers).end(raw);
    told();
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    arrived,
    /** When that many have arrived. */
    async count(n) {
      while (arrived.length < n) await new Promise(resolve => { told = resolve; });
    },
    close: () => new Promise(resolve => { server.closeAllConnections(); server.close(resolve); }),
  };
}

/** Jsonnet as it stands in a configuration. */
export const snippet = text => `base64://${Buffer.from(text).toString('base64')}`;
