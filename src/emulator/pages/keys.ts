import { attributes, type Fragment, type Html, html, safeHref } from '../../look/html.js'
import type { UiContainer, UiScriptAttributes } from '../store/model.js'

/** The script that a form needs for security keys and passkeys. */
export function scriptOf(ui: UiContainer): UiScriptAttributes | undefined {
  for (const { attributes: node } of ui.nodes) if (node.node_type === 'script') return node
  return undefined
}

/**
 * Where the script says what went wrong, and a word for when it does not run, which it takes away: JavaScript may be
 * off, or an extension may keep the script from loading. It shows after two seconds only.
 */
export function renderKeyNotes(ui: UiContainer): Fragment {
  return (
    scriptOf(ui) &&
    html`<p class="message error" role="alert" data-keys-say hidden></p>
<p class="message late" data-keys-wait>The buttons for passkeys and security keys need a script, which did not run here: JavaScript is off, or something kept the script from loading. Every other way works without.</p>
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
