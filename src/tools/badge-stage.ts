import type { IncomingMessage, ServerResponse } from 'node:http'
import { whyNotOwner } from '../common/caller.js'
import { setHeader } from '../middleware/headers.js'
import { belowMount, MOUNT } from '../middleware/mount.js'
import type { Stage } from '../middleware/pipeline.js'

/**
 * Stage 0b: pages of the app get the badge, where the developer at this machine goes to one. It comes behind the whole
 * page, so that everything still streams and nobody has to read HTML; a parser puts it at the end of the body
 * (https://html.spec.whatwg.org/multipage/parsing.html#the-after-after-body-insertion-mode).
 */
export function badgeStage(): Stage {
  return function oryBadge({ req, res, caller, prefix }) {
    if (!isPageVisit(req) || belowMount(req.url!) !== null || whyNotOwner(caller) !== undefined) return 'next'
    for (const name of NOT_ASKED) setHeader(req, name, undefined)
    appendToPage(res, `\n<script async src="${prefix}${MOUNT}/dev/badge.js"></script>\n`)
    return 'next'
  }
}

const isPageVisit = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'

/** Nothing can be put behind what is compressed, a part, or the browser's own copy. */
const NOT_ASKED = ['Accept-Encoding', 'Range', 'If-None-Match', 'If-Modified-Since']

/** What a longer page makes wrong, or a copy of it that a later start without the badge would confirm. */
const OF_THE_BODY: ReadonlySet<string> = new Set(['content-length', 'etag', 'last-modified', 'content-md5'])

type Fields = Record<string, unknown> | unknown[]

function appendToPage(res: ServerResponse, tail: string): void {
  const { writeHead, end } = res as { writeHead: (...args: unknown[]) => ServerResponse; end: typeof res.end }
  let isPage: boolean | undefined
  res.writeHead = (status: number, ...rest: unknown[]) => {
    const given = rest.find(isFields) ?? {}
    isPage = isHtml(status, name => fieldIn(given, name) ?? res.getHeader(name))
    if (!isPage) return writeHead.call(res, status, ...rest)
    for (const name of OF_THE_BODY) res.removeHeader(name)
    return writeHead.call(res, status, ...rest.map(part => (isFields(part) ? withoutBody(part) : part)))
  }
  res.end = ((...args: unknown[]) => {
    isPage ??= isHtml(res.statusCode, name => res.getHeader(name))
    if (!isPage || res.writableEnded) return end.apply(res, args as never)
    const [chunk, encoding] = args
    if (chunk !== undefined && chunk !== null && typeof chunk !== 'function') {
      if (!res.headersSent) res.writeHead(res.statusCode) // else Node would count the bytes of the page alone
      res.write(chunk, ...((typeof encoding === 'string' ? [encoding] : []) as []))
    }
    return end.call(res, tail, 'utf8', args.find(isCallback))
  }) as typeof res.end
}

const isFields = (part: unknown): part is Fields => typeof part === 'object' && part !== null
const isCallback = (part: unknown): part is () => void => typeof part === 'function'

function isHtml(status: number, field: (name: string) => unknown): boolean {
  const hasBody = status >= 200 && status !== 204 && status !== 205 && (status < 300 || status >= 400)
  const isPage = /^text\/html\b/i.test(String(field('content-type')))
  const isPlain = field('content-encoding') === undefined
  return hasBody && isPage && isPlain && !NO_SCRIPTS.test(String(field('content-security-policy')))
}

/** A page of ours that says what is wrong, or one as strict: it would only complain. */
const NO_SCRIPTS = /default-src 'none'(?!.*script-src)/

/** Headers of `writeHead`: an object, or names and values in turn. */
function fieldIn(fields: Fields, name: string): unknown {
  return pairsOf(fields).find(([key]) => key.toLowerCase() === name)?.[1]
}

function withoutBody(fields: Fields): Fields {
  const kept = pairsOf(fields).filter(([name]) => !OF_THE_BODY.has(name.toLowerCase()))
  return Array.isArray(fields) ? kept.flat() : Object.fromEntries(kept)
}

function pairsOf(fields: Fields): [string, unknown][] {
  if (!Array.isArray(fields)) return Object.entries(fields)
  return fields.flatMap((name, i) =>
    i % 2 === 0 ? [[String(name), fields[i + 1]] as [string, unknown]] : [],
  )
}
