import type { IncomingHttpHeaders } from 'node:http'

/** A request to Ory and its answer. */
export interface Seen {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  /** Whether the form brought its CSRF token, where that was looked for. */
  readonly token: boolean | undefined
  /** The origin the client sees. */
  readonly origin: string
  /** At Ory, query included. */
  readonly path: string
  readonly status: number
  readonly location: string | undefined
  readonly setCookies: readonly string[]
  /** Of an answer in JSON, as the client gets it. */
  readonly text: string | undefined
}

/** An error of Kratos', from its answer or its error page. */
export interface OryError {
  readonly id?: string
  readonly code?: number
  readonly reason?: string
  readonly details?: { readonly reject_reason?: string; readonly hint?: string }
}

/** What is read of an answer's JSON. */
export interface Content {
  readonly id?: unknown
  readonly error?: OryError
  readonly ui?: { readonly action?: string; readonly messages?: readonly { readonly text?: string }[] }
}

export function contentOf(text: string | undefined): Content {
  try {
    const value: unknown = text === undefined ? undefined : JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Content) : {}
  } catch {
    return {}
  }
}

/** The flow a request or a redirect is about. */
export function flowOf(target: string): string | undefined {
  const query = new URLSearchParams(/\?([^#]*)/.exec(target)?.[1])
  const isFlow = target.split('?', 1)[0]!.endsWith('/flows')
  return query.get('flow') ?? (isFlow ? query.get('id') : null) ?? undefined
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/** The id of the error that a redirect leads to the page of. */
export function errorPageId({ status, location, path }: Seen): string | undefined {
  if (status < 300 || status > 399 || location === undefined || !path.startsWith('/self-service/'))
    return undefined
  const query = new URLSearchParams(/\?([^#]*)/.exec(location)?.[1])
  const id = query.get('id') ?? ''
  return UUID.test(id) && !query.has('flow') ? id : undefined
}
