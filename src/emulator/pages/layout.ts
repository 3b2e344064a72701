import { createHash } from 'node:crypto'
import { attributes, type Fragment, type Html, html, raw } from '../../look/html.js'
import { STYLE, TOOL_STYLE } from '../../look/style.js'
import { FRAMED_BY } from '../../look/tools.js'

/**
 * From a page to the mount it lives under: `..` for `/ui/login`, `.` for the alias `/login`. Links are
 * built on it and never on an origin, so that they hold at the emulator's own port and under `/.ory`.
 */
export type Root = '.' | '..' | '../..' | '../../../../..'

export interface Layout {
  title: string
  root: Root
  /** Content of `<main>`. */
  body: Fragment
  /** For lists and settings. */
  wide?: boolean
  /** Seconds after which the browser asks again: live lists without a script. */
  refresh?: number
  /** Name for `data-testid` of `<main>`, as in `ory/screen/login`. */
  screen?: string
  /** What the page runs; its policy has to name it. */
  script?: Fragment
  /** The bar of the tools, which their pages have on top. */
  bar?: Html
  /** False hides the links to the inbox and the list of people. */
  devLinks?: boolean
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64')

const STYLE_HASH = hashOf(STYLE)
const TOOL_LOOK = STYLE + TOOL_STYLE
const TOOL_STYLE_HASH = hashOf(TOOL_LOOK)

/**
 * The policy of every page: nothing is loaded but our own inline stylesheet and images in `data:`.
 *
 * Chromium checks `form-action` against every redirect that follows a POST as well, so signing in on
 * this origin and being sent back to an app on another port needs that app's origin in the list. It
 * holds exactly where Ory may redirect to: the origins of the allowed return URLs.
 *
 * @param returnUrls `selfservice.allowed_return_urls` and the default ones; may hold `https://*.host`
 * @param script the hash of the one script that may run (https://www.w3.org/TR/CSP3/#external-hash)
 */
export function contentSecurityPolicy(returnUrls: readonly string[] = [], script?: string): string {
  const origins = returnUrls.flatMap(url => /^https?:\/\/[^/?#;,'"\s]+/i.exec(url)?.[0] ?? [])
  return [
    "default-src 'none'",
    ...(script ? [`script-src '${script}'`] : []),
    `style-src 'sha256-${STYLE_HASH}'`,
    "img-src 'self' data:",
    `form-action ${[...new Set(["'self'", ...origins])].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** The same for a tool, which the app's own pages may have in a frame. */
export function toolHeaders(returnUrls: readonly string[], script?: string): Record<string, string> {
  const headers = pageHeaders(returnUrls, script)
  const policy = contentSecurityPolicy(returnUrls, script)
    .replace("frame-ancestors 'none'", `frame-ancestors ${FRAMED_BY}`)
    .replace(STYLE_HASH, TOOL_STYLE_HASH)
  return { ...headers, 'content-security-policy': policy }
}

/** Headers of a page. A flow id in the address is nobody else's business, and Back shows no old form. */
export function pageHeaders(returnUrls: readonly string[] = [], script?: string): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentSecurityPolicy(returnUrls, script),
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  }
}

/** The frame of every page: one column, the badge that says where one is. */
export function layout(page: Layout): string {
  const main = attributes({
    class: page.bar ? 'wide tools' : page.wide ? 'wide' : undefined,
    'data-testid': page.screen ? `ory/screen/${page.screen}` : undefined,
  })
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
${page.refresh ? html`<meta http-equiv="refresh" content="${page.refresh}">` : ''}
<title>${page.title} · Ory emulator</title>
<style>${raw(page.bar ? TOOL_LOOK : STYLE)}</style>
</head>
<body>
${page.bar}
<main${main}>
${page.body}
</main>
${footer(page)}
${page.script}</body>
</html>
`.text
}

function footer({ root, devLinks = true }: Layout): Html {
  return html`<footer>
${devLinks && html`<ul class="bar"><li><a href="${root}/dev/inbox">Inbox</a></li><li><a href="${root}/dev">People and tools</a></li></ul>`}
<span class="badge">Ory emulator · local</span>
</footer>`
}
