/** What web hooks and the courier are told of a request's headers: `clients.web_hook.header_allowlist`. */
import type { IncomingHttpHeaders } from 'node:http'
import type { Core } from '../core.js'

/** Those that the configuration lets out, under the names that Go gives them. */
export const allowedHeaders = ({ config }: Core, headers: IncomingHttpHeaders): Record<string, string[]> =>
  Object.fromEntries(
    config.clients.web_hook.header_allowlist.flatMap(name => {
      const value = headers[name.toLowerCase()]
      return value === undefined ? [] : [[canonical(name), [value].flat()]]
    }),
  )

const canonical = (name: string): string =>
  name.toLowerCase().replace(/(?<![^-])[a-z]/g, letter => letter.toUpperCase())
