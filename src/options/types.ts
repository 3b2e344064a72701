/** What may be written as a setting. */
import type { Logger } from '../log.js'

/** The embedded emulator's own settings; see `ory-proxy/emulator`. */
export interface EmbeddedEmulatorOptions {
  /** Kratos' own configuration: path of a YAML, JSON or Jsonnet file, or its content as an object. */
  config?: string | object
  /**
   * People to begin with: path of a file in Kratos' identity import shape.
   * @default `ory.seed.json` where there is one; else alice@example.com and bob@example.com
   */
  seed?: string
  /** Reads the state from this file at the start. */
  import?: string
  /** Writes the state to this file at the end. */
  export?: string
  /** Hosts beside this machine that web hooks and the courier may call, with a port or without. */
  callHosts?: readonly string[]
}

/** What you may write. Everything is optional: without any option the embedded emulator answers. */
export interface OryOptions {
  /**
   * A file with these settings, YAML or JSON, which options and environment come before.
   * @default env `ORY_CONFIG_PATH`, else `ory-proxy.yml`, `.yaml` or `.json` in the project's folder, where there is one
   */
  config?: string
  /**
   * The Ory to talk to: self-hosted Kratos, a custom domain or a project URL.
   * @default env `ORY_SDK_URL`, `VITE_ORY_SDK_URL`, `NEXT_PUBLIC_ORY_SDK_URL`; without them, the embedded emulator
   */
  sdkUrl?: string
  /** Ory Network project, slug or id. @default env `ORY_PROJECT`, `ORY_PROJECT_SLUG` */
  project?: string
  /** API key of that project. @default env `ORY_PROJECT_API_KEY` */
  projectApiKey?: string
  /** Workspace the project lies in. @default env `ORY_WORKSPACE` */
  workspace?: string
  /** Access token of the console; the project is looked up with it. @default env `ORY_ACCESS_TOKEN` */
  accessToken?: string
  /** Where Ory Network's projects live. Given without a project: the Ory to talk to, as it is. @default 'https://oryapis.com' */
  apiEndpoint?: string
  /** Where Ory Network's console lives. @default 'https://api.console.ory.sh' */
  consoleApiEndpoint?: string
  /** Makes a temporary API key for the project that lives this many seconds. @default no temporary key */
  apiKeyExpiry?: number
  /** `false`: no session check and no JWT; `Authorization` passes as it came. @default true */
  jwt?: boolean
  /**
   * A template of Ory's own (`session.whoami.tokenizer.templates`): the app gets the JWT that Ory signs with it instead of
   * ours, for a backend that trusts Ory's keys. Its keys are the template's; `/.ory/jwks.json` stays ours.
   * @default our own JWT
   */
  tokenizeAs?: string
  /**
   * Seconds for which an answer of whoami is believed. A sign-out that passes us takes effect at once;
   * one that does not (another device, an administrator) is noticed after at most this time.
   * @default 10
   */
  sessionCache?: number
  /**
   * Paths for signed-in people only, by whole segment: `/members` is one path, `/app/*` is `/app` and all below it,
   * `!/app/health` an exception. Pages send others to sign in and back, everything else answers 401, WebSockets too.
   * Keeps a person from pages that make no sense to them; your app's own check of the JWT is what keeps data safe.
   * @default []
   */
  protect?: readonly string[]
  /**
   * Hands a client's own `Authorization` on to the app when nobody is signed in.
   * Risky: an app that believes any bearer token can then be told any identity.
   * @default false
   */
  passAuthorization?: boolean
  /**
   * Hosts allowed besides loopback names and IP addresses; a leading dot allows subdomains.
   * Risky: a name that others can point at 127.0.0.1 opens the door to DNS rebinding.
   * @default []
   */
  allowedHosts?: readonly string[]
  /** The address people type, when it differs from the one requests show, like 'https://app.example:8443'. */
  publicUrl?: string
  /**
   * Believes `X-Forwarded-Proto` and `X-Forwarded-Host` of a proxy in front of us.
   * Risky without such a proxy: any client can then claim any origin.
   * @default false
   */
  trustForwarded?: boolean
  /** Where a browser goes after Ory's welcome page would have come. @default the app's root */
  defaultRedirectUrl?: string
  /** Domain for Ory's cookies. @default none: the cookies belong to the host alone */
  cookieDomain?: string
  /**
   * Origins besides our own, for split set-ups: their pages may read answers with credentials, open WebSockets,
   * and send what is no GET as whoever is signed in. What other pages send is anonymous to the app.
   * @default []
   */
  allowedCorsOrigins?: readonly string[]
  /** Request headers such origins may send besides the usual ones. @default [] */
  additionalCorsHeaders?: readonly string[]
  /** Where the signing key is kept. @default 'node_modules/.cache/ory-proxy/jwt-key.json' */
  keyFile?: string
  /**
   * A badge of 28 pixels in the app's pages that says who is signed in and opens the tools (`/.ory/dev`); Escape closes
   * them. It is one script behind the HTML of a page that somebody at this machine goes to. Without it, pages have not a
   * byte of ours, and a build never has. Absent where a test drives the browser (`navigator.webdriver`).
   * @default false
   */
  panel?: boolean
  /** Says for each request why it was anonymous or signed in. @default false */
  debug?: boolean
  /** Settings of the embedded emulator. */
  emulator?: EmbeddedEmulatorOptions
  /** Where our lines go. @default standard error */
  logger?: Logger
}
