import { OryProxyError } from '../errors.js'

/** What client code learns from `virtual:ory`. */
export interface VirtualOry {
  /** Address for Ory's SDK; undefined stands for `/.ory` of the page's own origin. */
  readonly sdkUrl?: string | undefined
  readonly mode: 'emulator' | 'ory'
}

/** The name in an import, and the name inside Vite: `\0` keeps other plugins' hands off (Rollup's convention). */
const NAME = 'virtual:ory'
const RESOLVED = `\0${NAME}`

/** Rollup's hooks for the module; `tell` is asked when somebody imports it. */
export function virtualModule(tell: () => VirtualOry): {
  resolveId(id: string): string | undefined
  load(id: string): string | undefined
} {
  return {
    resolveId: id => (id === NAME ? RESOLVED : undefined),
    load: id => (id === RESOLVED ? source(tell()) : undefined),
  }
}

/** Server-side rendering has no page; there a path is as much as can be said. */
function source({ sdkUrl, mode }: VirtualOry): string {
  const url =
    sdkUrl === undefined
      ? "typeof location === 'undefined' ? '/.ory' : location.origin + '/.ory'"
      : JSON.stringify(sdkUrl)
  return `export const sdkUrl = ${url}\nexport const mode = ${JSON.stringify(mode)}\n`
}

/** In production there is no dev server in front of Ory: the app has to know where it is. */
export function productionOry(sdkUrl: string | undefined): VirtualOry {
  if (sdkUrl !== undefined && URL.canParse(sdkUrl)) return { sdkUrl, mode: 'ory' }
  if (sdkUrl !== undefined && /^\/\.ory\/?$/.test(sdkUrl)) return { mode: 'ory' } // behind a gateway of `export`
  throw new OryProxyError(
    'ORY_PROXY_BAD_URL',
    `"${NAME}" is imported, but a build needs to know where Ory is: set VITE_ORY_SDK_URL, as in .env.production.`,
  )
}
