import type { Exchange } from './http.js'

const DEFAULT_SIZE = 250
const MAX_SIZE = 1000

/** `page` counts from 0 in Kratos' older endpoints, from 1 in its parameters (0 and 1 are the same page). */
export function paginate<T>(x: Exchange, items: readonly T[]): T[] {
  const page = Math.max(0, (Number.parseInt(x.query.get('page') ?? '', 10) || 1) - 1)
  const asked = Number.parseInt(x.query.get('per_page') ?? '', 10)
  const size = asked >= 1 ? Math.min(asked, MAX_SIZE) : DEFAULT_SIZE
  x.extraHeaders['x-total-count'] = String(items.length)
  return items.slice(page * size, (page + 1) * size)
}
