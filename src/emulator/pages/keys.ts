import type { UiContainer, UiScriptAttributes } from '../store/model.js'
import { attributes, type Fragment, type Html, html, safeHref } from './html.js'

/** The script that a form needs for security keys and passkeys. */
export function scriptOf(ui: UiContainer): UiScriptAttributes | undefined {
  for (const { attributes: node } of ui.nodes) if (node.node_type === 'script') return node
  return undefined
}

/** Where the script says what went wrong, and a word for browsers that run none. */
export function renderKeyNotes(ui: UiContainer): Fragment {
  return (
    scriptOf(ui) &&
    html`<p class="message error" role="alert" data-keys-say hidden></p>
<noscript><p class="message">Passkeys and security keys need JavaScript, which is off in this browser: their buttons do nothing. Every other way works without.</p></noscript>
`
  )
}

/** Loaded only if it is what we wrote: the page's policy names the same hash. */
export function renderScript(ui: UiContainer): Html | false {
  const script = scriptOf(ui)
  if (!script) return false
  const { src, async, integrity, crossorigin, referrerpolicy } = script
  return html`<script${attributes({ src: safeHref(src), async, integrity, crossorigin, referrerpolicy })}></script>
`
}
