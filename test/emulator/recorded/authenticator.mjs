// A security key without the key: what a browser and an authenticator make of WebAuthn's options, for recordings
// (https://www.w3.org/TR/webauthn-2/#sctn-authenticator-ops). The tests of pages use Chromium's.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { encodeCBOR } from '@levischuck/tiny-cbor';

const sha256 = data => createHash('sha256').update(data).digest();
const url = data => Buffer.from(data).toString('base64url');
/** Authenticator data, section 6.1: which bit says what. */
const FLAGS = { present: 1, verified: 4, eligible: 8, backedUp: 16, attested: 64 };
const DEFAULTS = { origin: 'http://localhost:4455', present: true, verified: true, eligible: false, backedUp: false, counter: 0, crossOrigin: false };

export class Authenticator {
  /** @param name makes the ids of its credentials, the same in every run */
  constructor(name, options = {}) { this.name = name; this.options = { ...DEFAULTS, ...options }; this.keys = new Map(); }

  /** `navigator.credentials.create()`, as the scripts of pages send it. */
  create({ publicKey }, changes = {}) {
    const o = { ...this.options, ...changes };
    const { privateKey, publicKey: own } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x, y } = own.export({ format: 'jwk' });
    const id = sha256(`${this.name} ${this.keys.size}`).subarray(0, 20);
    this.keys.set(url(id), { privateKey, handle: publicKey.user.id });
    const cose = encodeCBOR(new Map([[1, 2], [3, -7], [-1, 1], [-2, bytes(x)], [-3, bytes(y)]]));
    const attested = Buffer.concat([Buffer.from(o.aaguid ?? '00'.repeat(16), 'hex'), Buffer.from([0, id.length]), id, cose]);
    const authData = Buffer.concat([this.#head(o.rpId ?? publicKey.rp.id, o, FLAGS.attested), attested]);
    const attestation = new Map([['fmt', o.format ?? 'none'], ['attStmt', new Map()], ['authData', new Uint8Array(authData)]]);
    return credential(id, {
      attestationObject: url(encodeCBOR(attestation)),
      clientDataJSON: clientData(o.type ?? 'webauthn.create', o.challenge ?? publicKey.challenge, o),
    }, o);
  }

  /** `navigator.credentials.get()`: with the first credential allowed, or the last there is. */
  get({ publicKey }, changes = {}) {
    const o = { ...this.options, ...changes };
    const allowed = publicKey.allowCredentials?.map(({ id }) => id).find(id => this.keys.has(id));
    const id = o.id ?? allowed ?? [...this.keys.keys()].at(-1);
    const key = this.keys.get(id);
    const authData = this.#head(o.rpId ?? publicKey.rpId, o, 0);
    const data = clientData(o.type ?? 'webauthn.get', o.challenge ?? publicKey.challenge, o);
    const signature = sign('sha256', Buffer.concat([authData, sha256(Buffer.from(data, 'base64url'))]), key.privateKey);
    if (o.spoiled) signature[signature.length - 1] ^= 1;
    return credential(Buffer.from(id, 'base64url'), {
      authenticatorData: url(authData), clientDataJSON: data, signature: url(signature), userHandle: o.handle ?? key.handle,
    }, o);
  }

  #head(rpId, o, more) {
    const set = Object.entries(FLAGS).reduce((sum, [name, bit]) => sum | (o[name] ? bit : 0), more);
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(o.counter);
    return Buffer.concat([sha256(rpId), Buffer.from([set]), counter]);
  }
}

const bytes = text => new Uint8Array(Buffer.from(text, 'base64url'));
const clientData = (type, challenge, { origin, crossOrigin }) => url(JSON.stringify({ type, challenge, origin, crossOrigin }));
const credential = (id, response, o) => JSON.stringify({ id: url(id), rawId: url(id), type: 'public-key', response, ...o.also });
