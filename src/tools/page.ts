import { createHash } from 'node:crypto'
import { type Fragment, html, raw } from '../look/html.js'
import { STYLE, TOOL_STYLE } from '../look/style.js'
import { FRAMED_BY, type ToolsOf, toolBar } from '../look/tools.js'
import { LIVE_SCRIPT } from './script.js'

/** A tool's page. */
export interface ToolPage {
  readonly title: string
  /** Below `/dev`. */
  readonly path: string
  readonly there: readonly ToolsOf[]
  readonly body: Fragment
  /** Keeps up with what happens. */
  readonly live?: boolean
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

const LOOK = STYLE + TOOL_STYLE

/** Nothing is loaded but what stands in the page, and no other site may frame it. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src ${hashOf(LOOK)}`,
    `script-src ${hashOf(LIVE_SCRIPT)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${FRAMED_BY}`,
  ].join('; '),
  'Referrer-Policy': 'same-origin',
  'Cache-Control': 'no-store',
  Vary: 'Accept',
}

export function renderPage({ title, path, there, body, live }: ToolPage): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${title} · ory-proxy</title>
<style>${raw(LOOK)}</style>
</head>
<body>
${toolBar(path === '' ? '.' : '..', path, there)}
<main class="tools" data-testid="ory/screen/dev${path}">
${body}
</main>
<footer><span class="badge">ory-proxy · local</span></footer>
${live && html`<script>${raw(LIVE_SCRIPT)}</script>`}
</body>
</html>
`.text
}
