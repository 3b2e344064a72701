/** The two programs of nginx' JavaScript (njs 0.7.9, as Debian has it: no destructuring, no await in arguments). */
import type { Gateway } from '../settings.js'

/** Who is it, the JWT, the public keys. */
export const signJs = ({
  ory,
}: Gateway): string => `// Ory's whoami in, a JWT out: the claims that ory-proxy signs in development.
import fs from 'fs'

const ISS = ${JSON.stringify(ory.origin)}
const KEYS = ngx.conf_prefix + 'keys/'
const ES256 = { name: 'ECDSA', namedCurve: 'P-256' }
// Keys are read when one is needed (README.md says who may): nginx runs this file anew for every request that needs any
// of its JavaScript.

function b64(data) { return Buffer.from(data).toString('base64url') }

/** A private key (PKCS#8): the last 64 bytes are the public point. */
function read(name) {
  let text
  try { text = fs.readFileSync(KEYS + name).toString() } catch (e) {
    if (!/No such file/.test(e.message)) ngx.log(ngx.ERR, KEYS + name + ' cannot be read: ' + e.message)
    return null
  }
  const der = Buffer.from(text.replace(/-----[^-]+-----|\\s/g, ''), 'base64')
  const x = b64(der.slice(der.length - 64, der.length - 32))
  const y = b64(der.slice(der.length - 32))
  const print = '{"crv":"P-256","kty":"EC","x":"' + x + '","y":"' + y + '"}' // RFC 7638
  const kid = require('crypto').createHash('sha256').update(print).digest('base64url')
  return { der: der, jwk: { kty: 'EC', crv: 'P-256', x: x, y: y, kid: kid, alg: 'ES256', use: 'sig' } }
}

function uuid() {
  const b = Buffer.from(crypto.getRandomValues(new Uint8Array(16)))
  b[6] = (b[6] & 15) | 64
  b[8] = (b[8] & 63) | 128
  const h = b.toString('hex')
  return [h.slice(0, 8), h.slice(8, 12), h.slice(12, 16), h.slice(16, 20), h.slice(20)].join('-')
}

async function sign(signing, sub, sessionJson) {
  const key = await crypto.subtle.importKey('pkcs8', signing.der, ES256, false, ['sign'])
  const iat = Math.floor(Date.now() / 1000)
  const payload = '{"iss":' + JSON.stringify(ISS) + ',"sub":' + JSON.stringify(sub) + ',"session":' + sessionJson +
    ',"iat":' + iat + ',"nbf":' + iat + ',"exp":' + (iat + 60) + ',"jti":"' + uuid() + '"}'
  const input = b64(JSON.stringify({ alg: 'ES256', typ: 'JWT', kid: signing.jwk.kid })) + '.' + b64(payload)
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, Buffer.from(input))
  return input + '.' + b64(signature)
}

/** 200 with Authorization, 401 for nobody, 503 where Ory gave no answer. */
async function who(r) {
  const signing = read('signing.pem')
  if (!signing) { r.error('keys/signing.pem is missing or no key'); r.return(503); return }
  const answer = await r.subrequest('/_whoami')
  if (answer.status === 401 || answer.status === 403) { r.return(401); return }
  if (answer.status !== 200) { r.return(503); return }
  const text = (answer.responseText || '').trim()
  let session
  try { session = JSON.parse(text) } catch (e) { session = null }
  const id = session && session.active === true && session.identity ? session.identity.id : ''
  if (typeof id !== 'string' || id === '') { r.return(401); return }
  const token = await sign(signing, id, text)
  r.headersOut['Authorization'] = 'Bearer ' + token
  r.return(200)
}

/** Both keys: a token of the other one verifies while they are exchanged. */
function jwks(r) {
  const keys = []
  const signing = read('signing.pem')
  const other = read('other.pem')
  if (signing) keys.push(signing.jwk)
  if (other) keys.push(other.jwk)
  r.headersOut['Content-Type'] = 'application/json'
  r.headersOut['Cache-Control'] = 'public, max-age=60'
  r.return(200, JSON.stringify({ keys: keys }))
}

export default { who: who, jwks: jwks }
`

/** Addresses to come back to. */
export const textJs = (
  { publicUrl, ory, oryDomain }: Gateway,
  before = '',
): string => `// Addresses to come back to, and what waits for an answer.
const OWN = ${JSON.stringify(publicUrl.origin)}

/** Where a flow ends: \`return_to\` or the page that linked here, when it is one of ours. */
function cameFrom(r) {
  const asked = r.args.return_to || ''
  const full = asked.charAt(0) === '/' ? OWN + asked : asked
  if (isOurs(full)) return encodeURIComponent(full)
  const referer = r.headersIn.referer || ''
  return encodeURIComponent(isOurs(referer) ? referer : OWN + '/')
}

function isOurs(url) {
  return (url === OWN || url.indexOf(OWN + '/') === 0) && url.indexOf('\\\\') < 0 && !/[\\x00-\\x20]/.test(url) &&
    !/^\\/\\.ory([\\/?#]|$)/.test(url.slice(OWN.length))
}

/** A page that a person opens may be sent to sign in; a script is told where. */
function waiting(r) {
  if (r.method !== 'GET' && r.method !== 'HEAD') return 'program'
  const mode = r.headersIn['sec-fetch-mode']
  const dest = r.headersIn['sec-fetch-dest']
  const purpose = r.headersIn['sec-purpose'] || r.headersIn.purpose || r.headersIn['x-purpose'] || r.headersIn['x-moz'] || ''
  if (/prefetch|preview/.test(purpose)) return 'program'
  if (mode === undefined && dest === undefined) {
    if (r.headersIn['x-requested-with'] !== undefined) return 'program'
    return /text\\/html/.test(r.headersIn.accept || '') ? 'page' : 'program'
  }
  return mode === 'navigate' && dest === 'document' ? 'page' : 'program'
}

function login(r) {
  const asked = r.variables.request_uri${before === '' ? '' : `.slice(${before.length})`}
  return '/.ory/init/login?return_to=' + encodeURIComponent(asked)
}
${before === '' ? '' : ANSWERS}
export default { cameFrom: cameFrom, waiting: waiting, login: login${before === '' ? '' : ', signedIn: signedIn, nobody: nobody'} }
// Ory: ${ory.origin}${oryDomain ? ', on a domain of its own' : ', below /.ory'}
`

/** What external authorization is answered. */
const ANSWERS = `
function signedIn(r) {
  r.headersOut['Authorization'] = r.variables.jwt
  r.return(200)
}

/** Envoy keeps what a client wrote unless it is told not to. */
function nobody(r) {
  r.headersOut['X-Envoy-Auth-Headers-To-Remove'] = 'authorization'
  r.return(200)
}
`
