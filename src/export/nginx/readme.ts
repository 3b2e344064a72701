/** README.md of the exported folder: how to start, reload, rotate, and what is not as in development. */
import type { Gateway } from '../settings.js'

/** The ten lines. */
export const readmeMd = ({
  publicUrl,
  ory,
  app,
  oryDomain,
  sessionCache,
}: Gateway): string => `# ${publicUrl.host} behind nginx

nginx asks Ory (${ory.origin}) who a request is from and hands it to the app (${app.origin}) with
\`Authorization: Bearer <JWT>\`, as \`ory-proxy\` does in development. Debian: \`apt-get install nginx libnginx-mod-http-js\`.

1. **Key**, once: \`mkdir -p keys run logs && openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out keys/signing.pem && chown www-data keys/signing.pem && chmod 400 keys/signing.pem\` (nginx' workers read it). It is a secret: never in the repository.
2. **Start**: \`nginx -p . -c nginx.conf\` in this folder; **reload**: \`nginx -p . -c nginx.conf -s reload\`; health: \`/.ory/healthz\`. Put \`run/who\` on a tmpfs: tokens lie there for ${sessionCache} s.
3. **New key, published first** (no token ever fails): make it as \`keys/other.pem\`, reload, wait until backends have read the keys again (jose: 10 minutes); exchange the two files, reload, wait 60 s (the life of a token) and the ${sessionCache} s of the cache; remove \`keys/other.pem\`, reload.
4. **New key at once** (the old one is out): replace \`keys/signing.pem\`, remove \`keys/other.pem\` and the files in \`run/who\`, restart. Tokens of the old key stop to verify where the keys are read again.
5. Several gateways: the same \`keys/\` on each. Each asks Ory once per session and ${sessionCache} s.
6. ${oryDomain ? `Ory is at ${ory.origin}: its cookies need a domain that both share; \`/.ory\` is 404 here but for the keys and \`/.ory/init/*\`.` : `Kratos: \`serve.public.base_url: ${publicUrl.origin}/.ory/\`, and ${publicUrl.origin} among \`selfservice.allowed_return_urls\`.`}
7. TLS ends in front of the port in nginx.conf, or there: \`listen 443 ssl\` and your certificate.
8. Not as in development: a sign-out counts within ${sessionCache} s, not at once; an Ory that hangs makes pages anonymous after 2 s, gated ones 503; bodies of Ory are not rewritten, as its own \`base_url\` is this address.
9. Backends verify by \`${publicUrl.origin}/.ory/jwks.json\`; \`iss\` is \`${ory.origin}\`.
10. Look at it: \`curl ${publicUrl.origin}/.ory/healthz ${publicUrl.origin}/.ory/jwks.json\`, then sign in at \`${publicUrl.origin}/.ory/init/login\`.
`
