import { isLoopback } from '../common/loopback.js'
import type { DiagnosisBook } from './book.js'

/** Bytes of a page that are looked through: scripts and styles of a dev server stand in the head. */
const LOOKED_THROUGH = 16 * 1024

/** Comments come first, as what they hold is not loaded; one that is not over yet reaches to the end. */
const TAGS = /<!--[\s\S]*?(?:-->|$)|<(script|link)\b[^>]*>/gi
const LOADED_BY_LINK = /\brel\s*=\s*["']?(?:stylesheet|modulepreload)\b/i
const HTTP_ADDRESS = /\s(?:src|href)\s*=\s*["']?(http:\/\/[^\s"'>]+)/i

/** What an answer of the app says of its body. */
export interface PageHead {
  readonly type: string | undefined
  readonly encoding: string | undefined
}

/** Looks at bytes as they pass; false once it has seen what it wants to. */
export type Look = (chunk: Buffer) => boolean

/**
 * Pages that a backend renders load their scripts from a dev server of their own. Where we serve https and that one
 * does not, Chromium and Firefox make an exception for this machine, and WebKit loads nothing and says so in its
 * console only.
 */
export function createAssetWatch(book: DiagnosisBook): (page: PageHead) => Look | undefined {
  let found = false
  return ({ type = '', encoding = '' }) => {
    if (found || encoding !== '' || !/^text\/html\b/i.test(type)) return undefined
    let rest = LOOKED_THROUGH
    let text = ''
    return chunk => {
      text += chunk.toString('latin1', 0, Math.min(rest, chunk.length))
      rest -= chunk.length
      const { hosts, seen } = assetHosts(text)
      text = text.slice(seen)
      for (const host of hosts) note(book, host)
      if (hosts.size > 0) found = true
      return rest > 0 && !found
    }
  }
}

/** Hosts on this machine that scripts and styles are loaded from over http, and how much of the text is dealt with. */
function assetHosts(text: string): { hosts: Set<string>; seen: number } {
  const hosts = new Set<string>()
  let seen = 0
  for (const { 0: tag, 1: name, index } of text.matchAll(TAGS)) {
    if (name === undefined && !tag.endsWith('-->')) return { hosts, seen: index }
    seen = index + tag.length
    if (name?.toLowerCase() === 'link' && !LOADED_BY_LINK.test(tag)) continue
    const address = HTTP_ADDRESS.exec(name === undefined ? '' : tag)?.[1]
    const url = address !== undefined && URL.canParse(address) ? new URL(address) : undefined
    if (url && (isLoopback(url.hostname) || url.hostname === '0.0.0.0')) hosts.add(url.host)
  }
  const open = text.lastIndexOf('<') // of a tag that comes in two pieces
  return { hosts, seen: Math.max(seen, open < 0 ? text.length : open) }
}

const note = (book: DiagnosisBook, host: string): void =>
  book.note(
    'HTTP_ASSETS',
    host,
    `A page served over https loads scripts or styles from http://${host}: Safari and other browsers with WebKit load none of them.`,
  )
