/** Pages of a list and the `Link` header to the others, as Kratos' three ways of paging have it. */
import type { Exchange } from '../http/exchange.js'
import { badRequest } from '../http/kratos-errors.js'

export interface Page<T> {
  items: T[]
  headers: Record<string, string>
}

const DEFAULT_SIZE = 250
const MAX_SIZE = 1000

export interface KeysetOptions<T> {
  /** What the link to the first page carries. */
  firstToken: string
  tokenOf(item: T): string
  /** Whether an item comes behind the one of a token. */
  isBehind(item: T, token: string): boolean
  defaultSize?: number
  /** Older clients' `per_page` is not looked at. */
  onlyPageSize?: true
}

/** By the key of the last item seen: pages stay right while items come and go. */
export function keysetPage<T>(x: Exchange, all: readonly T[], options: KeysetOptions<T>): Page<T> {
  const query = new URLSearchParams(x.search)
  const perPage = options.onlyPageSize ? null : query.get('per_page')
  if (perPage !== null && !query.has('page_size')) {
    query.set('page_size', perPage)
    query.delete('per_page')
  }
  const size = pageSize(query.get('page_size'), options.defaultSize ?? DEFAULT_SIZE)
  const token = query.get('page_token')
  const rest = token ? all.filter(item => options.isBehind(item, token)) : all
  const items = rest.slice(0, size)
  const last = items.at(-1)
  const links = [link(x, query, 'first', { page_token: options.firstToken, page_size: `${size}` })]
  if (rest.length > size && last !== undefined) {
    links.push(link(x, query, 'next', { page_token: options.tokenOf(last), page_size: `${size}` }))
  }
  return { items, headers: { link: links.join(',') } }
}

function pageSize(text: string | null, byDefault: number): number {
  if (!text) return byDefault
  if (!/^[+-]?\d+$/.test(text))
    throw badRequest(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
  const size = Number(text)
  return size <= 0 ? byDefault : Math.min(size, MAX_SIZE)
}

/** By number, as older clients do it: `page` from 0, `per_page`. */
export function numberedPage<T>(x: Exchange, all: readonly T[], max: number): Page<T> {
  const size = Math.min(Math.max(whole(x.query.get('per_page'), DEFAULT_SIZE), 1), max)
  const page = Math.max(whole(x.query.get('page'), 0), 0)
  const query = (offset: number, count: number): Record<string, string> => ({
    page: `${Math.floor(offset / count)}`,
    per_page: `${count}`,
  })
  return numbered(x, all, page, size, query)
}

/**
 * Both ways at once, in transition: numbers, and tokens that hold an offset.
 *
 * @param first the number of the first page as the store counts: Kratos' database takes 0 for 1, so that
 * its pages 0 and 1 are the same; the links count from 0 all the same
 */
export function offsetPage<T>(x: Exchange, all: readonly T[], first: 0 | 1): Page<T> {
  const byToken = x.query.has('page_token') || x.query.has('page_size')
  const wanted = whole(x.query.get(byToken ? 'page_size' : 'per_page'), DEFAULT_SIZE)
  const size = Math.min(Math.max(wanted, 1), MAX_SIZE)
  const page = byToken
    ? Math.floor(offsetOf(x.query.get('page_token')) / size)
    : whole(x.query.get('page'), 0)
  const query = (offset: number, count: number): Record<string, string> => ({
    page_size: `${count}`,
    page_token: Buffer.from(`{"offset":"${offset}","v":2}`).toString('base64url'),
    page: `${Math.floor(offset / count)}`,
    per_page: `${count}`,
  })
  const { headers } = numbered(x, all, Math.max(page, 0), size, query)
  const offset = Math.max(page - first, 0) * size
  return { items: all.slice(offset, offset + size), headers }
}

function offsetOf(token: string | null): number {
  const match = /"offset":"(\d+)"/.exec(Buffer.from(token ?? '', 'base64url').toString())
  return Number(match?.[1] ?? 0)
}

type PageQuery = (offset: number, size: number) => Record<string, string>

function numbered<T>(x: Exchange, all: readonly T[], page: number, size: number, query: PageQuery): Page<T> {
  const offset = page * size
  const links = neighbours(all.length, offset, size).map(([rel, to, count]) =>
    link(x, x.query, rel, query(to, count)),
  )
  return {
    items: all.slice(offset, offset + size),
    headers: { link: links.join(','), 'x-total-count': `${all.length}` },
  }
}

/** Which pages Kratos links to; that of an empty list is odd, but clients may have seen it. */
function neighbours(
  total: number,
  offset: number,
  size: number,
): [rel: string, offset: number, size: number][] {
  const last = total % size === 0 ? total - size : Math.floor(total / size) * size
  if (offset >= last) {
    if (total === 0)
      return [
        ['first', 0, size],
        ['next', offset + size, size],
        ['prev', offset - size, size],
      ]
    if (total <= size) return [['first', 0, total]]
    return [
      ['first', 0, size],
      ['prev', last - size, size],
    ]
  }
  if (offset < size)
    return [
      ['next', size, size],
      ['last', last, size],
    ]
  return [
    ['first', 0, size],
    ['next', offset + size, size],
    ['prev', offset - size, size],
    ['last', last, size],
  ]
}

function whole(text: string | null, byDefault: number): number {
  return text !== null && /^[+-]?\d+$/.test(text) ? Number(text) : byDefault
}

function link(x: Exchange, query: URLSearchParams, rel: string, add: Record<string, string>): string {
  const params = new URLSearchParams(query)
  for (const [name, value] of Object.entries(add)) params.set(name, value)
  params.sort()
  // Kratos rewrites its paths to those below /admin before anything looks at them.
  const full = x.onAdminPort && !x.path.startsWith('/admin/') ? `/admin${x.path}` : x.path
  return `<${full}?${params}>; rel="${rel}"`
}
