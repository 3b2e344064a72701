/** README.md of an exported folder: how to start, reload, rotate, and what is not as in development. */
import type { Gateway } from './settings.js'

/** What one engine has of its own. */
export interface Manual {
  readonly engine: string
  /** What is to be installed. */
  readonly install: string
  readonly start: string
  readonly reload: string
  /** Where keys/ is, and what reads it. */
  readonly keys: string
  readonly makeKey: string
  /** Instead of exchanging two PEM files. */
  readonly rotate?: string
  /** How it is tried on one's own machine. @default the engine itself */
  readonly rehearsal?: string
  /** What else is worth a line. */
  readonly more: readonly string[]
}

/** Of a folder whose signer is nginx with njs. */
export const MAKE_PEM =
  'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out keys/signing.pem && chown www-data keys/signing.pem && chmod 400 keys/signing.pem'

/** Each file is replaced in one step: nginx' JavaScript may read them again with any request. */
function rotation({ reload, keys }: Manual, { sessionCache }: Gateway): string {
  const swap = 'cp -p signing.pem old && cp -p other.pem new && mv old other.pem && mv new signing.pem'
  return `**New key, published first** (no request and no token fails, on any number of gateways): make it as \`${keys}/other.pem\` on each, ${reload}; wait until backends have read the keys again (jose: 10 minutes); exchange the two on each (\`cd ${keys} && ${swap}\`), ${reload}; wait 60 s (the life of a token) and the ${sessionCache} s of the cache; remove \`${keys}/other.pem\`, ${reload}.
**New key that signs at once** (one gateway, and backends that read the keys again for a \`kid\` they do not know; jose does, every 30 s at most): \`cd ${keys} && cp -p signing.pem other.pem && mv new.pem signing.pem\`, ${reload}; wait as above; remove \`other.pem\`.
**The old key is out**: replace \`${keys}/signing.pem\`, remove \`other.pem\`, restart with an empty \`run/who\`. Tokens under way fail, and that is wanted.`
}

/** Ten lines or so. */
export function readmeMd(gateway: Gateway, manual: Manual): string {
  const { publicUrl, ory, app, sessionCache, oryDomain, listen } = gateway
  const kratos = oryDomain
    ? `Ory is at ${ory.origin}: its cookies need a domain that both share; \`/.ory\` is 404 here but for the keys and \`/.ory/init/*\`.`
    : `Kratos: \`serve.public.base_url: ${publicUrl.origin}/.ory/\`, and ${publicUrl.origin} among \`selfservice.allowed_return_urls\`.`
  const lines = [
    `**Key**, once: \`${manual.makeKey}\`. It is a secret: never in the repository.`,
    `**Start**: ${manual.start}; **reload**: ${manual.reload}; health: \`/.ory/healthz\`. Put \`run/who\` on a tmpfs: tokens lie there for ${sessionCache} s.`,
    ...(manual.rotate ?? rotation(manual, gateway)).split('\n'),
    `Several gateways: the same keys on each, clients hashed to one by cookie. Each asks Ory once per session and ${sessionCache} s.`,
    kratos,
    `TLS ends in front of port ${listen}, or there: add your certificate to the configuration.`,
    `Not as in development: a sign-out counts within ${sessionCache} s, not at once; an Ory that hangs makes pages anonymous after 2 s, gated ones 503; bodies of Ory are not rewritten, as its own \`base_url\` is this address.`,
    `Backends verify by \`${publicUrl.origin}/.ory/jwks.json\`; \`iss\` is \`${ory.origin}\`.`,
    ...manual.more,
    `Look at it: \`npx ory-proxy check ${publicUrl.origin}\` (\`--help\` says how), or \`npx ory-proxy rehearse ${manual.rehearsal ?? manual.engine}\` on your own machine.`,
  ]
  return `# ${publicUrl.host} behind ${manual.engine}

It asks Ory (${ory.origin}) who a request is from and hands it to the app (${app.origin}) with
\`Authorization: Bearer <JWT>\`, as \`ory-proxy\` does in development. Needed: ${manual.install}.

${lines.map((line, i) => `${i + 1}. ${line}`).join('\n')}
`
}
