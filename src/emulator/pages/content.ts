import { type Html, html, safeHref } from '../../look/html.js'
import type { Json, UiNode, UiTextAttributes } from '../store/model.js'

/** A node that is no input: an image, a text or a link. */
export function renderContent(node: UiNode): Html {
  const { attributes, meta } = node
  const label = meta.label?.text
  switch (attributes.node_type) {
    case 'img':
      return html`<img class="qr" src="${imageSource(attributes.src)}" width="${attributes.width}" height="${attributes.height}" alt="${label ?? ''}" data-testid="ory/form/node/img/${attributes.id}">
`
    case 'text':
      return renderText(attributes, label)
    case 'a':
      return html`<a class="button" href="${safeHref(attributes.href)}" data-testid="ory/form/node/link/${attributes.id}">${attributes.title.text}</a>
`
    default:
      return html``
  }
}

/** Pictures are made by us and travel in the page; nothing is fetched from anywhere. */
function imageSource(src: string): string {
  return src.startsWith('data:image/') ? src : 'data:,'
}

function renderText({ id, text }: UiTextAttributes, label: string | undefined): Html {
  const secrets = text.context?.['secrets']
  const value = Array.isArray(secrets) ? renderCodes(secrets) : html`<code class="secret">${text.text}</code>`
  return html`<div class="field" data-testid="ory/form/node/text/${id}">
${label && html`<p class="label">${label}</p>`}
${value}
</div>
`
}

/** Backup codes come as messages of their own: 1050009 is a code, 1050014 says it has been used. */
function renderCodes(secrets: Json[]): Html {
  return html`<ul class="codes">${secrets.map(secret => {
    const { id, text } = secret as { id?: Json; text?: Json }
    return id === 1050014 ? html`<li class="used">used</li>` : html`<li><code>${String(text)}</code></li>`
  })}</ul>`
}
