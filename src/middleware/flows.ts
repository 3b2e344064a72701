import { answer } from './answer.js'
import { belowMount, MOUNT } from './mount.js'
import type { Stage } from './pipeline.js'

const FLOW = /^\/init\/(login|registration|recovery|verification|settings)$/

/**
 * Stage 3: `/.ory/init/login` and its four siblings start a flow that ends where the person came from.
 *
 * The way back is the Referer when it is a page of our own origin, else the app's root: a foreign page must
 * not be able to choose where a fresh sign-in lands (open redirect, CWE-601).
 */
export function flowsStage(): Stage {
  return function oryFlows({ req, res, origin }) {
    const path = belowMount(req.url!)
    const flow = path === null ? null : FLOW.exec(path.split('?', 1)[0]!)
    if (!flow) return 'next'
    const back = encodeURIComponent(ownPage(req.headers.referer, origin) ?? `${origin}/`)
    const location = `${MOUNT}/self-service/${flow[1]}/browser?return_to=${back}`
    answer(req, res, 303, { Location: location, 'Cache-Control': 'no-store', Vary: 'Referer' }, '')
    return 'done'
  }
}

/** The address when it is a page of the app: our exact origin, and not below the mount. */
function ownPage(referer: string | undefined, origin: string): string | null {
  if (referer === undefined || !URL.canParse(referer)) return null
  const url = new URL(referer)
  if (url.origin !== origin || url.username !== '' || url.password !== '') return null
  return belowMount(url.pathname) === null ? url.href : null
}
