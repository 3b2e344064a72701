/** Schemas, stored errors, health. */
import querystring from 'node:querystring'
import { offsetPage } from '../admin/paging.js'
import { type Answer, type Exchange, json } from '../http/exchange.js'
import { notLocated, Problem } from '../http/kratos-errors.js'
import type { StoredError } from '../store/model.js'

/** `GET /schemas` */
export function listSchemas(x: Exchange): Answer {
  const { schemas } = x.core.config.identity
  const { items, headers } = offsetPage(x, schemas, 0)
  Object.assign(x.extraHeaders, headers)
  return json(
    200,
    items.map(({ id, schema }) => ({ id, schema })),
  )
}

/** `GET /schemas/{id}`: the id as it is, or in base64. */
export function getSchema(x: Exchange): Answer {
  const id = querystring.unescape(x.params['id'] ?? '')
  const names = [id, Buffer.from(id, 'base64url').toString()]
  const found = x.core.config.identity.schemas.find(schema => names.includes(schema.id))
  if (!found) throw new Problem(404, { reason: `Identity schema \`${id}\` could not be found.` })
  return json(200, found.schema)
}

/** The error that an error page was called with. */
export function errorInQuery({ core, query }: Exchange): StoredError | undefined {
  const id = query.get('error') || query.get('id') || ''
  if (id !== 'stub:500') return core.state.errors.get(id)
  const error = new Problem(500, { reason: 'This is a stub error.' }).error()
  return { id: core.ids.uuid(), error, created_at: '0001-01-01T00:00:00Z' }
}

/** `GET /self-service/errors?id=` */
export function getError(x: Exchange): Answer {
  const stored = errorInQuery(x)
  if (!stored) throw notLocated()
  return json(200, errorJson(stored.id, stored.error, stored.created_at))
}

const errorJson = (id: string, error: unknown, at: string): unknown => ({
  id,
  error,
  created_at: at,
  updated_at: at,
})

export const healthy = (): Answer => json(200, { status: 'ok' })
export const version = (): Answer => json(200, { version: 'v26.2.0' })
