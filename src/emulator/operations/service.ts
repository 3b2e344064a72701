/** Schemas, stored errors, health. */
import { createHash } from 'node:crypto'
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

/** `GET /admin/health/config`: changes when the configuration does. */
export function configHash({ core }: Exchange): Answer {
  const body = createHash('sha256').update(JSON.stringify(core.config)).digest('hex')
  return { status: 200, headers: { 'content-type': 'text/plain' }, body }
}

/** `GET /admin/metrics/prometheus`: enough for a scraper to see that we live. */
export function metrics(): Answer {
  const values: [name: string, help: string, value: number][] = [
    ['process_cpu_seconds_total', 'Total user and system CPU time spent in seconds.', cpuSeconds()],
    ['process_resident_memory_bytes', 'Resident memory size in bytes.', process.memoryUsage.rss()],
    ['process_start_time_seconds', 'Start time of the process since unix epoch in seconds.', startedAt()],
  ]
  const lines = values.flatMap(([name, help, value]) => {
    const type = name.endsWith('_total') ? 'counter' : 'gauge'
    return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, `${name} ${value}`]
  })
  return {
    status: 200,
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores' },
    body: `${lines.join('\n')}\n`,
  }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000_000
}

const startedAt = (): number => Math.round(Date.now() / 1000 - process.uptime())
