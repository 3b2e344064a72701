// Social sign-in where the provider's claims are chosen: `arrive` does it at the emulator's stand-in, and at the providers
// played here for a real Kratos, which is told to reach the world through this proxy:
//   node providers.mjs   (then HTTPS_PROXY=http://127.0.0.1:8090 SSL_CERT_FILE=<what it prints> kratos serve …)
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const encode = claims => Buffer.from(JSON.stringify(claims)).toString('base64url');
const decode = code => JSON.parse(Buffer.from(code, 'base64url').toString());

/** Agrees to these claims at whichever provider the address is of, and says where the browser goes then. */
export async function arrive(address, claims) {
  const url = new URL(address);
  if (url.pathname.includes('/stand-in/')) {
    const response = await fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ claims: JSON.stringify(claims) }) });
    return response.headers.get('location');
  }
  const { user, ...rest } = claims, back = new URL(url.searchParams.get('redirect_uri'));
  const apple = url.hostname === 'appleid.apple.com' && user ? { user: JSON.stringify(user) } : {};
  // GitHub says what it has granted, which is what was asked for.
  const granted = url.hostname === 'github.com' ? { granted: (url.searchParams.get('scope') ?? '').replaceAll(' ', ',') } : {};
  back.search = new URLSearchParams({ code: encode({ ...(apple.user ? rest : claims), ...granted }), state: url.searchParams.get('state'), ...apple });
  return back.href;
}

const ISSUERS = {
  'accounts.google.com': { issuer: 'https://accounts.google.com', jwks: 'https://www.googleapis.com/oauth2/v3/certs' },
  'appleid.apple.com': { issuer: 'https://appleid.apple.com' },
  'login.microsoftonline.com': { issuer: 'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0' },
  '127.0.0.1:8091': { issuer: 'http://127.0.0.1:8091' },
};

async function play() {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'played', alg: 'RS256', use: 'sig' }] };
  const idToken = (claims, issuer) => new SignJWT({ iss: issuer, aud: 'lab', ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'played' }).setIssuedAt().setExpirationTime('1h').sign(privateKey);
  const answer = async (request, form) => {
    const { host, authorization } = request.headers, path = new URL(request.url, 'http://x').pathname;
    if (host === 'github.com') return { access_token: form.get('code'), token_type: 'bearer', scope: decode(form.get('code')).granted };
    if (host === 'api.github.com') { const { emails = [], granted, ...user } = decode(authorization.split(' ')[1]); return path === '/user/emails' ? emails : user; }
    const { issuer, jwks: at = `${issuer}/jwks.json` } = ISSUERS[host] ?? {};
    if (path.endsWith('/.well-known/openid-configuration')) return { issuer, jwks_uri: at, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, userinfo_endpoint: `${issuer}/userinfo`, response_types_supported: ['code'], subject_types_supported: ['public'], id_token_signing_alg_values_supported: ['RS256'] };
    if (path.endsWith('/jwks.json') || path.endsWith('/certs')) return jwks;
    if (path.endsWith('/token')) return { access_token: form.get('code'), token_type: 'Bearer', expires_in: 3600, id_token: await idToken(decode(form.get('code')), issuer) };
    if (path.endsWith('/userinfo')) return decode(authorization.split(' ')[1]);
    throw new Error(`nobody plays ${host}${path}`);
  };
  const serve = async (request, response) => {
    let text = ''; for await (const chunk of request) text += chunk;
    try { response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(await answer(request, new URLSearchParams(text)))); } catch (error) { console.error(error.message); response.writeHead(500).end(error.message); }
  };
  const dir = mkdtempSync(join(tmpdir(), 'providers-'));
  const hosts = ['accounts.google.com', 'www.googleapis.com', 'oauth2.googleapis.com', 'appleid.apple.com', 'login.microsoftonline.com', 'github.com', 'api.github.com'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=played', '-addext', `subjectAltName=${hosts.map(h => `DNS:${h}`)}`, '-keyout', join(dir, 'key.pem'), '-out', join(dir, 'cert.pem')], { stdio: 'ignore' });
  const tls = createTlsServer({ key: readFileSync(join(dir, 'key.pem')), cert: readFileSync(join(dir, 'cert.pem')) }, serve);
  createServer().on('connect', (request, socket) => { socket.write('HTTP/1.1 200 OK\r\n\r\n'); tls.emit('connection', socket); }).listen(8090, '127.0.0.1');
  createServer(serve).listen(8091, '127.0.0.1');
  console.log(join(dir, 'cert.pem'));
}
if (process.argv[1]?.endsWith('providers.mjs')) await play();
