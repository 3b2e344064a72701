/**
 * Where Ory is, for client code of apps that use `ory-proxy/vite`.
 *
 * Make it known in `tsconfig.json` (`"types": ["ory-proxy/client"]`) or in a file of yours:
 *
 * @example
 * /// <reference types="ory-proxy/client" />
 */
declare module 'virtual:ory' {
  /**
   * The address for Ory's SDK: `/.ory` on the page's own origin; in a production build `VITE_ORY_SDK_URL`.
   * While rendering on a server it is the path alone.
   */
  export const sdkUrl: string
  /** `emulator`: the people are made up and the mail is in an inbox. `ory`: a real one answers. */
  export const mode: 'emulator' | 'ory'
}
