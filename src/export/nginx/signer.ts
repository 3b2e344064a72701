/** The signer as a service that other engines ask: nginx with njs, and nothing but Ory behind it. */
import type { Folder, Gateway } from '../settings.js'
import { signJs, textJs } from './njs.js'
import {
  basics,
  head,
  indented,
  ownPaths,
  type Place,
  refusals,
  signerServer,
  whoLocation,
  whoMaps,
} from './parts.js'

/** Where its address differs: below `/check` it is asked about a path of the app. */
export const CHECK = '/check'

/** How a signer is asked. */
export interface SignerOptions {
  /** Where it listens. */
  readonly listen: string
  /** Seconds for which it believes whoami. */
  readonly cache: number
  /** The engine it stands beside. */
  readonly engine: string
  /** @default Debian's */
  readonly place?: Place
}

/** Its folder, below `signer/` or wherever it is put. */
export const signerFolder = (gateway: Gateway, options: SignerOptions): Folder => ({
  'nginx.conf': signerConf(gateway, options),
  'njs/sign.js': signJs(gateway),
  'njs/text.js': textJs(gateway, CHECK),
})

const signerConf = (
  gateway: Gateway,
  { listen, cache, engine, place }: SignerOptions,
): string => `${head(engine, place)}
# The signer: /who says who it is (200 with Authorization, 401, 503), ${CHECK}/… what to do with a request for a path
# (external authorization), and the keys and /.ory/init/* are here.
http {
${indented(basics(gateway))}

  # What ${CHECK} is asked about.
  map $uri $asked { "~^${CHECK}(?<asked_path>/.*)$" $asked_path; default $uri; }
${indented(whoMaps(gateway, '$asked'))}

  server {
    listen ${listen};
    server_name _;
    access_log off;
    set $public_origin ${gateway.publicUrl.origin};
    set $jwt '';
    client_max_body_size 0;
    large_client_header_buffers 4 32k;
    recursive_error_pages on;
    proxy_http_version 1.1;

${indented(whoLocation(cache), 4)}
    location = /who {
      auth_request /_who;
      auth_request_set $jwt $upstream_http_authorization;
      error_page 403 = @gone;
      error_page 500 = @unavailable;
      js_content text.signedIn;
    }
    location @gone { return 401; }
    location ${CHECK}/ {
      auth_request /_who;
      auth_request_set $jwt $upstream_http_authorization;
      error_page 401 403 = @nobody;
      error_page 500 = @unknown;
      js_content text.signedIn;
    }
    location @nobody {
      if ($gated) { return 418; }
      error_page 418 = @login;
      js_content text.nobody;
    }
    location @unknown {
      if ($gated) { return 420; }
      error_page 420 = @unavailable;
      js_content text.nobody;
    }
${indented(refusals(), 4)}
${indented(ownPaths(gateway), 4)}
    location / { return 404; }
  }

${indented(signerServer(gateway))}
}
`
