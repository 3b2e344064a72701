import { type Html, html } from './html.js'

/** Every tool there is, in the order of the bar: some are the proxy's, in front of any Ory, some the emulator's. */
const TOOLS = [
  ['', 'Overview', 'each'],
  ['/requests', 'Requests', 'proxy'],
  ['/token', 'Token', 'proxy'],
  ['/users', 'People', 'emulator'],
  ['/inbox', 'Inbox', 'emulator'],
  ['/flows', 'Flows', 'emulator'],
  ['/clock', 'Clock', 'emulator'],
  ['/faults', 'Faults', 'emulator'],
  ['/namespaces', 'Namespaces', 'emulator'],
  ['/state', 'State', 'emulator'],
] as const

/** Where a tool comes from. */
export type ToolsOf = 'proxy' | 'emulator'

/**
 * The bar with all tools.
 *
 * @param root from the page to the mount, `.` or `..`
 * @param current the path below `/dev`
 */
export function toolBar(root: string, current: string, there: readonly ToolsOf[]): Html {
  const links = TOOLS.filter(([, , from]) => from === 'each' || there.includes(from)).map(([path, name]) => {
    const here = path === current && html` aria-current="page"`
    return html`<li><a href="${root}/dev${path}"${here}>${name}</a></li>`
  })
  return html`<nav class="tools" aria-label="Tools"><ul>${links}</ul></nav>`
}

/** Tools may be looked at in a frame of the app's own pages: a dock, a panel. Nobody else's. */
export const FRAMED_BY = "'self'"
