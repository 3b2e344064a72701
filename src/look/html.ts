/** Markup that is safe to put into a page as it is. Only {@link html} and {@link raw} make it. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** What may stand in a `${}` of {@link html}. Text is escaped, lists are joined, nothing is nothing. */
export type Fragment = Html | string | number | false | null | undefined | readonly Fragment[]

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as element content or as a quoted attribute value. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, char => ENTITIES[char] ?? char)
}

function render(value: Fragment): string {
  if (value === null || value === undefined || value === false) return ''
  if (value instanceof Html) return value.text
  return Array.isArray(value) ? value.map(render).join('') : escapeHtml(String(value))
}

/** A template whose values are escaped unless they are markup already: forgetting it is not possible. */
export function html(parts: TemplateStringsArray, ...values: Fragment[]): Html {
  return new Html(parts.reduce((text, part, i) => text + render(values[i - 1]) + part))
}

/** Our own constant markup, never text from outside. */
export function raw(text: string): Html {
  return new Html(text)
}

/** Attributes of a tag; `true` is a bare name, `false` and `undefined` leave it out. */
export function attributes(values: Record<string, string | number | boolean | undefined>): Html {
  const written = Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined || value === false) return []
    return value === true ? [` ${name}`] : [` ${name}="${escapeHtml(String(value))}"`]
  })
  return new Html(written.join(''))
}

/** An address for `href`: http, https or relative. Anything else (`javascript:`) becomes `#`. */
export function safeHref(address: string): string {
  const base = 'http://relative.invalid'
  if (!URL.canParse(address, base)) return '#'
  return /^https?:$/.test(new URL(address, base).protocol) ? address : '#'
}

/** A time, for people and for machines. */
export function renderTime(time: string): Html {
  return html`<time datetime="${time}">${time.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC')}</time>`
}
