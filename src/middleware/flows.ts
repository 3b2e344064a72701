import { answer } from './answer.js'
import { belowMount, type Mount } from './mount.js'
import { isListedOrigin } from './origins.js'
import type { Stage } from './pipeline.js'

const FLOW = /^\/init\/(login|registration|recovery|verification|settings)$/

/** What a way back depends on. */
export interface FlowRules {
  readonly mount: Mount
  /** Origins besides our own whose pages may be returned to. */
  readonly allowedCorsOrigins: readonly string[]
}

/**
 * Stage 3: `/.ory/init/login` and its four siblings start a flow that ends where the person came from.
 *
 * The way back is `return_to` or else the Referer, when it is a page of our own origin or of a listed one,
 * else the app's root: a foreign page must not be able to choose where a fresh sign-in lands (CWE-601).
 */
export function flowsStage({ mount, allowedCorsOrigins }: FlowRules): Stage {
  return function oryFlows({ req, res, origin, prefix }) {
    const path = belowMount(req.url!)
    const [name = '', query] = path?.split('?', 2) ?? []
    const flow = FLOW.exec(name)
    if (!flow) return 'next'
    const asked = new URLSearchParams(query).get('return_to')
    const home = mount === '' ? undefined : `${origin}/` // a tunnel has no page of its own
    const back = page(asked, asked?.startsWith('/') ? origin : undefined) ?? page(req.headers.referer) ?? home
    const location = `${prefix}${mount}/self-service/${flow[1]}/browser${back === undefined ? '' : `?return_to=${encodeURIComponent(back)}`}`
    answer(req, res, 303, { Location: location, 'Cache-Control': 'no-store', Vary: 'Referer' }, '')
    return 'done'

    /** The address as browsers read it, when it is a page of the app. */
    function page(address: string | null | undefined, base?: string): string | undefined {
      if (!address || !URL.canParse(address, base)) return undefined
      const url = new URL(address, base)
      if (!/^https?:$/.test(url.protocol)) return undefined // a blob: has the origin of its maker
      if (url.username !== '' || url.password !== '') return undefined
      if (url.origin === origin) {
        return mount !== '' &&
          belowMount(url.pathname.slice(url.pathname.startsWith(prefix) ? prefix.length : 0)) === null
          ? url.href
          : undefined
      }
      return isListedOrigin(url.origin, allowedCorsOrigins) ? url.href : undefined
    }
  }
}
