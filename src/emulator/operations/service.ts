/** Schemas, stored errors, health. */
import { type Answer, type Exchange, json } from '../http.js'
import { notLocated, Problem } from '../kratos-errors.js'
import { paginate } from '../pagination.js'

/** `GET /schemas` */
export function listSchemas(x: Exchange): Answer {
  const { schemas } = x.core.config.identity
  return json(
    200,
    paginate(x, schemas).map(({ id, schema }) => ({ id, schema })),
  )
}

/** `GET /schemas/{id}`: the id as it is, or in base64. */
export function getSchema(x: Exchange): Answer {
  const id = decodeURIComponent(x.params['id'] ?? '')
  const names = [id, Buffer.from(id, 'base64url').toString()]
  const found = x.core.config.identity.schemas.find(schema => names.includes(schema.id))
  if (!found) throw new Problem(404, { reason: `Identity schema \`${id}\` could not be found.` })
  return json(200, found.schema)
}

/** `GET /self-service/errors?id=` */
export function getError(x: Exchange): Answer {
  const id = x.query.get('error') || x.query.get('id') || ''
  if (id === 'stub:500') {
    const error = new Problem(500, { reason: 'This is a stub error.' }).error()
    return json(200, errorJson(x.core.ids.uuid(), error, '0001-01-01T00:00:00Z'))
  }
  const stored = x.core.state.errors.get(id)
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
